import { describe, expect, test } from 'vitest';
import { runCommand } from '../../../support/eight-by-eight/run-command.ts';
import {
  API_KEY,
  type SimulatedAccount,
  SUB_ACCOUNT,
  startSimulatedAccount,
} from '../../../support/eight-by-eight/simulated-account.ts';

const AUTHORIZATION = 'Bearer webhook-secret-71e2';
const UPLOAD_SECRET = 'upload-secret-9b1d';
const API_URL = 'https://api.example';
const foreignVca = { type: 'VCA', url: 'https://other.example/vca', httpAuthHeader: 'x' };

/** The environment of an operator who works with the simulated account. */
const environmentOf = (account: SimulatedAccount) => ({
  EIGHT_BY_EIGHT_API_KEY: API_KEY,
  SUB_ACCOUNT_ID: SUB_ACCOUNT,
  BASE_URL: account.url,
  API_URL,
  WEBHOOK_AUTH: AUTHORIZATION,
  RECORDING_BUCKET: 'bucket',
  RECORDING_REGION: 'ap-southeast-1',
  UPLOAD_ACCESS_KEY_ID: 'AKIAOURS',
  UPLOAD_SECRET_ACCESS_KEY: UPLOAD_SECRET,
});

test('plan tells, apply does it, plan is content, remove takes it out; no secret is printed', async () => {
  await using account = await startSimulatedAccount();
  const environment = environmentOf(account);

  const before = await runCommand(['plan'], environment);
  const applied = await runCommand(['apply'], environment);
  const after = await runCommand(['plan', '--json'], environment);
  const registered = await account.webhooks();
  const removed = await runCommand(['remove'], environment);

  expect(before).toMatchObject({ exitCode: 2, stderr: '' });
  expect(before.stdout).toContain(`+ url: ${API_URL}/webhooks/call-action`);
  expect(before.stdout).toContain('6 of 6 to be changed.');
  expect(before.stdout).not.toContain('\u001b[');
  expect(applied).toMatchObject({ exitCode: 0, stderr: '' });
  expect(applied.stdout.match(/✓ create /g)).toHaveLength(6);
  expect(after.exitCode).toBe(0);
  expect(JSON.parse(after.stdout)).toMatchObject({ subAccountId: SUB_ACCOUNT, inSync: true });
  expect(registered).toHaveLength(5);
  expect(removed.exitCode).toBe(0);
  expect(await account.webhooks()).toEqual([]);
  const printed = [before, applied, after, removed].map(({ stdout, stderr }) => stdout + stderr).join();
  for (const secret of [API_KEY, AUTHORIZATION, UPLOAD_SECRET]) expect(printed).not.toContain(secret);
});

test('an account that serves somebody else is shown and not touched, until told to', async () => {
  await using account = await startSimulatedAccount();
  const environment = environmentOf(account);
  await account.register(foreignVca);

  const refused = await runCommand(['apply'], { ...environment, FORCE_COLOR: '1' });
  const untouched = await account.webhooks();
  const taken = await runCommand(['apply', '--take-over'], environment);

  expect(refused.exitCode).toBe(3);
  expect(refused.stdout).toContain('\u001b[31m    - url: https://other.example/vca');
  expect(refused.stderr).toContain('Nothing was changed');
  expect(untouched).toMatchObject([{ type: 'VCA', url: foreignVca.url }]);
  expect(taken.exitCode).toBe(0);
  expect(await account.webhooks()).toHaveLength(5);
});

test('what a person has to finish has an exit code of its own', async () => {
  await using account = await startSimulatedAccount();
  await account.vary({ existingWebhook: 'refused', numberWebhookRemoval: 'refused' });
  await account.register({ type: 'VNU', url: `${API_URL}/webhooks/v0`, httpAuthHeader: 'x' });

  const applied = await runCommand(['apply'], environmentOf(account));

  expect(applied.exitCode).toBe(4);
  expect(applied.stdout).toContain(`give the VNU webhook the URL ${API_URL}/webhooks/number-updated`);
});

test('a wrong key is told with what to do, and not printed', async () => {
  await using account = await startSimulatedAccount();
  const environment = { ...environmentOf(account), EIGHT_BY_EIGHT_API_KEY: 'wrong-key-5a5a' };

  const applied = await runCommand(['apply', '--json'], environment);

  expect(applied.exitCode).toBe(5);
  expect(JSON.parse(applied.stdout).error).toMatchObject({
    kind: 'unauthorized',
    message: expect.stringContaining('connect.8x8.com/messaging/api-keys'),
  });
  expect(applied.stdout + applied.stderr).not.toContain('wrong-key-5a5a');
});

test('status shows what there is, and voices that are not offered', async () => {
  await using account = await startSimulatedAccount();
  await account.register(foreignVca);
  const environment = { ...environmentOf(account), VOICE_PROFILES: 'en-GB-Emma, en-US-Benjamin' };

  const status = await runCommand(['status', '--stage', 'dev'], environment);

  expect(status).toMatchObject({ exitCode: 2, stderr: '' });
  expect(status.stdout).toContain(
    '! VCA  https://other.example/vca  enabled, with authorization: serves somebody else',
  );
  expect(status.stdout).toContain('+ VSS  not registered: to be created');
  expect(status.stdout).toContain('2 active');
  expect(status.stdout).toContain('no voice profile "en-US-Benjamin". Near it: en-US-BenjaminRUS');
  expect(status.stdout).not.toContain('31290001');
});

test('status tells whether the account is as it should be, once it is told what should be', async () => {
  await using account = await startSimulatedAccount();
  const environment = environmentOf(account);
  const { API_URL: _, ...untold } = environment;

  const empty = await runCommand(['status'], environment);
  await runCommand(['apply'], environment);
  const right = await runCommand(['status'], environment);
  const json = await runCommand(['status', '--json'], environment);
  const notCompared = await runCommand(['status'], untold);

  expect(empty).toMatchObject({ exitCode: 2, stderr: '' });
  expect(empty.stdout).toContain('6 of 6 to be changed. The command plan shows how.');
  expect(right.exitCode).toBe(0);
  expect(right.stdout).toContain(`= VCA  ${API_URL}/webhooks/call-action  enabled, with authorization\n`);
  expect(right.stdout).toContain('The account is as it should be.');
  expect(JSON.parse(json.stdout)).toMatchObject({ inSync: true });
  expect(notCompared.exitCode).toBe(0);
  expect(notCompared.stdout).toContain('Not compared with the service: give --api-url');
});

test('what has drifted is shown field by field, and put right without touching the rest', async () => {
  await using account = await startSimulatedAccount();
  const environment = environmentOf(account);
  await runCommand(['apply'], environment);
  await account.unregister('VSS');
  await account.register({ type: 'VCA', url: `${API_URL}/webhooks/old`, enabled: false });
  await account.setPushConfig({
    protocol: 'S3',
    host: 'eu-west-1',
    username: 'AKIAFORMER',
    password: 'x',
    path: '/bucket/recordings/',
  });

  const plan = await runCommand(['plan'], environment);
  const applied = await runCommand(['apply'], environment);
  const after = await runCommand(['plan'], environment);

  expect(plan.exitCode).toBe(2);
  expect(plan.stdout).toContain('3 of 6 to be changed.');
  for (const difference of [
    '    - host: eu-west-1\n    + host: ap-southeast-1\n    - username: AKIAFORMER\n    + username: AKIAOURS\n',
    `    - url: ${API_URL}/webhooks/old\n    + url: ${API_URL}/webhooks/call-action\n    - enabled: false\n    + enabled: true\n`,
    '    - httpAuthHeader: not set\n    + httpAuthHeader: set\n',
  ]) {
    expect(plan.stdout).toContain(difference);
  }
  expect(applied).toMatchObject({ exitCode: 0, stderr: '' });
  expect(applied.stdout.match(/✓ .+/g)).toEqual([
    '✓ replace recording-push-config',
    '✓ create VSS',
    '✓ replace VCA',
  ]);
  expect(applied.stdout).toContain('All of it was read back, and is as it should be.');
  expect(after).toMatchObject({ exitCode: 0, stderr: '' });
});

test.each([
  ['reset', 'no connection could be made', 3],
  [503, 'Server error', 3],
  [500, 'Server error', 6],
  [429, 'Too many requests', 9],
])(
  'a run that ends in the middle (%s) tells how far it got, and the next one finishes it',
  async (...fault) => {
    const [status, problem, after] = fault;
    await using account = await startSimulatedAccount();
    const environment = environmentOf(account);
    await account.arm({ status, after, next: 1_000 });

    const stopped = await runCommand(['apply'], environment);
    await account.disarm();
    const second = await runCommand(['apply'], environment);
    const third = await runCommand(['apply'], environment);

    expect(stopped.exitCode).toBe(5);
    expect(stopped.stderr).toMatch(/^✗ create \S+\nCould not .+\n/);
    expect(stopped.stderr).toContain(problem);
    expect(stopped.stderr).toContain('run the same command again: it goes on from what is there.');
    expect(second).toMatchObject({ exitCode: 0, stderr: '' });
    expect(third.stdout).toContain('Nothing had to be changed.');
    expect(await account.webhooks()).toHaveLength(5);
  },
  60_000,
);

test('what belongs to somebody else stays when ours is taken out, and is shown', async () => {
  await using account = await startSimulatedAccount();
  const environment = environmentOf(account);
  await runCommand(['apply'], environment);
  await account.register(foreignVca);

  const removed = await runCommand(['remove'], environment);

  expect(removed).toMatchObject({ exitCode: 0, stderr: '' });
  expect(removed.stdout).toContain("somebody else's, left alone\n      url: https://other.example/vca");
  expect(await account.webhooks()).toMatchObject([{ type: 'VCA', url: foreignVca.url }]);
});

test('apply changes nothing while a voice is not offered', async () => {
  await using account = await startSimulatedAccount();

  const applied = await runCommand(['apply', '--voice-profile', 'en-GB-Ema'], environmentOf(account));

  expect(applied.exitCode).toBe(1);
  expect(applied.stderr).toContain('Near it: en-GB-Emma');
  expect(await account.webhooks()).toEqual([]);
});

describe('usage', () => {
  test('help lists the commands, the secrets and the exit codes', async () => {
    const help = await runCommand(['--help']);

    expect(help.exitCode).toBe(0);
    for (const word of [
      'status',
      'plan',
      'apply',
      'remove',
      'rotate-recording-key',
      'WEBHOOK_AUTH',
      'Exit codes',
    ]) {
      expect(help.stdout).toContain(word);
    }
  });

  test.each([
    [['plan'], 'SUB_ACCOUNT_ID'],
    [['plan', '--sub-account', 'a/b', '--api-url', API_URL], 'sub-account id is not'],
    [['frobnicate'], 'unknown command'],
    [['rotate-recording-key', '--settle-seconds', 'soon'], '0 to 600 seconds'],
  ])('%j is refused with a hint', async (args, hint) => {
    const run = await runCommand(args);

    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain(hint);
  });
});

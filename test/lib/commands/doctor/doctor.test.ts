import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { checkAccount } from '../../../../lib/commands/doctor/account-checks.ts';
import { runDoctor } from '../../../../lib/commands/doctor/doctor-command.ts';
import { checkDecision } from '../../../../lib/commands/doctor/test-call.ts';
import { startFakeAws } from '../../../support/eight-by-eight/fake-aws.ts';
import { failure, InMemoryAccount } from '../../../support/eight-by-eight/in-memory-account.ts';

afterEach(() => vi.unstubAllEnvs());

const expected = {
  voiceProfiles: ['en-GB-Emma'],
  recordCalls: true,
  takeOver: false,
  callActionUrl: 'https://api.example/webhooks/call-action',
};

/** An account with one number and the voice that is expected. */
function openAccount(webhooks: InMemoryAccount['webhooks'] = []) {
  const account = new InMemoryAccount(webhooks);
  account.profiles = [{ code: 'en-GB-Emma', locale: 'en-GB', description: undefined, gender: undefined }];
  return Object.assign(account, { virtualNumbers: async () => ({ numbers: [Object()] }) });
}

const marksOf = (findings: readonly { verdict: string }[]) => findings.map(({ verdict }) => verdict);
const webhook = (url: string) => ({ type: 'VCA', url, enabled: true, httpAuthHeaderAvailable: true });

describe('the sub-account', () => {
  test('has all that a deployment needs', async () => {
    const account = openAccount([webhook('https://api.example/webhooks/call-action')]);

    expect(marksOf(await checkAccount(account, expected))).toEqual(['fine', 'fine', 'fine', 'fine', 'fine']);
    expect(account.writes).toEqual([]);
  });

  test('that serves another system is named, with the setting', async () => {
    const findings = await checkAccount(openAccount([webhook('https://other.example/vca')]), expected);

    expect(findings.find(({ verdict }) => verdict === 'missing')).toMatchObject({
      what: expect.stringContaining('VCA https://other.example/vca'),
      advice: expect.stringContaining('eightByEight.takeOver=true'),
    });
  });

  test('that may not record yet can be deployed to all the same', async () => {
    const account = openAccount();
    account.recordingPushConfig = async () => {
      throw failure('forbidden');
    };

    expect(marksOf(await checkAccount(account, expected))).toEqual([
      'fine',
      'fine',
      'fine',
      'fine',
      'warning',
    ]);
  });

  test('that lacks a voice or numbers is told of', async () => {
    const account = openAccount();
    account.profiles = [];
    account.virtualNumbers = async () => ({ numbers: [] });

    expect(marksOf(await checkAccount(account, expected))).toEqual([
      'fine',
      'fine',
      'missing',
      'warning',
      'fine',
    ]);
  });

  test('is asked no more once it does not let the key in', async () => {
    const account = openAccount();
    account.listWebhooks = async () => {
      throw failure('unauthorized');
    };

    expect(marksOf(await checkAccount(account, expected))).toEqual(['missing']);
  });
});

describe('a test call', () => {
  async function answering(status: number, body: string) {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(String(request.headers.authorization));
      response.writeHead(status).end(body);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${Object(server.address()).port}/webhooks/call-action`;
    try {
      return { finding: await checkDecision(url, 'Bearer token', 'rapidfare'), asked };
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  test('that is decided is told with its time', async () => {
    const { finding, asked } = await answering(200, '{"clientActionId":"1","callflow":[]}');

    expect(finding).toMatchObject({ verdict: 'fine', what: expect.stringMatching(/decided in \d+ ms/) });
    expect(asked).toEqual(['Bearer token']);
  });

  test.each([
    [401, 'webhook secret'],
    [500, 'CallActionFunction'],
  ])('that is answered %d says where to look', async (status, advice) => {
    const { finding } = await answering(status, '');

    expect(finding).toMatchObject({ verdict: 'missing', advice: expect.stringContaining(advice) });
  });

  test('that nobody answers says so', async () => {
    const finding = await checkDecision('http://127.0.0.1:1/webhooks/call-action', 'Bearer t', '');

    expect(finding.verdict).toBe('missing');
  });
});

describe('npm run doctor', () => {
  async function run(...args: string[]) {
    const lines: string[] = [];
    const exitCode = await runDoctor(args, (line) => lines.push(line));
    return { exitCode, text: lines.join('\n') };
  }

  test('names the setting that is wrong', async () => {
    const { exitCode, text } = await run('--stage', 'prod', '-c', 'callers.deadlineMs=1');

    expect(exitCode).toBe(1);
    expect(text).toContain('callers.deadlineMs');
  });

  test('says how to prepare an account that the CDK does not know', async () => {
    await using aws = await startFakeAws();
    for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);

    const { exitCode, text } = await run('--stage', 'prod');

    expect(exitCode).toBe(1);
    expect(text).toContain('✗ The CDK has not prepared this account');
    expect(text).toContain('npx cdk bootstrap');
  });

  test('says how to make the secret', async () => {
    await using aws = await startFakeAws();
    aws.parameters.set('/cdk-bootstrap/hnb659fds/version', '30');
    for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
    const key = ['eightByEight.subAccountId=rapidfare', 'eightByEight.apiKeySecretName=8x8-api-key'];

    const { exitCode, text } = await run('--stage', 'prod', '-c', ...key);

    expect(exitCode).toBe(1);
    expect(text).toContain('aws secretsmanager create-secret --name 8x8-api-key');
  });

  test('finds nothing missing for a stage that is set up by hand', async () => {
    await using aws = await startFakeAws();
    aws.parameters.set('/cdk-bootstrap/hnb659fds/version', '30');
    for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);

    expect(await run('--stage', 'dev')).toMatchObject({ exitCode: 0 });
  });
});

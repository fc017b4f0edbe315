import { beforeEach, describe, expect, test } from 'vitest';
import type { UploadKey } from '../../../../functions/shared/ports/eight-by-eight-account.ts';
import { desiredAccount } from '../../../../functions/shared/use-cases/account-settings.ts';
import { ForeignAccountError } from '../../../../functions/shared/use-cases/account-setup-error.ts';
import { AccountSetup } from '../../../../functions/shared/use-cases/set-up-account.ts';
import {
  finishRotation,
  type Rotation,
  rotateUploadKey,
} from '../../../../lib/commands/eight-by-eight/upload-key-rotation.ts';
import { startFakeAws } from '../../../support/eight-by-eight/fake-aws.ts';
import { InMemoryAccount } from '../../../support/eight-by-eight/in-memory-account.ts';
import { runCommand } from '../../../support/eight-by-eight/run-command.ts';
import {
  API_KEY,
  SUB_ACCOUNT,
  startSimulatedAccount,
} from '../../../support/eight-by-eight/simulated-account.ts';

const recordingPush = {
  region: 'eu-west-1',
  bucket: 'bucket',
  prefix: 'calls',
  pathTemplate: '/{bucket}/{prefix}/',
};
const settings = { webhookUrls: {}, recordingPush };
const pushWith = (username: string) => ({
  protocol: 'S3',
  host: 'eu-west-1',
  port: 443,
  username,
  path: '/bucket/calls/',
  passwordSet: true,
});

/** Two keys at most, as in AWS, and the secret that holds one of them. */
class InMemoryKeys {
  ids = ['AKIA1'];
  secret: UploadKey = { accessKeyId: 'AKIA1', secretAccessKey: 's1' };
  #created = 1;

  list = async () => [...this.ids];
  stored = async () => this.secret;
  create = async () => {
    this.#created += 1;
    const key = { accessKeyId: `AKIA${this.#created}`, secretAccessKey: `s${this.#created}` };
    this.ids.push(key.accessKeyId);
    return key;
  };
  delete = async (accessKeyId: string) => {
    this.ids = this.ids.filter((id) => id !== accessKeyId);
  };
  store = async (key: UploadKey) => {
    this.secret = key;
  };
}

let keys: InMemoryKeys;
let account: InMemoryAccount;
let told: string[];
let rotation: Rotation;

beforeEach(() => {
  keys = new InMemoryKeys();
  account = new InMemoryAccount([], pushWith('AKIA1'));
  told = [];
  rotation = {
    keys,
    setup: new AccountSetup(account),
    desiredWith: (accessKeyId) => desiredAccount(settings, accessKeyId),
    settle: async () => told.push('settled'),
    tell: (line) => told.push(line),
  };
});

describe('a rotation', () => {
  test('gives 8x8 a new key, keeps it in the secret and leaves the former one valid', async () => {
    const used = await rotateUploadKey(rotation);

    expect(used).toBe('AKIA2');
    expect(account.push).toMatchObject({ username: 'AKIA2', path: '/bucket/calls/' });
    expect(account.pushPassword).toBe('s2');
    expect(keys.secret).toEqual({ accessKeyId: 'AKIA2', secretAccessKey: 's2' });
    expect(keys.ids).toEqual(['AKIA1', 'AKIA2']);
    expect(told.indexOf('settled')).toBe(1);
    expect(told.join()).not.toContain('s2');
  });

  test('touches no webhook', async () => {
    account.webhooks = [
      { type: 'VCA', url: 'https://other.example', enabled: true, httpAuthHeaderAvailable: true },
    ];

    await rotateUploadKey(rotation);

    expect(account.writes).toEqual(['DELETE push', 'POST push']);
  });

  test('is finished by deleting the former key', async () => {
    await rotateUploadKey(rotation);

    const deleted = await finishRotation(rotation);

    expect(deleted).toEqual(['AKIA1']);
    expect(keys.ids).toEqual(['AKIA2']);
  });

  test('that 8x8 cut short goes on with the key that it made', async () => {
    account.faults = [{ request: 4, afterEffect: false, kind: 'server' }];
    await expect(rotateUploadKey(rotation)).rejects.toThrow('run the set-up again');
    account.faults = [];

    const used = await rotateUploadKey(rotation);

    expect(used).toBe('AKIA2');
    expect(keys.ids).toEqual(['AKIA1', 'AKIA2']);
    expect(account.push?.username).toBe('AKIA2');
  });

  test('is not finished while 8x8 still uses the former key', async () => {
    keys.secret = { accessKeyId: 'AKIA9', secretAccessKey: 's9' };

    await expect(finishRotation(rotation)).rejects.toThrow('without --finish first');

    expect(keys.ids).toEqual(['AKIA1']);
  });

  test('does not begin while AWS has no room for a key', async () => {
    keys.ids = ['AKIA1', 'AKIA8'];

    await expect(rotateUploadKey(rotation)).rejects.toThrow('--finish');

    expect(account.writes).toEqual([]);
  });

  test("does not take over somebody else's push config", async () => {
    account.push = { ...pushWith('AKIATHEIRS'), path: '/theirs/' };

    await expect(rotateUploadKey(rotation)).rejects.toThrow(ForeignAccountError);

    expect(account.push.username).toBe('AKIATHEIRS');
  });
});

test('the command rotates a key in AWS and at 8x8, and finishes', async () => {
  await using account = await startSimulatedAccount();
  await using aws = await startFakeAws();
  aws.accessKeyIds = ['AKIAFIRST'];
  aws.secrets.set('upload-key', JSON.stringify({ accessKeyId: 'AKIAFIRST', secretAccessKey: 'first' }));
  aws.secrets.set('api-key', API_KEY);
  await account.setPushConfig({ ...pushWith('AKIAFIRST'), password: 'first' });
  const environment = {
    ...aws.environment,
    SUB_ACCOUNT_ID: SUB_ACCOUNT,
    BASE_URL: account.url,
    EIGHT_BY_EIGHT_API_KEY_SECRET: 'api-key',
    UPLOAD_KEY_SECRET_ARN: 'upload-key',
    UPLOAD_USER: 'recordings-uploader',
    RECORDING_BUCKET: 'bucket',
    RECORDING_REGION: 'eu-west-1',
    RECORDING_PREFIX: 'calls',
  };

  const rotated = await runCommand(['rotate-recording-key', '--settle-seconds', '0'], environment);
  const push = await account.pushConfig();
  const finished = await runCommand(['rotate-recording-key', '--finish', '--json'], environment);

  expect(rotated).toMatchObject({ exitCode: 0, stderr: '' });
  expect(push).toMatchObject({ username: 'AKIACREATED1', path: '/bucket/calls/' });
  expect(JSON.parse(aws.secrets.get('upload-key') ?? '')).toEqual({
    accessKeyId: 'AKIACREATED1',
    secretAccessKey: 'secret-of-AKIACREATED1',
  });
  expect(JSON.parse(finished.stdout)).toMatchObject({ deletedAccessKeyIds: ['AKIAFIRST'] });
  expect(aws.accessKeyIds).toEqual(['AKIACREATED1']);
  expect(rotated.stdout + finished.stdout).not.toContain('secret-of');
});

test('a secret that is missing is told by its name', async () => {
  await using aws = await startFakeAws();
  const environment = {
    ...aws.environment,
    SUB_ACCOUNT_ID: SUB_ACCOUNT,
    EIGHT_BY_EIGHT_API_KEY_SECRET: 'api-key',
  };

  const status = await runCommand(['status'], environment);

  expect(status.exitCode).toBe(1);
  expect(status.stderr).toContain('The secret api-key cannot be used: No such secret.');
});

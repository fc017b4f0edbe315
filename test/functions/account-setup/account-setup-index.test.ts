import { afterEach, expect, test, vi } from 'vitest';
import {
  parseApiKey,
  parseUploadKey,
  parseWebhookAuthorization,
} from '../../../functions/shared/adapters/eight-by-eight/management/management-secrets.ts';
import { startFakeAws } from '../../support/eight-by-eight/fake-aws.ts';
import {
  API_KEY,
  SUB_ACCOUNT,
  startSimulatedAccount,
} from '../../support/eight-by-eight/simulated-account.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test('the function sets an account up, checks it and leaves it, with secrets from Secrets Manager', async () => {
  await using account = await startSimulatedAccount();
  await using aws = await startFakeAws();
  aws.secrets.set('api-key', JSON.stringify({ apiKey: API_KEY }));
  aws.secrets.set('webhook-secret', JSON.stringify({ token: 'webhook-token-71e2' }));
  aws.secrets.set('upload-key', JSON.stringify({ accessKeyId: 'AKIAOURS', secretAccessKey: 'upload-9b1d' }));
  for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
  const printed: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    printed.push(String(line));
    return true;
  });
  const { handler } = await import('../../../functions/account-setup/index.ts');
  const properties = {
    ApiKeySecretName: 'api-key',
    SubAccountId: SUB_ACCOUNT,
    BaseUrl: account.url,
    WebhookSecretArn: 'webhook-secret',
    TracesParameter: '/number-masking/prod/8x8-account',
    WebhookUrls: {
      VCA: 'https://api.example/webhooks/call-action',
      VSS: 'https://api.example/webhooks/session-summary',
    },
    RecordingPush: {
      Region: 'eu-west-1',
      Bucket: 'bucket',
      Prefix: 'calls',
      UploadKeySecretArn: 'upload-key',
    },
    VoiceProfiles: ['en-US-BenjaminRUS'],
    TakeOver: 'false',
  };

  await handler({ RequestType: 'Create', ResourceProperties: properties });
  const remembered = [...aws.parameters.values()];
  const webhooks = await account.webhooks();
  const push = await account.pushConfig();
  await handler({ DriftCheck: properties });
  await account.register({ type: 'VCA', url: 'https://api.example/webhooks/call-action', enabled: false });
  await handler({ DriftCheck: properties });
  await handler({ RequestType: 'Delete', PhysicalResourceId: 'x', ResourceProperties: properties });

  expect(webhooks).toHaveLength(2);
  expect(push).toMatchObject({ username: 'AKIAOURS', path: '/bucket/calls/' });
  expect(await account.webhooks()).toEqual([]);
  expect(remembered).toEqual([
    JSON.stringify({
      webhookUrls: ['https://api.example/webhooks/call-action'],
      recordingPaths: ['/bucket/calls/'],
    }),
  ]);
  expect([...aws.parameters]).toEqual([]);
  const lines = printed.map((line): Record<string, unknown> => JSON.parse(line));
  expect(lines.flatMap(({ AccountDrift }) => AccountDrift ?? [])).toEqual([0, 1]);
  expect(lines.flatMap(({ code }) => code ?? [])).toEqual([
    'ACCOUNT_SET_UP',
    'ACCOUNT_IN_SYNC',
    'ACCOUNT_DRIFT',
    'ACCOUNT_LEFT',
  ]);
  expect(printed.join()).not.toMatch(/webhook-token|upload-9b1d|4f9d/);
});

test('a secret that does not exist is named, with the setting and the command that mends it', async () => {
  await using aws = await startFakeAws();
  aws.secrets.set('webhook-secret', JSON.stringify({ token: 'webhook-token-71e2' }));
  for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const { handler } = await import('../../../functions/account-setup/index.ts');
  const properties = {
    ApiKeySecretName: '8x8-api-key',
    SubAccountId: SUB_ACCOUNT,
    WebhookSecretArn: 'webhook-secret',
    WebhookUrls: { VCA: 'https://api.example/webhooks/call-action' },
  };

  await expect(handler({ RequestType: 'Create', ResourceProperties: properties })).rejects.toThrow(
    /no secret "8x8-api-key".*eightByEight\.apiKeySecretName.*aws secretsmanager create-secret --name 8x8-api-key/,
  );
});

test('secrets are read in the forms that people store them', () => {
  expect(parseApiKey(' key\n')).toBe('key');
  expect(parseApiKey('{"apiKey": "key"}')).toBe('key');
  expect(parseUploadKey('{"accessKeyId": "AKIA1", "secretAccessKey": "s"}')).toEqual({
    accessKeyId: 'AKIA1',
    secretAccessKey: 's',
  });
  expect(parseWebhookAuthorization('{"token": "t", "previousAuthorization": "Bearer old"}')).toBe('Bearer t');
});

test.each([
  ['an API key', () => parseApiKey('{"key": "secret-4711"}')],
  ['an upload key', () => parseUploadKey('secret-4711')],
  ['a webhook secret', () => parseWebhookAuthorization('secret-4711')],
])('%s in no such form is refused without being repeated', (_, parse) => {
  expect(parse).toThrow(/secret/);
  expect(parse).not.toThrow(/4711/);
});

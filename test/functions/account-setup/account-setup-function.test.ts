import { describe, expect, test } from 'vitest';
import { createAccountSetupHandler } from '../../../functions/account-setup/handler.ts';
import { webhookTypes } from '../../../functions/shared/domain/account-setup.ts';
import { createLogger } from '../../../functions/shared/observability/logger.ts';
import { failure, InMemoryAccount } from '../../support/eight-by-eight/in-memory-account.ts';
import { InMemoryTraces } from '../../support/eight-by-eight/in-memory-traces.ts';

const properties = {
  ServiceToken: 'arn:aws:lambda:ap-southeast-1:123456789012:function:provider',
  ApiKeySecretName: 'eight-by-eight/api-key',
  SubAccountId: 'rapidfare',
  BaseUrl: 'https://voice.8x8.com',
  WebhookSecretArn: 'arn:webhook',
  TracesParameter: '/number-masking/prod/8x8-account',
  WebhookUrls: urlsBelow('https://api.example/webhooks'),
  RecordingPush: {
    Region: 'ap-southeast-1',
    Bucket: 'bucket',
    Prefix: 'recordings',
    UploadKeySecretArn: 'arn:upload',
  },
  VoiceProfiles: ['en-GB-Emma'],
};

function urlsBelow(base: string): Record<string, string> {
  return Object.fromEntries(webhookTypes.map((type) => [type, `${base}/${type.toLowerCase()}`]));
}

/** The function over an account in memory, with its log lines and the drift that it counted. */
function openFunction(account = new InMemoryAccount()) {
  account.profiles = [{ code: 'en-GB-Emma', locale: 'en-GB', description: undefined, gender: undefined }];
  const lines: string[] = [];
  const drifts: boolean[] = [];
  const traces = new InMemoryTraces();
  const handler = createAccountSetupHandler({
    openAccount: () => account,
    webhookAuthorization: async (secretArn) => `Bearer of ${secretArn}`,
    openTraces: () => traces,
    uploadKey: async () => ({ accessKeyId: 'AKIAOURS', secretAccessKey: 'upload-secret' }),
    logger: createLogger('account-setup', (line) => lines.push(line)),
    emitDrift: (drifted) => drifts.push(drifted),
  });
  const codes = () => lines.map((line): unknown => JSON.parse(line).code);
  return { handler, account, lines, codes, drifts, traces };
}

const create = (changes: object = {}) => ({
  RequestType: 'Create',
  ResourceProperties: { ...properties, ...changes },
});
const update = (changes: object, old: object = {}) => ({
  RequestType: 'Update',
  PhysicalResourceId: '8x8-account/rapidfare',
  ResourceProperties: { ...properties, ...changes },
  OldResourceProperties: { ...properties, ...old },
});
const remove = (changes: object = {}) => ({
  RequestType: 'Delete',
  PhysicalResourceId: '8x8-account/rapidfare',
  ResourceProperties: { ...properties, ...changes },
});

describe('when the stack is created', () => {
  test('the account delivers to it', async () => {
    const { handler, account, codes } = openFunction();

    const answer = await handler(create());

    expect(answer).toEqual({
      PhysicalResourceId: '8x8-account/rapidfare',
      Data: { Status: 'configured', Summary: 'The 8x8 account delivers to this stack.' },
    });
    expect(account.webhooks).toHaveLength(5);
    expect(account.authorizations.get('VCA')).toBe('Bearer of arn:webhook');
    expect(account.push).toMatchObject({
      protocol: 'S3',
      host: 'ap-southeast-1',
      username: 'AKIAOURS',
      path: '/bucket/recordings/',
    });
    expect(codes()).toEqual(['ACCOUNT_SET_UP']);
  });

  test('without an API key nothing is asked of 8x8 and the answer says what to enter', async () => {
    const { handler, account } = openFunction();

    const answer = await handler(create({ ApiKeySecretName: '', SubAccountId: '' }));

    expect(answer?.Data.Status).toBe('by-hand');
    expect(answer?.Data.Summary).toContain('VCA https://api.example/webhooks/vca');
    expect(answer?.Data.Summary).toContain('/bucket/recordings/');
    expect(account.log).toEqual([]);
  });

  test('an account that serves somebody else fails the deployment untouched', async () => {
    const theirs = {
      type: 'VCA',
      url: 'https://other.example/vca',
      enabled: true,
      httpAuthHeaderAvailable: true,
    };
    const { handler, account, codes } = openFunction(new InMemoryAccount([theirs]));

    await expect(handler(create())).rejects.toThrow(
      /VCA has url https:\/\/other\.example\/vca.* eightByEight\.takeOver/,
    );

    expect(account.writes).toEqual([]);
    expect(codes()).toEqual(['ACCOUNT_SETUP_FAILED']);
  });

  test('it is taken over when the stack says so', async () => {
    const theirs = {
      type: 'VCA',
      url: 'https://other.example/vca',
      enabled: true,
      httpAuthHeaderAvailable: true,
    };
    const { handler, account } = openFunction(new InMemoryAccount([theirs]));

    await handler(create({ TakeOver: 'true' }));

    expect(account.webhooks.find(({ type }) => type === 'VCA')?.url).toBe('https://api.example/webhooks/vca');
  });

  test('a failure in the middle leaves nothing that points to a stack which will be rolled back', async () => {
    const { handler, account, codes } = openFunction();
    account.faults = [{ request: 9, afterEffect: false, kind: 'server' }];

    await expect(handler(create())).rejects.toThrow('run the set-up again');

    expect(account.webhooks).toEqual([]);
    expect(account.push).toBeUndefined();
    expect(codes()).toEqual(['ACCOUNT_SETUP_FAILED']);
  });

  test('an outage in the middle is no obstacle to the second try, whose address is another one', async () => {
    const { handler, account, traces } = openFunction();
    const { deleteWebhook, createWebhook } = account;
    account.createWebhook = async (registration) => {
      if (registration.type === 'VCA') {
        account.deleteWebhook = async () => {
          throw failure('unreachable');
        };
        throw failure('unreachable');
      }
      await createWebhook.call(account, registration);
    };
    await expect(handler(create())).rejects.toThrow('stopped at "create VCA"');
    Object.assign(account, { createWebhook, deleteWebhook });
    const secondTry = {
      WebhookUrls: urlsBelow('https://second.example/webhooks'),
      RecordingPush: { ...properties.RecordingPush, Bucket: 'second-bucket' },
    };

    const answer = await handler(create(secondTry));

    expect(answer?.Data.Status).toBe('configured');
    expect(account.webhooks.map(({ url }) => new URL(url).host)).toEqual(
      webhookTypes.map(() => 'second.example'),
    );
    expect(account.push?.path).toBe('/second-bucket/recordings/');
    expect(traces.kept?.webhookUrls).toEqual(['https://second.example/webhooks/vca']);
  });

  test('nothing is remembered of a set-up that was undone', async () => {
    const { handler, account, traces } = openFunction();
    const { createWebhook } = account;
    account.createWebhook = async (registration) => {
      if (registration.type === 'VCA') throw failure('server');
      await createWebhook.call(account, registration);
    };

    await expect(handler(create())).rejects.toThrow();

    expect(account.webhooks).toEqual([]);
    expect(traces.kept).toBeUndefined();
  });

  test('a memory that is out of order costs no more than the memory', async () => {
    const { handler, traces, codes } = openFunction();
    traces.isBroken = true;

    const answer = await handler(create());

    expect(answer?.Data.Status).toBe('configured');
    expect(codes()).toContain('ACCOUNT_TRACES_UNKNOWN');
  });

  test('what 8x8 refuses and calls can do without is told, and finished by the check an hour later', async () => {
    const { handler, account, drifts } = openFunction();
    const { setRecordingPushConfig, voiceProfiles } = account;
    account.setRecordingPushConfig = account.voiceProfiles = async () => {
      throw failure('forbidden');
    };

    const answer = await handler(create());
    await handler({ DriftCheck: properties });
    Object.assign(account, { setRecordingPushConfig, voiceProfiles });
    await handler({ DriftCheck: properties });

    expect(answer?.Data.Status).toBe('incomplete');
    expect(answer?.Data.Summary).toContain('Not done: create recording-push-config.');
    expect(answer?.Data.Summary).toContain('voices in callers.messages could not be checked');
    expect(drifts).toEqual([true, false]);
    expect(account.push?.path).toBe('/bucket/recordings/');
  });

  test('a voice that the account does not have fails the deployment before anything is changed', async () => {
    const { handler, account } = openFunction();

    await expect(handler(create({ VoiceProfiles: ['en-GB-Ema'] }))).rejects.toThrow('Near it: en-GB-Emma');

    expect(account.writes).toEqual([]);
  });

  test('every property that is wrong is named', async () => {
    const { handler } = openFunction();
    const wrong = create({ SubAccountId: '', WebhookUrls: { VCA: 'nowhere' } });

    await expect(handler(wrong)).rejects.toThrow(/WebhookUrls\.VCA: .*URL/);
  });
});

describe('when the stack is updated', () => {
  test('webhooks at the former address are ours to move', async () => {
    const { handler, account } = openFunction();
    await handler(create());
    const moved = { WebhookUrls: urlsBelow('https://calls.example/webhooks') };

    await handler(update(moved));

    expect(account.webhooks.map(({ url }) => new URL(url).host)).toEqual(
      webhookTypes.map(() => 'calls.example'),
    );
  });

  test('a new revision of the secret registers the webhooks anew', async () => {
    const { handler, account } = openFunction();
    await handler(create());
    const writesBefore = account.writes.length;

    await handler(update({ WebhookAuthorizationRevision: '2' }));

    expect(account.writes.slice(writesBefore)).toEqual(
      ['VSS', 'VCS', 'VRU', 'VNU', 'VCA'].flatMap((type) => [`DELETE ${type}`, `POST ${type}`]),
    );
  });

  test('recordings that are switched off take the push config and the VRU webhook with them', async () => {
    const { handler, account } = openFunction();
    await handler(create());
    const { VRU: _, ...WebhookUrls } = properties.WebhookUrls;

    await handler(update({ WebhookUrls, RecordingPush: undefined }));

    expect(account.push).toBeUndefined();
    expect(account.webhooks.map(({ type }) => type)).not.toContain('VRU');
  });

  test('a failure keeps what served before', async () => {
    const { handler, account } = openFunction();
    await handler(create());
    account.webhooks = account.webhooks.filter(({ type }) => type !== 'VSS');
    account.faults = [{ request: account.log.length + 6, afterEffect: false, kind: 'server' }];

    await expect(
      handler(update({ WebhookUrls: urlsBelow('https://calls.example/webhooks') })),
    ).rejects.toThrow();

    expect(account.webhooks.map(({ type }) => type)).toContain('VCA');
  });

  test('another sub-account is another resource, so that the former one is left', async () => {
    const { handler } = openFunction();

    const answer = await handler(update({ SubAccountId: 'rapidfare-2' }));

    expect(answer?.PhysicalResourceId).toBe('8x8-account/rapidfare-2');
  });

  test('a key that is taken away leaves the account as it is, and says so', async () => {
    const { handler, account } = openFunction();
    await handler(create());

    const answer = await handler(update({ ApiKeySecretName: '' }));

    expect(answer).toMatchObject({
      PhysicalResourceId: '8x8-account/rapidfare',
      Data: { Status: 'by-hand', Summary: expect.stringContaining('stays in the sub-account rapidfare') },
    });
    expect(account.webhooks).toHaveLength(5);
  });

  test('a voice that 8x8 has withdrawn does not block the change of something else', async () => {
    const { handler, account } = openFunction();
    account.profiles = [];

    const answer = await handler(update({ WebhookAuthorizationRevision: '2' }));

    expect(answer?.Data.Status).toBe('configured');
  });
});

describe('when the stack is deleted', () => {
  test('only what points to it is taken out', async () => {
    const { handler, account } = openFunction();
    await handler(create());
    account.webhooks = account.webhooks.map((webhook) =>
      webhook.type === 'VSS' ? { ...webhook, url: 'https://other.example/vss' } : webhook,
    );

    await handler(remove());

    expect(account.webhooks.map(({ type }) => type)).toEqual(['VSS']);
    expect(account.push).toBeUndefined();
  });

  test.each(['unreachable', 'unauthorized', 'server'] as const)(
    'the deletion succeeds when 8x8 is %s',
    async (kind) => {
      const { handler, account, codes } = openFunction();
      account.listWebhooks = async () => {
        throw failure(kind);
      };

      const answer = await handler(remove());

      expect(answer?.PhysicalResourceId).toBe('8x8-account/rapidfare');
      expect(answer?.Data.Summary).toContain('connect.8x8.com/webhooks');
      expect(codes()).toEqual(['ACCOUNT_NOT_LEFT']);
    },
  );

  test('the deletion succeeds with properties that nobody can read', async () => {
    const { handler, account } = openFunction();

    const answer = await handler(remove({ WebhookUrls: 'lost' }));

    expect(answer?.PhysicalResourceId).toBe('8x8-account/rapidfare');
    expect(account.log).toEqual([]);
  });
});

describe('the drift check', () => {
  test('counts 0 for an account that is as it was left', async () => {
    const { handler, account, codes, drifts } = openFunction();
    await handler(create());
    const writesBefore = account.writes.length;

    const answer = await handler({ DriftCheck: properties });

    expect(answer).toBeUndefined();
    expect(drifts).toEqual([false]);
    expect(codes().at(-1)).toBe('ACCOUNT_IN_SYNC');
    expect(account.writes).toHaveLength(writesBefore);
  });

  test('counts 1 and names what has changed', async () => {
    const { handler, account, lines, drifts } = openFunction();
    await handler(create());
    account.webhooks = account.webhooks.map((webhook) =>
      webhook.type === 'VCA' ? { ...webhook, enabled: false } : webhook,
    );

    await handler({ DriftCheck: properties });

    expect(drifts).toEqual([true]);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ code: 'ACCOUNT_DRIFT', paths: ['VCA'], count: 1 });
  });

  test('fails when it cannot look, and counts nothing', async () => {
    const { handler, account, codes, drifts } = openFunction();
    account.listWebhooks = async () => {
      throw failure('unauthorized');
    };

    await expect(handler({ DriftCheck: properties })).rejects.toThrow('told to fail');

    expect(codes()).toEqual(['ACCOUNT_CHECK_FAILED']);
    expect(drifts).toEqual([]);
  });

  test('has nothing to look at without a key', async () => {
    const { handler, account, drifts } = openFunction();

    await handler({ DriftCheck: { ...properties, ApiKeySecretName: '' } });

    expect(account.log).toEqual([]);
    expect(drifts).toEqual([]);
  });
});

test('no secret reaches a log line', async () => {
  const { handler, account, lines } = openFunction();
  await handler(create());
  account.faults = [{ request: account.log.length, afterEffect: false, kind: 'unauthorized' }];

  await handler(remove()).catch(() => undefined);

  expect(lines.length).toBeGreaterThan(0);
  expect(lines.join()).not.toMatch(/upload-secret|Bearer of/);
});

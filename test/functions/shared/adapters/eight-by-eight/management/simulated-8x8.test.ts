import { describe, expect, test } from 'vitest';
import { EightByEightManagementApi } from '../../../../../../functions/shared/adapters/eight-by-eight/management/management-api.ts';
import { isInSync } from '../../../../../../functions/shared/domain/account-setup.ts';
import { makeCall, outboundCallflow } from '../../../../../../functions/shared/domain/callflow.ts';
import { PhoneNumber } from '../../../../../../functions/shared/domain/phone-number.ts';
import { desiredAccount } from '../../../../../../functions/shared/use-cases/account-settings.ts';
import {
  AccountSetupError,
  ForeignAccountError,
} from '../../../../../../functions/shared/use-cases/account-setup-error.ts';
import { AccountSetup } from '../../../../../../functions/shared/use-cases/set-up-account.ts';
import {
  API_KEY,
  type SimulatedAccount,
  SUB_ACCOUNT,
  startSimulatedAccount,
} from '../../../../../support/eight-by-eight/simulated-account.ts';

const WEBHOOKS = 'https://api.example/webhooks';
const webhookUrls = {
  VCA: `${WEBHOOKS}/call-action`,
  VCS: `${WEBHOOKS}/call-status`,
  VSS: `${WEBHOOKS}/session-summary`,
  VRU: `${WEBHOOKS}/recording-uploaded`,
  VNU: `${WEBHOOKS}/number-updated`,
};
const recordingPush = {
  region: 'ap-southeast-1',
  bucket: 'bucket',
  prefix: 'recordings',
  pathTemplate: '/{bucket}/{prefix}/',
};
const desired = desiredAccount({ webhookUrls, recordingPush }, 'AKIAOURS');
const credentials = { webhookAuthorization: 'Bearer webhook-secret', recordingPassword: 'upload-secret' };
const foreignVca = { type: 'VCA', url: 'https://other.example/vca', httpAuthHeader: 'x' };
const formerVca = { type: 'VCA', url: `${WEBHOOKS}/v0`, httpAuthHeader: 'x' };

/** The client and the set-up against a simulated account; pauses between attempts take no time. */
async function openAccount(apiKey = API_KEY) {
  const account = await startSimulatedAccount();
  const api = new EightByEightManagementApi({
    baseUrl: account.url,
    subAccountId: SUB_ACCOUNT,
    apiKey: async () => apiKey,
    sleep: async () => {},
  });
  return {
    account,
    api,
    setup: new AccountSetup(api),
    [Symbol.asyncDispose]: () => account[Symbol.asyncDispose](),
  };
}

async function expectSetUp(account: SimulatedAccount): Promise<void> {
  const webhooks = await account.webhooks();
  const expected = Object.entries(webhookUrls).map(([type, url]) => ({ type, url, enabled: true }));
  expect(webhooks).toHaveLength(expected.length);
  expect(webhooks).toEqual(
    expect.arrayContaining(expected.map((webhook) => expect.objectContaining(webhook))),
  );
  expect(await account.pushConfig()).toMatchObject({
    protocol: 'S3',
    host: 'ap-southeast-1',
    username: 'AKIAOURS',
    path: '/bucket/recordings/',
  });
}

describe('setting up an account', () => {
  test('with nothing set', async () => {
    await using opened = await openAccount();

    const { performed } = await opened.setup.apply(desired, credentials);

    expect(performed).toHaveLength(6);
    await expectSetUp(opened.account);
  });

  test('with all set', async () => {
    await using opened = await openAccount();
    await opened.setup.apply(desired, credentials);

    const { performed } = await opened.setup.apply(desired, credentials);

    expect(performed).toEqual([]);
  });

  test('that has drifted', async () => {
    await using opened = await openAccount();
    await opened.setup.apply(desired, credentials);
    await opened.account.register({ type: 'VSS', url: webhookUrls.VSS, enabled: false });
    const drifted = await opened.setup.plan(desired);

    const { performed } = await opened.setup.apply(desired, credentials);

    expect(isInSync(drifted)).toBe(false);
    expect(performed.map(({ target }) => target)).toEqual(['VSS']);
    await expectSetUp(opened.account);
  });

  test('that serves somebody else', async () => {
    await using opened = await openAccount();
    await opened.account.register(foreignVca);

    await expect(opened.setup.apply(desired, credentials)).rejects.toThrow(ForeignAccountError);

    expect(await opened.account.webhooks()).toMatchObject([{ type: 'VCA', url: foreignVca.url }]);
    expect(await opened.account.pushConfig()).toBeUndefined();
  });

  test('that served somebody else and is taken over', async () => {
    await using opened = await openAccount();
    await opened.account.register(foreignVca);
    const theirs = { protocol: 'SFTP', host: '203.0.113.24', username: 'u', password: 'p', path: '/r/' };
    await opened.account.setPushConfig(theirs);

    await opened.setup.apply(desired, credentials, { takeOver: true });

    await expectSetUp(opened.account);
  });

  test('with a wrong key', async () => {
    await using opened = await openAccount('wrong-key');

    const applying = opened.setup.apply(desired, credentials);

    await expect(applying).rejects.toMatchObject({ kind: 'unauthorized', status: 401 });
  });

  test.each([
    ['8x8 is gone from the eighth request on', { status: 500, next: 100, after: 7 }],
    ['answers to changes are lost', { status: 'reset', next: 100, after: 9, carriedOut: true }],
    [
      'VCA cannot be registered',
      { status: 503, next: 100, method: 'POST', pathContains: 'webhooks', after: 4 },
    ],
  ])('in two runs, when %s', async (_, fault) => {
    await using opened = await openAccount();
    await opened.account.arm(fault);
    await expect(opened.setup.apply(desired, credentials)).rejects.toThrow(AccountSetupError);
    await opened.account.disarm();

    await opened.setup.apply(desired, credentials);

    await expectSetUp(opened.account);
  });

  test('in one run, when errors pass', async () => {
    await using opened = await openAccount();
    await opened.account.arm({ status: 503, next: 3, after: 4 });

    await opened.setup.apply(desired, credentials);

    await expectSetUp(opened.account);
  });

  test.each(['replaced', 'refused', 'duplicated'])(
    'where a second registration is %s',
    async (existingWebhook) => {
      await using opened = await openAccount();
      await opened.account.vary({ existingWebhook });
      await opened.account.register(formerVca);

      await opened.setup.apply(desired, credentials);

      await expectSetUp(opened.account);
    },
  );

  test('where a VNU webhook cannot be changed: the rest is done', async () => {
    await using opened = await openAccount();
    await opened.account.vary({ existingWebhook: 'refused', numberWebhookRemoval: 'refused' });
    await opened.account.register({ ...formerVca, type: 'VNU' });

    const { performed } = await opened.setup.apply(desired, credentials);

    const byHand = performed.filter((step) => step.byHand !== undefined);
    expect(byHand.map(({ target }) => target)).toEqual(['VNU']);
    expect((await opened.account.webhooks()).map(({ url }) => url)).toContain(webhookUrls.VCA);
  });

  test('and leaving it takes only ours', async () => {
    await using opened = await openAccount();
    await opened.setup.apply(desired, credentials);
    await opened.account.register({ ...foreignVca, type: 'VCS' });

    await opened.setup.remove(desired);

    expect(await opened.account.webhooks()).toMatchObject([{ type: 'VCS', url: foreignVca.url }]);
    expect(await opened.account.pushConfig()).toBeUndefined();
  });
});

describe('the rest of the management API', () => {
  test('lists numbers and voices', async () => {
    await using opened = await openAccount();

    const numbers = await opened.api.virtualNumbers();
    const voices = await opened.api.voiceProfiles();

    expect(numbers.complete).toBe(true);
    expect(numbers.numbers.map(({ number, state, country }) => [number.reveal(), state, country])).toEqual([
      ['+6531290001', 'active', 'SG'],
      ['+6531290002', 'active', 'SG'],
    ]);
    expect(voices.map(({ code }) => code)).toContain('en-GB-Emma');
  });

  test('starts a call, and is told by code when 8x8 refuses one', async () => {
    await using opened = await openAccount();
    const call = (source: string) =>
      outboundCallflow([
        makeCall({ source: PhoneNumber.from(source), destination: PhoneNumber.from('+6591110001') }),
        makeCall({ source: PhoneNumber.from(source), destination: PhoneNumber.from('+6591110002') }),
      ]);

    const accepted = await opened.api.sendCallflow(call('+6531290001'));
    const refused = opened.api.sendCallflow(call('+6599999999'));

    expect(accepted.sessionId).toMatch(/^[\da-f-]{36}$/);
    await expect(refused).rejects.toMatchObject({ kind: 'callflow-rejected', code: '-1014' });
    expect(await opened.api.recordingsOf(accepted.sessionId)).toEqual([]);
  });
});

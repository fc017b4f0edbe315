import { describe, expect, test } from 'vitest';
import {
  type DesiredAccount,
  isInSync,
  type RecordingPushConfig,
  type RegisteredWebhook,
  webhookTypes,
} from '../../../../functions/shared/domain/account-setup.ts';
import { AccountSetupError } from '../../../../functions/shared/use-cases/account-setup-error.ts';
import { AccountSetup } from '../../../../functions/shared/use-cases/set-up-account.ts';
import { failure, InMemoryAccount } from '../../../support/eight-by-eight/in-memory-account.ts';

const OURS = 'https://api.rapidfare.example/webhooks';
const FOREIGN = 'https://calls.other.example/webhooks';
const FORMER = 'https://former.rapidfare.example/webhooks';

const urlsBelow = (base: string) =>
  Object.fromEntries(webhookTypes.map((type) => [type, `${base}/${type.toLowerCase()}`]));

const recordingPush = {
  protocol: 'S3',
  host: 'ap-southeast-1',
  username: 'AKIAOURS',
  path: '/bucket/recordings/',
};
const desired: DesiredAccount = {
  webhookUrls: urlsBelow(OURS),
  recordingPush,
  former: { webhookUrls: [`${FORMER}/vca`], recordingPaths: ['/former-bucket/recordings/'] },
};
const credentials = { webhookAuthorization: 'Bearer t', recordingPassword: 'secret' };

const registered = (
  type: string,
  base: string,
  flags: Partial<RegisteredWebhook> = {},
): RegisteredWebhook => ({
  type,
  url: `${base}/${type.toLowerCase()}`,
  enabled: true,
  httpAuthHeaderAvailable: true,
  ...flags,
});
const allOurs = webhookTypes.map((type) => registered(type, OURS));
const ourPush: RecordingPushConfig = { ...recordingPush, port: 443, passwordSet: true };
const foreignPush: RecordingPushConfig = { ...ourPush, username: 'AKIATHEIRS', path: '/theirs/' };

describe('what 8x8 refuses and the service can do without', () => {
  /** An account that refuses to create these; `push` is the recording push config. */
  function refusing(...refused: readonly string[]) {
    const account = new InMemoryAccount();
    const { createWebhook, setRecordingPushConfig } = account;
    account.createWebhook = async (registration) => {
      if (refused.includes(registration.type)) throw failure('invalid');
      await createWebhook.call(account, registration);
    };
    account.setRecordingPushConfig = async (config) => {
      if (refused.includes('push')) throw failure('forbidden');
      await setRecordingPushConfig.call(account, config);
    };
    const allow = () => Object.assign(account, { createWebhook, setRecordingPushConfig });
    return { account, allow };
  }

  test.each([
    ['push', 'recording-push-config'],
    ['VRU', 'VRU'],
    ['VNU', 'VNU'],
  ])('%s: everything else is done, and it is told', async (refused, target) => {
    const { account } = refusing(refused);

    const { postponed } = await new AccountSetup(account).apply(desired, credentials);

    expect(postponed.map((step) => step.target)).toEqual([target]);
    expect(account.webhooks.map(({ type }) => type)).toEqual(expect.arrayContaining(['VCA', 'VCS', 'VSS']));
    expect(account.webhooks.length + (account.push === undefined ? 0 : 1)).toBe(5);
  });

  test('is finished by a later run, which changes nothing else', async () => {
    const { account, allow } = refusing('push', 'VRU', 'VNU');
    const setup = new AccountSetup(account);
    await setup.apply(desired, credentials);
    allow();

    const { performed, postponed } = await setup.finish(desired, credentials);

    expect(performed.map(({ target }) => target)).toEqual(['recording-push-config', 'VRU', 'VNU']);
    expect(postponed).toEqual([]);
    expect(isInSync(await setup.plan(desired))).toBe(true);
  });

  test('does not let a later run touch what serves somebody else or carries calls', async () => {
    const account = new InMemoryAccount([registered('VRU', FOREIGN)], foreignPush);

    await new AccountSetup(account).finish(desired, credentials);

    expect(account.writes).toEqual(['POST VNU']);
  });

  test.each(['VCA', 'VCS', 'VSS'])('is not %s: without it the set-up fails', async (refused) => {
    const { account } = refusing(refused);

    await expect(new AccountSetup(account).apply(desired, credentials)).rejects.toThrow(AccountSetupError);
  });

  test('is not what was asked for alone', async () => {
    const { account } = refusing('push');
    const applying = new AccountSetup(account).apply(desired, credentials, { only: 'recording-push-config' });

    await expect(applying).rejects.toThrow(AccountSetupError);
  });

  test('keeps nothing from being taken out', async () => {
    const account = new InMemoryAccount(allOurs, ourPush);
    const { deleteWebhook } = account;
    account.deleteWebhook = async (type) => {
      if (type === 'VRU') throw failure('server');
      await deleteWebhook.call(account, type);
    };

    const { postponed } = await new AccountSetup(account).remove(desired);

    expect(postponed.map(({ target }) => target)).toEqual(['VRU']);
    expect(account.webhooks.map(({ type }) => type)).toEqual(['VRU']);
    expect(account.push).toBeUndefined();
  });
});

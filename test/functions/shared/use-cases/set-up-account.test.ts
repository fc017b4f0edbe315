import { describe, expect, test } from 'vitest';
import {
  type DesiredAccount,
  isInSync,
  type RecordingPushConfig,
  type RegisteredWebhook,
  webhookTypes,
} from '../../../../functions/shared/domain/account-setup.ts';
import { ForeignAccountError } from '../../../../functions/shared/use-cases/account-setup-error.ts';
import { AccountSetup } from '../../../../functions/shared/use-cases/set-up-account.ts';
import { InMemoryAccount } from '../../../support/eight-by-eight/in-memory-account.ts';

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

describe('a plan', () => {
  test('creates everything in an empty account, VCA last', async () => {
    const plan = await new AccountSetup(new InMemoryAccount()).plan(desired);

    expect(plan.map(({ target, action }) => [target, action])).toEqual([
      ['recording-push-config', 'create'],
      ['VSS', 'create'],
      ['VCS', 'create'],
      ['VRU', 'create'],
      ['VNU', 'create'],
      ['VCA', 'create'],
    ]);
  });

  test('changes nothing in an account that is right, whatever the port and the slashes', async () => {
    const push = { ...ourPush, port: 13, protocol: 's3', path: 'bucket/recordings' };
    const webhooks = allOurs.map((webhook) => ({ ...webhook, url: webhook.url.replace('https', 'HTTPS') }));

    const plan = await new AccountSetup(new InMemoryAccount(webhooks, push)).plan(desired);

    expect(isInSync(plan)).toBe(true);
  });

  test.each([
    ['disabled', { enabled: false }, { field: 'enabled', actual: 'false', desired: 'true' }],
    [
      'open to anybody',
      { httpAuthHeaderAvailable: false },
      { field: 'httpAuthHeader', actual: 'not set', desired: 'set' },
    ],
    [
      'on another path',
      { url: `${OURS}/v0` },
      { field: 'url', actual: `${OURS}/v0`, desired: `${OURS}/vca` },
    ],
    [
      'at a former address',
      { url: `${FORMER}/vca` },
      { field: 'url', actual: `${FORMER}/vca`, desired: `${OURS}/vca` },
    ],
  ])('replaces a webhook of ours that is %s', async (_, flags, difference) => {
    const account = new InMemoryAccount([registered('VCA', OURS, flags)]);

    const plan = await new AccountSetup(account).plan(desired);

    expect(plan.at(-1)).toEqual({ target: 'VCA', action: 'replace', differences: [difference] });
  });

  test('calls a webhook foreign that lies beside our folder on the same host', async () => {
    const account = new InMemoryAccount([registered('VCA', 'https://api.rapidfare.example/prod/webhooks')]);

    const plan = await new AccountSetup(account).plan(desired);

    expect(plan.at(-1)).toMatchObject({ target: 'VCA', action: 'foreign' });
  });

  test('does not show what may be secret in a foreign URL', async () => {
    const url = 'https://user:hunter2@other.example/vca?token=abcdef';
    const account = new InMemoryAccount([registered('VCA', '', { url })]);

    const plan = await new AccountSetup(account).plan(desired);

    expect(JSON.stringify(plan)).not.toMatch(/hunter2|abcdef/);
  });

  test('replaces one type that is registered twice', async () => {
    const account = new InMemoryAccount([registered('VSS', OURS), registered('VSS', OURS)]);

    const plan = await new AccountSetup(account).plan(desired);

    expect(plan[1]).toMatchObject({ target: 'VSS', action: 'replace' });
  });

  test.each([
    ['ours, with another key', { ...ourPush, username: 'AKIAOLD' }, 'replace'],
    ['ours, in a former bucket', { ...ourPush, path: '/former-bucket/recordings/' }, 'replace'],
    ['ours, with another path', { ...ourPush, path: '/recordings/' }, 'replace'],
    ['ours, without a password', { ...ourPush, passwordSet: false }, 'replace'],
    ["somebody else's", foreignPush, 'foreign'],
  ] as const)('sees a push config that is %s', async (_, push, action) => {
    const plan = await new AccountSetup(new InMemoryAccount(allOurs, push)).plan(desired);

    expect(plan[0]).toMatchObject({ target: 'recording-push-config', action });
  });

  test('takes out what is no longer wanted, and leaves alone what is not ours', async () => {
    const { VRU: _, ...webhookUrls } = urlsBelow(OURS);
    const wanted = { ...desired, webhookUrls, recordingPush: undefined };

    const ours = await new AccountSetup(new InMemoryAccount(allOurs, foreignPush)).plan(wanted);
    const theirs = await new AccountSetup(new InMemoryAccount([registered('VRU', FOREIGN)])).plan(wanted);

    expect(ours.find(({ target }) => target === 'VRU')?.action).toBe('remove');
    expect(ours[0]?.action).toBe('left-alone');
    expect(theirs.find(({ target }) => target === 'VRU')?.action).toBe('left-alone');
  });

  test('counts a push config that may not be seen as none', async () => {
    const account = new InMemoryAccount(allOurs);
    account.faults = [{ request: 1, afterEffect: false, kind: 'forbidden' }];

    const plan = await new AccountSetup(account).plan({ ...desired, recordingPush: undefined });

    expect(isInSync(plan)).toBe(true);
  });
});

describe('applying', () => {
  test('registers every webhook with the secret, and the push config with its password', async () => {
    const account = new InMemoryAccount();

    await new AccountSetup(account).apply(desired, credentials);

    expect(account.webhooks).toHaveLength(webhookTypes.length);
    expect(account.webhooks).toEqual(expect.arrayContaining(allOurs));
    expect([...account.authorizations.values()]).toEqual(webhookTypes.map(() => 'Bearer t'));
    expect(account.push).toEqual(ourPush);
    expect(account.pushPassword).toBe('secret');
  });

  test('deletes and registers VCA back to back, after everything else is confirmed', async () => {
    const account = new InMemoryAccount(
      webhookTypes.map((type) => registered(type, FORMER)),
      foreignPush,
    );

    await new AccountSetup(account).apply(desired, credentials, { takeOver: true });

    expect(account.log.slice(-4)).toEqual(['DELETE VCA', 'POST VCA', 'GET webhooks', 'GET push']);
    expect(account.writes.filter((line) => line.endsWith('VCA'))).toHaveLength(2);
  });

  test('registers anew what looks right when the secret has changed', async () => {
    const account = new InMemoryAccount(allOurs, ourPush);
    const renewed = { ...credentials, webhookAuthorization: 'Bearer new' };

    await new AccountSetup(account).apply(desired, renewed, { renewAuthorization: true });

    expect([...account.authorizations.values()]).toEqual(webhookTypes.map(() => 'Bearer new'));
    expect(account.writes).not.toContain('POST push');
  });

  test('tells of each step once it is done', async () => {
    const account = new InMemoryAccount();
    const told: string[] = [];

    await new AccountSetup(account).apply(desired, credentials, {
      onStep: ({ target }) => told.push(`${target} after ${account.writes.length}`),
    });

    expect(told).toEqual([
      'recording-push-config after 1',
      'VSS after 2',
      'VCS after 3',
      'VRU after 4',
      'VNU after 5',
      'VCA after 6',
    ]);
  });

  test('changes nothing when one webhook serves somebody else', async () => {
    const account = new InMemoryAccount([registered('VCS', FOREIGN)]);

    const applying = new AccountSetup(account).apply(desired, credentials);

    await expect(applying).rejects.toThrow(ForeignAccountError);
    await expect(applying).rejects.toThrow(`VCS has url ${FOREIGN}/vcs`);
    expect(account.writes).toEqual([]);
  });

  test('warns when it stops between the deletion and the registration of VCA', async () => {
    const account = new InMemoryAccount([...allOurs.slice(1), registered('VCA', FORMER)], ourPush);
    account.faults = [{ request: 3, afterEffect: false, kind: 'server' }];

    const applying = new AccountSetup(account).apply(desired, credentials);

    await expect(applying).rejects.toThrow('calls may go unanswered');
    expect(account.webhooks.some(({ type }) => type === 'VCA')).toBe(false);
  });

  test('is content when the answer was lost but the read-back shows the effect', async () => {
    const account = new InMemoryAccount();
    account.faults = [{ request: 2, afterEffect: true, kind: 'timed-out' }];

    const { performed } = await new AccountSetup(account).apply(desired, credentials);

    expect(performed).toHaveLength(6);
  });

  test('tells of the change that failed, not of the reading after it', async () => {
    const account = new InMemoryAccount();
    account.faults = [
      { request: 5, afterEffect: false, kind: 'timed-out' },
      { request: 6, afterEffect: false, kind: 'unreachable' },
    ];

    const applying = new AccountSetup(account).apply(desired, credentials);

    await expect(applying).rejects.toMatchObject({ failure: { kind: 'timed-out' } });
  });

  test('complains when 8x8 accepts a change but shows something else', async () => {
    const account = new InMemoryAccount();
    account.createWebhook = async () => {};

    const applying = new AccountSetup(account).apply(desired, credentials);

    await expect(applying).rejects.toThrow('create VSS');
    await expect(applying).rejects.toThrow('shows something else');
  });
});

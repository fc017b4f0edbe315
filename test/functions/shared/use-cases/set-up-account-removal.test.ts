import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type DesiredAccount,
  isInSync,
  type RecordingPushConfig,
  type RegisteredWebhook,
  type WebhookType,
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

describe.each(['refused', 'ignored'] as const)('a VNU webhook whose deletion is %s', (vnuDeletion) => {
  const wrong = [...allOurs.filter(({ type }) => type !== 'VNU'), registered('VNU', FORMER)];

  test('is overwritten where POST does that', async () => {
    const account = new InMemoryAccount(wrong, ourPush, {
      postOnExisting: 'overwrites',
      vnuDeletion,
    });

    const { performed } = await new AccountSetup(account).apply(desired, credentials);

    expect(performed).toEqual([expect.not.objectContaining({ byHand: expect.anything() })]);
    expect(account.webhooks).toEqual(expect.arrayContaining(allOurs));
  });

  test.each(['refuses', 'duplicates'] as const)(
    'is left to a person where POST %s',
    async (postOnExisting) => {
      const webhooks = wrong.filter(({ type }) => type !== 'VCA');
      const account = new InMemoryAccount(webhooks, ourPush, { postOnExisting, vnuDeletion });

      const { performed } = await new AccountSetup(account).apply(desired, credentials);

      expect(performed[0]?.byHand).toContain('connect.8x8.com/webhooks');
      expect(performed[0]?.byHand).toContain(`${OURS}/vnu`);
      expect(performed[1]).toMatchObject({ target: 'VCA', action: 'create' });
    },
  );

  test('is not called renewed when both requests were refused', async () => {
    const account = new InMemoryAccount(allOurs, ourPush, {
      postOnExisting: 'refuses',
      vnuDeletion,
    });

    const { performed } = await new AccountSetup(account).apply(desired, credentials, {
      renewAuthorization: true,
    });

    expect(performed.find(({ target }) => target === 'VNU')?.byHand).toContain('HTTP Authorization');
  });

  test('is left to a person when it should go', async () => {
    const account = new InMemoryAccount(allOurs, ourPush, {
      postOnExisting: 'overwrites',
      vnuDeletion,
    });

    const { performed } = await new AccountSetup(account).remove(desired);

    expect(performed.filter(({ byHand }) => byHand !== undefined)).toEqual([
      expect.objectContaining({ target: 'VNU', byHand: expect.stringContaining('delete the VNU webhook') }),
    ]);
    expect(account.webhooks.map(({ type }) => type)).toEqual(['VNU']);
  });
});

describe('removing', () => {
  test('stops the calls first and leaves what is not ours', async () => {
    const webhooks = [...allOurs.slice(0, 3), registered('VRU', FOREIGN), registered('VXX', OURS)];
    const account = new InMemoryAccount(webhooks, foreignPush);

    await new AccountSetup(account).remove(desired);

    expect(account.writes).toEqual(['DELETE VCA', 'DELETE VCS', 'DELETE VSS']);
    expect(account.webhooks.map(({ type }) => type)).toEqual(['VRU', 'VXX']);
    expect(account.push).toEqual(foreignPush);
  });
});

describe('undoing a failed run', () => {
  test('deletes what it created and keeps what was there', async () => {
    const account = new InMemoryAccount([registered('VSS', OURS)]);
    account.createWebhook = ((create) => async (registration) => {
      if (registration.type === 'VCA') throw failure('server', true);
      await create(registration);
    })(account.createWebhook.bind(account));
    const setup = new AccountSetup(account);
    const error: unknown = await setup.apply(desired, credentials).catch((thrown: unknown) => thrown);
    if (!(error instanceof AccountSetupError)) throw new Error('The set-up did not fail.', { cause: error });

    const left = await setup.undo(error);

    expect(left).toEqual([]);
    expect(account.webhooks.map(({ type }) => type)).toEqual(['VSS']);
    expect(account.push).toBeUndefined();
  });
});

describe('whatever the account holds and whatever fails', () => {
  const anyWebhook = fc.record({
    type: fc.constantFrom(...webhookTypes, 'VXX'),
    url: fc.oneof(
      fc.constantFrom(...webhookTypes).map((type) => `${OURS}/${type.toLowerCase()}`),
      fc.constantFrom(`${FOREIGN}/x`, `${FORMER}/old`, '', 'not a url', `${OURS}/older?x=1`),
    ),
    enabled: fc.boolean(),
    httpAuthHeaderAvailable: fc.boolean(),
  });
  const anyPush = fc.option(fc.constantFrom(ourPush, foreignPush, { ...ourPush, username: 'AKIAOLD' }), {
    nil: undefined,
  });
  const anyUndocumented = fc.record({
    postOnExisting: fc.constantFrom('overwrites', 'duplicates', 'refuses'),
    vnuDeletion: fc.constantFrom('works', 'refused', 'ignored'),
  } as const);
  const anyFaults = fc.array(
    fc.record({
      request: fc.nat(40),
      afterEffect: fc.boolean(),
      kind: fc.constantFrom('server', 'timed-out', 'unauthorized', 'rate-limited'),
    } as const),
    { maxLength: 6 },
  );
  const anyAccount = fc.record({
    webhooks: fc.array(anyWebhook, { maxLength: 8 }),
    push: anyPush,
    undocumented: anyUndocumented,
  });

  test('a run without faults finishes what runs with faults began, and the next one changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(anyAccount, anyFaults, async ({ webhooks, push, undocumented }, faults) => {
        // Where VNU cannot be deleted, a person may have to finish; that is told above.
        const account = new InMemoryAccount(webhooks, push, { ...undocumented, vnuDeletion: 'works' });
        const setup = new AccountSetup(account);
        account.faults = faults;
        await setup.apply(desired, credentials, { takeOver: true }).catch(() => undefined);
        account.faults = [];

        await setup.apply(desired, credentials, { takeOver: true });
        const writesBefore = account.writes.length;
        const { performed } = await setup.apply(desired, credentials);

        expect(performed).toEqual([]);
        expect(account.writes).toHaveLength(writesBefore);
        expect(isInSync(await setup.plan(desired))).toBe(true);
      }),
    );
  });

  test('nothing foreign is touched without being told to, and removal takes only ours', async () => {
    await fc.assert(
      fc.asyncProperty(anyAccount, anyFaults, async ({ webhooks, push, undocumented }, faults) => {
        const account = new InMemoryAccount(webhooks, push, undocumented);
        const setup = new AccountSetup(account);
        const isForeign = ({ url }: RegisteredWebhook) => url.startsWith(FOREIGN) || url === 'not a url';
        const foreign = webhooks.filter(isForeign);
        account.faults = faults;

        await setup.apply(desired, credentials).catch(() => undefined);
        await setup.remove(desired).catch(() => undefined);

        expect(account.webhooks.filter(isForeign)).toEqual(foreign);
        if (push === foreignPush) expect(account.push).toEqual(foreignPush);
      }),
    );
  });

  test('VCA is never deleted while another webhook that calls need is still wrong', async () => {
    await fc.assert(
      fc.asyncProperty(anyAccount, anyFaults, async ({ webhooks, push, undocumented }, faults) => {
        const account = new InMemoryAccount(webhooks, push, undocumented);
        account.faults = faults;
        // The service can do without the others for a while.
        const others: WebhookType[] = ['VCS', 'VSS'];
        const wrongAtDeletion: string[] = [];
        account.deleteWebhook = ((remove) => async (type) => {
          const right = new Set(account.webhooks.map(({ url }) => url));
          if (type === 'VCA')
            wrongAtDeletion.push(...others.filter((other) => !right.has(`${OURS}/${other.toLowerCase()}`)));
          await remove(type);
        })(account.deleteWebhook.bind(account));

        await new AccountSetup(account)
          .apply(desired, credentials, { takeOver: true })
          .catch(() => undefined);

        expect(wrongAtDeletion).toEqual([]);
      }),
    );
  });
});

import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  fixtureNames,
  readFixture,
} from '../../functions/shared/adapters/eight-by-eight/webhooks/fixtures.ts';
import {
  createWebhookStation,
  type WebhookName,
  type WebhookStation,
  webhookNames,
} from '../../rehearsal/soak/webhook-station.ts';
import { book, createTestStores, draftOf, NOON_MS, person } from '../../support/bookings.ts';
import { startTestDatabase, type TestDatabase } from '../../support/dynamodb-engine.ts';
import { AUTHORIZATION } from '../../support/webhooks.ts';
import { hostileJson, monstrousBodies, rawBody } from './hostile-values.ts';
import { countWrites } from './writes.ts';

const RUNS = 80;

let database: TestDatabase;
let station: WebhookStation;

beforeAll(async () => {
  database = await startTestDatabase();
  const stores = createTestStores(database);
  await stores.addNumbers(1);
  // Somebody could be connected, so that it shows if somebody is.
  await book(stores, draftOf(person(1), person(2)));
});
afterAll(() => database.stop());
beforeEach(() => {
  station = createWebhookStation({ database, nowMs: () => NOON_MS });
});

/** A recorded body with something else at up to three of its places. */
function nearlyRecorded(webhook: WebhookName): fc.Arbitrary<string> {
  const damage = fc.tuple(fc.nat(), hostileJson);
  return fc
    .tuple(fc.constantFrom(...fixtureNames(webhook)), fc.array(damage, { maxLength: 3 }))
    .map(([name, damages]) => {
      const body = readFixture(webhook, name);
      return JSON.stringify(damages.reduce<unknown>(replacedSomewhere, body)) ?? '';
    });
}

/** A copy with another value at one place, which the first number of the damage chooses. */
function replacedSomewhere(value: unknown, [pick, replacement]: readonly [number, unknown]): unknown {
  if (typeof value !== 'object' || value === null || pick % 7 === 6) return replacement;
  const keys = Object.keys(value);
  const chosen = keys[pick % Math.max(keys.length, 1)];
  const entries = Object.entries(value).map(([key, inner]) => [
    key,
    key === chosen ? replacedSomewhere(inner, [Math.floor(pick / 7), replacement]) : inner,
  ]);
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

/** Words that only a request of a call has which was decided before. */
const LATER_IN_A_CALL = /ACTION_COMPLETED|DTMF_RECEIVED|CALL_CONNECTED|CALL_UPDATED|OUTBOUND/i;

async function withstand(webhook: WebhookName, body: string): Promise<number> {
  const { writes, result } = await countWrites(database, () => station.send(webhook, body));
  const answered = webhook === 'call-action' ? [200] : [200, 400, 413];

  expect(answered).toContain(result.status);
  if (webhook === 'call-action') {
    const actions = JSON.parse(result.body).callflow.map(({ action }: { action: string }) => action);
    // Only a call that was decided before may be left as it is: two people may be talking.
    if (actions.length === 0) expect(body).toMatch(LATER_IN_A_CALL);
    expect(actions).not.toContain('makeCall');
  }
  if (webhook === 'call-action' || result.status !== 200) expect(writes).toBe(0);
  // What was accepted is stored, not put off for ever because no store could keep it.
  expect(station.queue.size()).toBe(0);
  return result.status;
}

describe.each(webhookNames)('POST /webhooks/%s', (webhook) => {
  test('withstands bodies that are nearly right', async () => {
    await fc.assert(
      fc.asyncProperty(nearlyRecorded(webhook), async (body) => void (await withstand(webhook, body))),
      { numRuns: RUNS },
    );

    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test('withstands bodies that are no JSON', async () => {
    await fc.assert(
      fc.asyncProperty(
        rawBody(nearlyRecorded(webhook)),
        async (body) => void (await withstand(webhook, body)),
      ),
      { numRuns: RUNS },
    );

    expect(station.queue.deadLetters).toEqual([]);
  });

  test.each(monstrousBodies)('withstands $name', async ({ body, isTooLarge }) => {
    const status = await withstand(webhook, body);

    if (webhook !== 'call-action') expect(status).toBe(isTooLarge ? 413 : 400);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test.each([
    ['is missing', undefined],
    ['is empty', ''],
    ['is in other letters', AUTHORIZATION.toUpperCase()],
    ['ends in a space', `${AUTHORIZATION} `],
    ['begins with a tab', `\t${AUTHORIZATION}`],
    ['ends in a line', `${AUTHORIZATION}\r\nx-other: 1`],
    ['ends in a character nobody sees', `${AUTHORIZATION}\0`],
    ['is there twice', `${AUTHORIZATION},${AUTHORIZATION}`],
    ['is there twice, the first one wrong', `Bearer wrong, ${AUTHORIZATION}`],
    ['is cut', AUTHORIZATION.slice(0, -1)],
    ['is only the name of the scheme', 'Bearer'],
    ['is of another scheme', AUTHORIZATION.replace('Bearer', 'Basic')],
    ['looks the same', AUTHORIZATION.replace('a', '\u0430')],
    ['is very long', AUTHORIZATION.repeat(4000)],
  ])('answers 401 without a word or a look when Authorization %s', async (_, authorization) => {
    const [name = ''] = fixtureNames(webhook);
    database.proxy.resetCounts();

    const answer = await station.send(webhook, JSON.stringify(readFixture(webhook, name)), { authorization });

    expect(answer).toEqual({ status: 401, body: '' });
    expect(database.proxy.requestCounts()).toEqual({});
    expect([station.quarantined, station.queue.size()]).toEqual([[], 0]);
  });

  test('is not fooled by headers whose names only look like Authorization', async () => {
    const headers = {
      authorization: undefined,
      'x-authorization': AUTHORIZATION,
      'authorization ': AUTHORIZATION,
      'x-forwarded-authorization': AUTHORIZATION,
      'proxy-authorization': AUTHORIZATION,
    };

    expect(await station.send(webhook, '{}', headers)).toEqual({ status: 401, body: '' });
  });
});

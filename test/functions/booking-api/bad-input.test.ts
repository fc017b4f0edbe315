import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countWrites } from '../../e2e/fuzz/writes.ts';
import { type ApiRequest, createTestApi, type TestApi } from '../../support/booking-api.ts';
import { NOON_MS, virtualNumber } from '../../support/bookings.ts';
import { startTestDatabase, type TestDatabase } from '../../support/dynamodb-engine.ts';

let database: TestDatabase;
let api: TestApi;

// What is refused writes nothing, so one set of tables serves all tests.
beforeAll(async () => {
  database = await startTestDatabase();
  api = createTestApi(database, database.tables);
  await api.addNumbers(8);
});
afterAll(() => database.stop());

const RIDER = { label: 'rider', phoneNumber: '+6591110001' };
const DRIVER = { label: 'driver', phoneNumber: '+65 9111-0002' };
const VIRTUAL = { phoneNumber: virtualNumber(3).reveal() };
const parties = [RIDER, DRIVER];

/** Sends a request that has to be refused: the paths of its faults, once nothing was written. */
async function refusedPaths(routeKey: string, request: ApiRequest): Promise<string[]> {
  const { writes, result } = await countWrites(database, () => api.call(routeKey, request));
  expect({ status: result.status, code: result.body.code, writes }).toEqual({
    status: 400,
    code: 'INVALID_REQUEST',
    writes: 0,
  });
  expect(result.contentType).toContain('application/problem+json');
  expect(JSON.stringify(result.body), 'no value is repeated').not.toMatch(/9111|3100000|Bob/);
  return result.body.errors.map((issue: { path: string }) => issue.path).sort();
}

/** What neither a new booking nor a changed one may say; the booking that is changed has the two parties above. */
const faultyEverywhere: readonly [string, Record<string, unknown>, string[]][] = [
  ['the same number twice', { parties: [RIDER, { phoneNumber: '6591110001' }] }, ['parties.1.phoneNumber']],
  [
    'the same number twice in one party',
    { parties: [RIDER, { phoneNumbers: ['+6591110005', '+65 9111 0005'] }] },
    ['parties.1.phoneNumber'],
  ],
  ['a virtual number as a party', { parties: [RIDER, VIRTUAL] }, ['parties.1.phoneNumber']],
  [
    'a virtual number as a further number of a party',
    { parties: [RIDER, { phoneNumbers: ['+6591110002', VIRTUAL.phoneNumber] }] },
    ['parties.1.phoneNumber'],
  ],
  [
    'a number that is too short',
    { parties: [RIDER, { phoneNumber: '+651234567' }] },
    ['parties.1.phoneNumber'],
  ],
  [
    'a number without a country',
    { parties: [RIDER, { phoneNumber: '91110002' }] },
    ['parties.1.phoneNumber'],
  ],
  ['a text for a number', { parties: [RIDER, { phoneNumber: 'Bob' }] }, ['parties.1.phoneNumber']],
  ['three parties', { parties: [RIDER, DRIVER, { phoneNumber: '+6591110003' }] }, ['parties']],
  ['an expiry in the past', { expiresAt: '2026-11-21T11:59:59Z' }, ['expiresAt']],
  ['an expiry at this very moment', { expiresAt: '2026-11-21T12:00:00Z' }, ['expiresAt']],
  ['an expiry too far away', { expiresInSeconds: 86_401 }, ['expiresInSeconds']],
  ['a date too far away', { expiresAt: '2026-11-22T12:00:00.001Z' }, ['expiresAt']],
  ['an expiry that is no time', { expiresAt: 'tomorrow' }, ['expiresAt']],
  ['two expiries', { expiresAt: '2026-11-21T13:00:00Z', expiresInSeconds: 5 }, ['expiresInSeconds']],
  ['an unknown field', { recordCall: true }, ['recordCall']],
  ['an unknown field of a party', { parties: [RIDER, { ...DRIVER, sms: 1 }] }, ['parties.1.sms']],
  ['an unknown limit', { limits: { calls: 3 } }, ['limits.calls']],
  ['a limit of no calls', { limits: { maxCalls: 0 } }, ['limits.maxCalls']],
  [
    'more calls a minute than are remembered',
    { limits: { maxCallsPerMinute: 21 } },
    ['limits.maxCallsPerMinute'],
  ],
  ['too much metadata', { metadata: { a: 'x'.repeat(4100) } }, ['metadata']],
  ['metadata within metadata', { metadata: { a: { b: 1 } } }, ['metadata.a']],
];

describe('POST /v1/bookings', () => {
  test.each([
    ...faultyEverywhere,
    ['no parties', { parties: undefined }, ['parties']],
    ['one party', { parties: [RIDER] }, ['parties']],
    ['a party without a number', { parties: [RIDER, { label: 'x' }] }, ['parties.1.phoneNumber']],
    ['a direction that is none', { direction: 'upwards' }, ['direction']],
    ['a numbering that is none', { numbering: 'own' }, ['numbering']],
    ['several faults at once', { country: 'Singapore', recordCalls: 'yes' }, ['country', 'recordCalls']],
  ])('refuses %s with its path and writes nothing', async (_, faults, paths) => {
    expect(await refusedPaths('POST /v1/bookings', { body: { parties, ...faults } })).toEqual(paths);
  });

  test.each([['not json'], ['{'], ['[]'], ['null'], ['"text"']])('refuses the body %s', async (rawBody) => {
    expect(await refusedPaths('POST /v1/bookings', { rawBody })).toEqual(['body']);
  });
});

describe('PATCH /v1/bookings/{bookingId}', () => {
  const make = async () => (await api.call('POST /v1/bookings', { body: { parties } })).body;
  let booking: { readonly bookingId: string };
  beforeAll(async () => {
    booking = await make();
  });
  const read = async (bookingId: string) =>
    (await api.call('GET /v1/bookings/{bookingId}', { path: { bookingId } })).body;

  test.each([
    ...faultyEverywhere,
    ['nothing to change', {}, ['body']],
    ['what a booking is made with once and for all', { numbering: 'per-party' }, ['numbering']],
    [
      'the number of the other party',
      { parties: [{}, { phoneNumber: '+6591110001' }] },
      ['parties.1.phoneNumber'],
    ],
  ])('refuses %s with its path and writes nothing', async (_, body, paths) => {
    const path = { bookingId: booking.bookingId };

    expect(await refusedPaths('PATCH /v1/bookings/{bookingId}', { path, body })).toEqual(paths);

    expect(await read(booking.bookingId)).toEqual(booking);
  });

  test.each(['complete', 'cancel'])('of a booking after %s changes nothing', async (how) => {
    const { bookingId } = await make();
    const path = { bookingId };
    const { body: ended } = await api.call(`POST /v1/bookings/{bookingId}/${how}`, { path });

    const { writes, result } = await countWrites(database, () =>
      api.call('PATCH /v1/bookings/{bookingId}', { path, body: { expiresInSeconds: 600 } }),
    );

    expect({ code: result.body.code, writes }).toEqual({ code: 'BOOKING_ENDED', writes: 0 });
    expect(await read(bookingId)).toEqual(ended);
  });

  test('of a booking that has expired changes nothing', async () => {
    const { bookingId } = await make();
    const later = createTestApi(database, database.tables);
    later.clock.nowMs = NOON_MS + 7_200_000;

    const { writes, result } = await countWrites(database, () =>
      later.call('PATCH /v1/bookings/{bookingId}', { path: { bookingId }, body: { expiresInSeconds: 600 } }),
    );

    expect({ code: result.body.code, writes }).toEqual({ code: 'BOOKING_ENDED', writes: 0 });
  });
});

describe('a cursor', () => {
  const cursorOf = async (routeKey: string, query: Record<string, string>, path?: Record<string, string>) => {
    const first = await api.call(routeKey, { query: { ...query, limit: '1' }, ...(path && { path }) });
    expect(first.body.nextCursor).not.toBeNull();
    return String(first.body.nextCursor);
  };
  /** The cursor with one letter changed within what it says. */
  const altered = (cursor: string): string => {
    const text = Buffer.from(cursor, 'base64url').toString();
    const at = text.search(/[0-9]/);
    const digit = text[at] === '1' ? '2' : '1';
    return Buffer.from(`${text.slice(0, at)}${digit}${text.slice(at + 1)}`).toString('base64url');
  };

  beforeAll(async () => {
    for (const n of [3, 4]) {
      await api.call('POST /v1/bookings', {
        body: { reference: 'ride', parties: [RIDER, { phoneNumber: `+659111000${n}` }] },
      });
      await api.call('PUT /v1/blocklist/{e164}', {
        path: { e164: `+659111001${n}` },
        body: { reason: 'Reported.' },
      });
    }
  });

  test.each([
    ['GET /v1/bookings', {}, { status: 'active' }],
    ['GET /v1/bookings', { phoneNumber: RIDER.phoneNumber }, { phoneNumber: '+6591110003' }],
    ['GET /v1/bookings', { reference: 'ride' }, { reference: 'other' }],
    ['GET /v1/bookings', { reference: 'ride' }, { reference: 'ride', status: 'active' }],
    ['GET /v1/numbers', {}, undefined],
    ['GET /v1/blocklist', {}, undefined],
  ])(
    'of %s with %j is refused when it was tampered with, and with another search',
    async (routeKey, query, other) => {
      const cursor = await cursorOf(routeKey, query);

      for (const wrong of [altered(cursor), cursor.slice(2), 'abc', '!', '']) {
        expect(await refusedPaths(routeKey, { query: { ...query, cursor: wrong } })).toEqual(['cursor']);
      }
      if (other !== undefined) {
        expect(await refusedPaths(routeKey, { query: { ...other, cursor } })).toEqual(['cursor']);
      }
    },
  );

  test.each([
    ['GET /v1/sessions', { day: '2026-11-21', cursor: 'abc' }],
    ['GET /v1/bookings/{bookingId}/sessions', { cursor: 'abc' }],
  ])('of %s is refused when no answer gave it', async (routeKey, query) => {
    const { body } = await api.call('GET /v1/bookings');
    const path = { bookingId: body.items[0].bookingId };

    expect(await refusedPaths(routeKey, { query, path })).toEqual(['cursor']);
  });
});

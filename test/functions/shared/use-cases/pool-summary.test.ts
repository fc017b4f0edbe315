import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestApi, type TestApi } from '../../../support/booking-api.ts';
import { phone, virtualNumber } from '../../../support/bookings.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/dynamodb-engine.ts';

const MINUTE_MS = 60_000;
const person = (n: number) => `+6591110${String(n).padStart(3, '0')}`;

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  api = createTestApi(database, await database.createTables());
  await api.addNumbers(4);
});

const make = async (first: number, second: number, body: Record<string, unknown> = {}) => {
  const parties = [{ phoneNumber: person(first) }, { phoneNumber: person(second) }];
  return (await api.call('POST /v1/bookings', { body: { parties, ...body } })).body;
};
const onBooking = (routeKey: string, bookingId: string, body?: unknown) =>
  api.call(routeKey, { path: { bookingId }, ...(body !== undefined && { body }) });
const pool = async () => (await api.call('GET /v1/pool')).body;
const singapore = async () => (await pool()).countries[0];
/** The values of the metric, in the order in which they were emitted. */
const poolUsed = () =>
  api.lines.flatMap((line) => {
    const value: unknown = JSON.parse(line).PoolUsedPercent;
    return value === undefined ? [] : [value];
  });

describe('the summary of the pool', () => {
  test('tells the numbers of each country by state', async () => {
    const put = (number: string, country: string, state: 'active' | 'unhealthy' | 'expiring') =>
      api.numbers.putNumber({ virtualNumber: phone(number), country, state }, api.clock.nowMs);
    await put(virtualNumber(4).reveal(), 'SG', 'unhealthy');
    await put('+62215550001', 'ID', 'expiring');

    const { asOf, countries } = await pool();

    expect(asOf).toBe('2026-11-21T12:00:00.000Z');
    expect(countries).toEqual([
      expect.objectContaining({
        country: 'ID',
        numbers: { active: 0, draining: 0, unhealthy: 0, expiring: 1, inactive: 0 },
        headroom: 0,
        headroomPercent: 0,
      }),
      expect.objectContaining({
        country: 'SG',
        numbers: { active: 3, draining: 0, unhealthy: 1, expiring: 0, inactive: 0 },
        headroom: 3,
        headroomPercent: 100,
      }),
    ]);
  });

  test('counts live bookings and what the busiest party holds, right after they are made', async () => {
    await make(1, 2);
    await make(1, 3);
    await make(1, 4);
    await make(5, 6, { expiresInSeconds: 80_000 });

    expect(await singapore()).toMatchObject({
      liveBookings: 4,
      busiestPartyHolds: 3,
      headroom: 1,
      headroomPercent: 25,
      refusalsLastHour: 0,
    });
  });

  test('follows bookings that end early, are extended, and expire', async () => {
    const ended = await make(1, 2, { expiresInSeconds: 1800 });
    const extended = await make(3, 4, { expiresInSeconds: 1800 });
    await make(5, 6, { expiresInSeconds: 1800 });
    await onBooking('POST /v1/bookings/{bookingId}/complete', ended.bookingId);
    await onBooking('POST /v1/bookings/{bookingId}/complete', ended.bookingId);
    await onBooking('PATCH /v1/bookings/{bookingId}', extended.bookingId, { expiresInSeconds: 36_000 });
    const before = await singapore();

    api.clock.nowMs += 31 * MINUTE_MS;
    const after = await singapore();
    api.clock.nowMs += 600 * MINUTE_MS;

    expect([before.liveBookings, after.liveBookings]).toEqual([2, 1]);
    expect(await singapore()).toMatchObject({ liveBookings: 0, busiestPartyHolds: 0 });
  });

  test('counts a repeated request once', async () => {
    const request = {
      body: { parties: [{ phoneNumber: person(1) }, { phoneNumber: person(2) }] },
      headers: { 'idempotency-key': 'ride-1' },
    };
    await api.call('POST /v1/bookings', request);
    await api.call('POST /v1/bookings', request);

    expect(await singapore()).toMatchObject({ liveBookings: 1 });
  });

  test('counts a booking where its number is, after it was moved to another country', async () => {
    const { bookingId, virtualNumber: given } = await make(1, 2);
    await api.numbers.putNumber(
      { virtualNumber: phone('+62215550001'), country: 'ID', state: 'active' },
      api.clock.nowMs,
    );
    for (let n = 1; n <= 4; n += 1) {
      await api.numbers.putNumber(
        { virtualNumber: virtualNumber(n), country: 'SG', state: 'draining' },
        api.clock.nowMs,
      );
    }
    api.clock.nowMs += 1000;

    const { body } = await api.call('POST /v1/numbers/{e164}/renumber', { path: { e164: given } });

    const { countries } = await pool();
    expect(body.moved).toEqual([{ bookingId, virtualNumber: '+62215550001' }]);
    expect(
      countries.map(({ country, liveBookings }: { country: string; liveBookings: number }) => [
        country,
        liveBookings,
      ]),
    ).toEqual([
      ['ID', 1],
      ['SG', 0],
    ]);
  });

  test('counts the refusals of the last hour, by country or elsewhere', async () => {
    for (let n = 0; n < 6; n += 1) await make(1, 2);
    await make(1, 2, { country: 'ID' });
    const now = await pool();

    api.clock.nowMs += 61 * MINUTE_MS;
    const later = await pool();

    expect([now.countries[0].refusalsLastHour, now.refusalsElsewhereLastHour]).toEqual([2, 1]);
    expect([later.countries[0].refusalsLastHour, later.refusalsElsewhereLastHour]).toEqual([0, 0]);
  });

  test('never tells a phone number', async () => {
    await make(1, 2);

    expect(JSON.stringify(await pool())).not.toMatch(/\+\d/);
  });
});

describe('watching the pool', () => {
  test('measures how much of it is taken for the parties of each booking', async () => {
    for (let n = 0; n < 5; n += 1) await make(1, 2);
    await make(3, 4);

    expect(poolUsed()).toEqual([0, 25, 50, 75, 100, 0]);
  });

  test('refuses as it must also where the refusal cannot be counted', async () => {
    for (let n = 0; n < 4; n += 1) await make(1, 2);
    database.proxy.setFaults({ failEvery: 1, operations: ['TransactWriteItems'] });
    const uncounted = await make(1, 2);
    database.proxy.setFaults({});

    expect(uncounted.code).toBe('NO_VIRTUAL_NUMBER_AVAILABLE');
    expect(api.lines.join('\n')).toContain('POOL_COUNT_LOST');
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApi, type TestApi } from '../../support/booking-api.ts';
import { NOON_MS, virtualNumber } from '../../support/bookings.ts';
import { startTestDatabase, type TestDatabase } from '../../support/dynamodb-engine.ts';

const RIDER = '+6591110001';
const driver = (n: number) => `+659111001${n}`;
const number = (n: number) => virtualNumber(n).reveal();

let database: TestDatabase;
let api: TestApi;
/** Ids of the bookings in the order in which they were made; see {@link makeBookings}. */
let made: string[];

beforeAll(async () => {
  database = await startTestDatabase();
  api = createTestApi(database, database.tables);
  await api.addNumbers(8);
  made = await makeBookings();
});
afterAll(() => database.stop());

/**
 * Eight bookings of one rider, each a second after the one before and with the virtual number of its position. Every
 * other one is of `ride-1`, the first three were completed, cancelled and left to expire.
 */
async function makeBookings(): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < 8; n += 1) {
    api.clock.nowMs = NOON_MS + n * 1000;
    const { body } = await api.call('POST /v1/bookings', {
      body: {
        reference: `ride-${n % 2}`,
        parties: [{ phoneNumber: RIDER }, { phoneNumber: driver(n) }],
        virtualNumber: number(n + 1),
        expiresInSeconds: n === 2 ? 60 : 7200,
      },
    });
    ids.push(body.bookingId);
  }
  for (const [n, how] of ['complete', 'cancel'].entries()) {
    await api.call(`POST /v1/bookings/{bookingId}/${how}`, { path: { bookingId: ids[n] ?? '' } });
  }
  api.clock.nowMs = NOON_MS + 120_000;
  return ids;
}

/** What a search finds, page by page, by the position at which each booking was made. */
async function find(query: Record<string, string>, limit = 3): Promise<number[]> {
  const found: number[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const { body } = await api.call('GET /v1/bookings', {
      query: { ...query, limit: String(limit), ...(cursor !== '' && { cursor }) },
    });
    expect(body.items.length).toBeLessThanOrEqual(limit);
    found.push(...body.items.map((one: { bookingId: string }) => made.indexOf(one.bookingId)));
    cursor = body.nextCursor;
  }
  return found;
}

describe('GET /v1/bookings', () => {
  const everything = [7, 6, 5, 4, 3, 2, 1, 0];

  test.each<[string, Record<string, string>, number[]]>([
    ['everything', {}, everything],
    ['by a phone number', { phoneNumber: RIDER }, everything],
    ['by a phone number whose plus became a space', { phoneNumber: ` ${driver(4).slice(1)}` }, [4]],
    ['by a national number and its country', { phoneNumber: driver(4).slice(3), country: 'SG' }, [4]],
    ['by the phone number of a stranger', { phoneNumber: '+6591110099' }, []],
    ['by a reference', { reference: 'ride-1' }, [7, 5, 3, 1]],
    ['by a virtual number', { virtualNumber: number(3) }, [2]],
    ['that are live', { status: 'active' }, [7, 6, 5, 4, 3]],
    ['that were completed', { status: 'completed' }, [0]],
    ['that were cancelled', { status: 'cancelled' }, [1]],
    ['that have expired', { status: 'expired' }, [2]],
    ['by a phone number and a status', { phoneNumber: RIDER, status: 'active' }, [7, 6, 5, 4, 3]],
    ['by a phone number and a reference', { phoneNumber: RIDER, reference: 'ride-0' }, [6, 4, 2, 0]],
    ['by everything at once', { phoneNumber: RIDER, reference: 'ride-0', status: 'expired' }, [2]],
  ])('finds bookings %s, newest first and each once', async (_, query, expected) => {
    expect(await find(query)).toEqual(expected);
    expect(await find(query, 1)).toEqual(expected);
    expect(await find(query, 100)).toEqual(expected);
  });

  test('finds a booking by a phone number that replaced another, and no longer by that one', async () => {
    await api.call('PATCH /v1/bookings/{bookingId}', {
      path: { bookingId: made[7] ?? '' },
      body: { parties: [{}, { phoneNumber: '+6591110077' }] },
    });

    expect(await find({ phoneNumber: '+6591110077' })).toEqual([7]);
    expect(await find({ phoneNumber: driver(7) })).toEqual([]);
  });

  test.each([
    ['limit', { limit: '0' }],
    ['limit', { limit: '101' }],
    ['limit', { limit: 'all' }],
    ['phoneNumber', { phoneNumber: 'Bob' }],
    ['virtualNumber', { virtualNumber: '1' }],
    ['status', { status: 'gone' }],
    ['sort', { sort: 'asc' }],
  ])('refuses a wrong %s', async (path, query) => {
    const { status, body } = await api.call('GET /v1/bookings', { query });

    expect([status, body.errors]).toEqual([400, [expect.objectContaining({ path })]]);
  });
});

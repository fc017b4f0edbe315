import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestApi, type TestApi } from '../../../support/booking-api.ts';
import { phone, virtualNumber } from '../../../support/bookings.ts';
import { startTestDatabase, type TestDatabase, type TestTables } from '../../../support/dynamodb-engine.ts';

const BAD = virtualNumber(1).reveal();
const GOOD = virtualNumber(2).reveal();
const person = (n: number) => `+6591110${String(n).padStart(3, '0')}`;

let database: TestDatabase;
let tables: TestTables;
let api: TestApi;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  tables = await database.createTables();
  api = createTestApi(database, tables);
  await api.addNumbers(1);
});

const make = async (first: number, second: number, body: Record<string, unknown> = {}) => {
  const parties = [{ phoneNumber: person(first) }, { phoneNumber: person(second) }];
  const answer = await api.call('POST /v1/bookings', { body: { parties, ...body } });
  return answer.body;
};
const turnBad = () =>
  api.numbers.putNumber({ virtualNumber: phone(BAD), country: 'SG', state: 'unhealthy' }, api.clock.nowMs);
const renumber = (body?: unknown, e164 = BAD) =>
  api.call('POST /v1/numbers/{e164}/renumber', { path: { e164 }, ...(body !== undefined && { body }) });
const read = async (bookingId: string) =>
  (await api.call('GET /v1/bookings/{bookingId}', { path: { bookingId } })).body;

const dial = (caller: string, dialled: string) => api.dial(caller, dialled);

describe('renumbering a number that went bad', () => {
  test('moves every live booking, and the new number connects both ways', async () => {
    const bookings = [await make(1, 2), await make(3, 4), await make(5, 6)];
    await api.addNumbers(2, 'SG', 2);
    await turnBad();
    api.clock.nowMs += 1000;

    const { status, body } = await renumber();

    expect({ status, notMoved: body.notMoved, remaining: body.remaining }).toEqual({
      status: 200,
      notMoved: [],
      remaining: 0,
    });
    expect(body.moved.map((move: { bookingId: string }) => move.bookingId).sort()).toEqual(
      bookings.map(({ bookingId }) => bookingId).sort(),
    );
    for (const { bookingId, virtualNumber: number } of body.moved) {
      const booking = await read(bookingId);
      const [one, other] = booking.parties.map((party: { phoneNumber: string }) => party.phoneNumber);
      expect(booking.virtualNumber).toBe(number);
      expect(number).not.toBe(BAD);
      expect(await dial(one, number)).toBe(`connect ${other} as ${number}`);
      expect(await dial(other, number)).toBe(`connect ${one} as ${number}`);
      expect(await dial(one, BAD)).toBe(`connect ${other} as ${number}`);
    }
  });

  test('keeps the times, terms and holdings of what it moves', async () => {
    const { bookingId, expiresAt } = await make(1, 2, { reference: 'ride-7', recordCalls: true });
    await api.addNumbers(1, 'SG', 2);
    await turnBad();
    api.clock.nowMs += 1000;
    await renumber();

    const moved = await read(bookingId);
    const another = await make(1, 2);
    await api.call('POST /v1/bookings/{bookingId}/complete', { path: { bookingId } });
    api.clock.nowMs += 1000;
    const afterwards = await make(1, 2);

    expect(moved).toMatchObject({ virtualNumber: GOOD, expiresAt, reference: 'ride-7', recordCalls: true });
    expect(another.code).toBe('NO_VIRTUAL_NUMBER_AVAILABLE');
    expect(afterwards.virtualNumber).toBe(GOOD);
  });

  test('moves only the party that has the number where each has its own', async () => {
    await api.numbers.putNumber(
      { virtualNumber: phone('+62215550001'), country: 'ID', state: 'active' },
      api.clock.nowMs,
    );
    const { bookingId } = await make(1, 2, {
      numbering: 'per-party',
      parties: [{ phoneNumber: person(1) }, { phoneNumber: '+628111234567' }],
    });
    await api.addNumbers(1, 'SG', 2);
    await turnBad();
    api.clock.nowMs += 1000;

    const { body } = await renumber();

    const booking = await read(bookingId);
    expect(body.moved).toEqual([{ bookingId, virtualNumber: GOOD }]);
    expect(booking.parties.map((party: { virtualNumber: string }) => party.virtualNumber)).toEqual([
      GOOD,
      '+62215550001',
    ]);
    expect(await dial(person(1), GOOD)).toBe('connect +628111234567 as +62215550001');
    expect(await dial('+628111234567', '+62215550001')).toBe(`connect ${person(1)} as ${GOOD}`);
  });

  test('moves both parties of a per-party booking that were given the same number', async () => {
    const { bookingId } = await make(1, 2, { numbering: 'per-party' });
    await api.addNumbers(1, 'SG', 2);
    await turnBad();
    api.clock.nowMs += 1000;

    const { body } = await renumber();

    expect(body.moved).toEqual([{ bookingId, virtualNumber: GOOD }]);
    expect(await dial(person(1), GOOD)).toBe(`connect ${person(2)} as ${GOOD}`);
    expect(await dial(person(2), GOOD)).toBe(`connect ${person(1)} as ${GOOD}`);
  });

  test('says of each booking that could not move why', async () => {
    const full = await make(1, 2);
    const blocked = await make(3, 4);
    await api.addNumbers(1, 'SG', 2);
    await make(1, 9);
    await api.call('PUT /v1/blocklist/{e164}', { path: { e164: person(4) }, body: { reason: 'fraud' } });
    await turnBad();
    api.clock.nowMs += 1000;

    const { body } = await renumber();

    expect(body.moved).toEqual([]);
    expect(
      Object.fromEntries(
        body.notMoved.map((one: { bookingId: string; code: string }) => [one.bookingId, one.code]),
      ),
    ).toEqual({
      [full.bookingId]: 'NO_VIRTUAL_NUMBER_AVAILABLE',
      [blocked.bookingId]: 'PHONE_NUMBER_BLOCKED',
    });
    expect(await dial(person(1), BAD)).toBe(`connect ${person(2)} as ${BAD}`);
  });

  test('does as much as it was asked and goes on when repeated, past what has ended', async () => {
    const bookings = [await make(1, 2), await make(3, 4), await make(5, 6), await make(7, 8)];
    const path = { bookingId: bookings[0].bookingId };
    await api.call('POST /v1/bookings/{bookingId}/cancel', { path });
    await api.addNumbers(1, 'SG', 2);
    await turnBad();
    api.clock.nowMs += 1000;

    const first = await renumber({ limit: 2 });
    const second = await renumber({ limit: 2 });
    const third = await renumber({ limit: 2 });

    expect([first, second, third].map(({ body }) => [body.moved.length, body.remaining])).toEqual([
      [2, 1],
      [1, 0],
      [0, 0],
    ]);
  });
});

test('a number that new bookings still get is refused, since it would never be emptied', async () => {
  const answers = [await renumber(), await renumber({}, '+6531999999'), await renumber({ limit: 0 })];

  expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
    [409, 'NUMBER_ACTIVE'],
    [404, 'NUMBER_NOT_FOUND'],
    [400, 'INVALID_REQUEST'],
  ]);
});

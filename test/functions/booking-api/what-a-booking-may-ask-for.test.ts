import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCallCounter } from '../../../functions/shared/adapters/dynamodb/calls/call-counter.ts';
import { createTestApi, type TestApi, type TestApiOptions } from '../../support/booking-api.ts';
import { NOON_MS, phone, virtualNumber } from '../../support/bookings.ts';
import { startTestDatabase, type TestDatabase, type TestTables } from '../../support/dynamodb-engine.ts';

const [RIDER, DRIVER, SPARE] = ['+6591110001', '+6591110002', '+6591110022'];
const JAKARTAN = '+6281234567890';
const [SINGAPORE_1, SINGAPORE_2] = [virtualNumber(1).reveal(), virtualNumber(2).reveal()];
const JAKARTA_NUMBER = '+62215550001';

let database: TestDatabase;
let tables: TestTables;
let api: TestApi;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  tables = await database.createTables();
  await open();
});

/** Opens the API with two numbers of Singapore and one of Indonesia. */
async function open(options: TestApiOptions = {}): Promise<void> {
  api = createTestApi(database, tables, options);
  await api.addNumbers(2);
  const jakarta = { virtualNumber: phone(JAKARTA_NUMBER), country: 'ID', state: 'active' } as const;
  await api.numbers.putNumber(jakarta, api.clock.nowMs);
}

async function make(body: Record<string, unknown> = {}, numbers = [RIDER, DRIVER]) {
  const parties = numbers.map((phoneNumber) => ({ phoneNumber }));
  const answer = await api.call('POST /v1/bookings', { body: { parties, ...body } });
  expect(answer.status).toBe(201);
  return answer.body;
}
const patch = (bookingId: string, body: unknown) =>
  api.call('PATCH /v1/bookings/{bookingId}', { path: { bookingId }, body });
const complete = (bookingId: string) =>
  api.call('POST /v1/bookings/{bookingId}/complete', { path: { bookingId } });

describe('the virtual number', () => {
  test('is of the country that was asked for', async () => {
    expect(await make({ country: 'id' })).toMatchObject({ virtualNumber: JAKARTA_NUMBER, country: 'ID' });
  });

  test('is the preferred one while that is free', async () => {
    const first = await make({ virtualNumber: SINGAPORE_2 });
    const second = await make({ virtualNumber: SINGAPORE_2 });

    expect(first.virtualNumber).toBe(SINGAPORE_2);
    expect(second.virtualNumber).not.toBe(SINGAPORE_2);
  });

  test('of each party is of its own country where each has one, and is what the other sees', async () => {
    const booking = await make({ numbering: 'per-party' }, [RIDER, JAKARTAN]);

    const [{ virtualNumber: ofRider }] = booking.parties;
    expect(booking).not.toHaveProperty('virtualNumber');
    expect([SINGAPORE_1, SINGAPORE_2]).toContain(ofRider);
    expect(booking.parties[1]).toEqual({ phoneNumber: JAKARTAN, virtualNumber: JAKARTA_NUMBER });
    expect(await api.dial(RIDER, ofRider)).toBe(`connect ${JAKARTAN} as ${JAKARTA_NUMBER}`);
    expect(await api.dial(JAKARTAN, JAKARTA_NUMBER)).toBe(`connect ${RIDER} as ${ofRider}`);
    expect(await api.dial(JAKARTAN, ofRider)).toBe('unknown-caller');
  });

  test('is one per party by default where the deployment says so', async () => {
    await open({ rules: { numbering: 'per-party' } });

    expect(await make()).toMatchObject({ numbering: 'per-party' });
    expect(await make({ numbering: 'shared' })).toMatchObject({ numbering: 'shared' });
  });

  test('is that of the last time for the same two people, in any order, where numbers are sticky', async () => {
    await open({ rules: { sticky: true } });
    const numbers: string[] = [];
    for (let time = 0; time < 6; time += 1) {
      const booking = await make({}, time % 2 === 0 ? [RIDER, DRIVER] : [DRIVER, RIDER]);
      numbers.push(booking.virtualNumber);
      await complete(booking.bookingId);
      api.clock.nowMs += 1000;
    }

    expect(new Set(numbers).size).toBe(1);
  });

  test('rests for its people after the booking as long as the deployment says', async () => {
    await open({ rules: { coolDownSeconds: 600, leastCoolDownSeconds: 600 } });
    const { bookingId } = await make({ country: 'ID' });
    await complete(bookingId);
    const again = () =>
      api.call('POST /v1/bookings', {
        body: { parties: [{ phoneNumber: RIDER }, { phoneNumber: SPARE }], country: 'ID' },
      });
    api.clock.nowMs = NOON_MS + 599_999;
    const refused = await again();
    const lateCall = await api.dial(RIDER, JAKARTA_NUMBER);
    api.clock.nowMs += 1;

    expect([refused.body.code, lateCall]).toEqual(['NO_VIRTUAL_NUMBER_AVAILABLE', 'booking-ended']);
    expect((await again()).status).toBe(201);
  });
});

describe('the parties', () => {
  const withSpare = { parties: [{ phoneNumber: RIDER }, { phoneNumbers: [DRIVER, SPARE] }] };

  test('may have several phones: calls from any connect, and the first is rung', async () => {
    const { parties, virtualNumber: number } = await make(withSpare);

    expect(parties[1]).toMatchObject({ phoneNumber: DRIVER, phoneNumbers: [DRIVER, SPARE] });
    expect(await api.dial(RIDER, number)).toBe(`connect ${DRIVER} as ${number}`);
    expect(await api.dial(DRIVER, number)).toBe(`connect ${RIDER} as ${number}`);
    expect(await api.dial(SPARE, number)).toBe(`connect ${RIDER} as ${number}`);
  });

  test('may change their phones, and which is rung first', async () => {
    const { bookingId, virtualNumber: number } = await make(withSpare);

    await patch(bookingId, { parties: [{}, { phoneNumbers: [SPARE, JAKARTAN] }] });

    expect(await api.dial(RIDER, number)).toBe(`connect ${SPARE} as ${number}`);
    expect(await api.dial(JAKARTAN, number)).toBe(`connect ${RIDER} as ${number}`);
    expect(await api.dial(DRIVER, number)).toBe('replaced');
  });

  test.each([
    ['first-to-second', RIDER, DRIVER],
    ['second-to-first', DRIVER, RIDER],
  ])('may be allowed to call one way only: %s', async (direction, caller = '', callee = '') => {
    const { virtualNumber: number, ...booking } = await make({ direction });

    expect(booking.direction).toBe(direction);
    expect(await api.dial(caller, number)).toBe(`connect ${callee} as ${number}`);
    expect(await api.dial(callee, number)).toBe('direction-not-allowed');
  });
});

describe('the time', () => {
  test.each([
    ['extended', 86_400],
    ['shortened', 60],
  ])('may be %s, and calls connect until the new end to the millisecond', async (_, seconds) => {
    const { bookingId, virtualNumber: number } = await make();
    const { body } = await patch(bookingId, { expiresInSeconds: seconds });
    const endMs = NOON_MS + seconds * 1000;

    api.clock.nowMs = endMs - 1;
    const before = await api.dial(RIDER, number);
    api.clock.nowMs = endMs;

    expect(body.expiresAt).toBe(new Date(endMs).toISOString());
    expect([before, await api.dial(RIDER, number)]).toEqual([
      `connect ${DRIVER} as ${number}`,
      'booking-expired',
    ]);
  });
});

describe('the limits', () => {
  /** Counts a call of the booking, as it is done a moment after the call was answered. */
  const count = (bookingId: string, sessionId: string) =>
    createCallCounter({ client: api.documents, tables, retentionDays: 90 }).count(
      sessionId,
      { eventId: sessionId, kind: 'connect', bookingId, atMs: api.clock.nowMs },
      api.clock.nowMs,
    );

  test('hold for both parties and outlast their phones, until they are raised or taken away', async () => {
    const { bookingId, virtualNumber: number } = await make({ limits: { maxCalls: 1 } });
    await count(bookingId, 'the only call');
    const outcomes = [await api.dial(RIDER, number), await api.dial(DRIVER, number)];
    await patch(bookingId, { parties: [{}, { phoneNumber: SPARE }] });
    outcomes.push(await api.dial(SPARE, number));

    await patch(bookingId, { limits: { maxCalls: 2 } });
    const raised = await api.dial(SPARE, number);
    await count(bookingId, 'another call');
    outcomes.push(await api.dial(RIDER, number));
    await patch(bookingId, { limits: null });

    expect(outcomes).toEqual(['limit-reached', 'limit-reached', 'limit-reached', 'limit-reached']);
    expect([raised, await api.dial(RIDER, number)]).toEqual([
      `connect ${RIDER} as ${number}`,
      `connect ${SPARE} as ${number}`,
    ]);
  });

  test('are those of the deployment where a booking names none, and its own where it does', async () => {
    const limited = createTestApi(database, tables, { rules: { limits: { maxCalls: 100 } } });
    const made = await Promise.all(
      [{}, { limits: { maxCalls: 7 } }, { limits: {} }].map((own, index) =>
        limited.call('POST /v1/bookings', {
          body: {
            parties: [{ phoneNumber: `+659111100${index}` }, { phoneNumber: `+659111200${index}` }],
            ...own,
          },
        }),
      ),
    );

    expect(made.map(({ body }) => body.limits)).toEqual([{ maxCalls: 100 }, { maxCalls: 7 }, {}]);
  });
});

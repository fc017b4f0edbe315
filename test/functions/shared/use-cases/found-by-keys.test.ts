import { randomUUID } from 'node:crypto';
import { DeleteCommand, paginateScan } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createBookingStore } from '../../../../functions/shared/adapters/dynamodb/bookings/booking-store.ts';
import { keys } from '../../../../functions/shared/adapters/dynamodb/bookings/keys.ts';
import { createNumberBookings } from '../../../../functions/shared/adapters/dynamodb/bookings/number-bookings.ts';
import { createSessionRecorder } from '../../../../functions/shared/adapters/dynamodb/calls/calls-table-recorder.ts';
import type { Booking, Party } from '../../../../functions/shared/domain/booking.ts';
import type { PhoneNumber } from '../../../../functions/shared/domain/phone-number.ts';
import { type ErasureReport, eraseParty } from '../../../../functions/shared/use-cases/erase-party.ts';
import { makeBooking } from '../../../../functions/shared/use-cases/make-booking.ts';
import { renumberBookings } from '../../../../functions/shared/use-cases/renumber-bookings.ts';
import { createTestStores, draftOf, NOON_MS, person, type TestStores } from '../../../support/bookings.ts';
import { startTestDatabase, type TestDatabase, type TestTables } from '../../../support/dynamodb-engine.ts';
import { testRetry } from '../../../support/followed-store.ts';
import { rider as caller, callerEvent, summaryInput } from '../../../support/session-inputs.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const [rider, driver, successor] = [person(1), person(2), person(3)];

let database: TestDatabase;
let tables: TestTables;
let stores: TestStores;

beforeAll(async () => {
  database = await startTestDatabase();
});

afterAll(() => database.stop());

beforeEach(async () => {
  tables = await database.createTables();
  stores = createTestStores(database, tables);
  await stores.addNumbers(3);
});

const erase = (number: PhoneNumber): Promise<ErasureReport> =>
  eraseParty(number, {
    ...stores.deps,
    traces: stores.traces,
    newErasureId: () => randomUUID(),
    patienceMs: 60_000,
  });

type Row = Record<string, unknown>;

async function rowsOf(table: keyof TestTables): Promise<Row[]> {
  const rows: Row[] = [];
  const pages = paginateScan({ client: stores.documents }, { TableName: tables[table] });
  for await (const { Items = [] } of pages) rows.push(...Items);
  return rows;
}

async function everything(): Promise<string> {
  return JSON.stringify([await rowsOf('bookings'), await rowsOf('callRoutes'), await rowsOf('calls')]);
}

const idempotency = { key: 'the-key', requestDigest: 'digest' };
const bookingOf = async (...draft: Parameters<typeof draftOf>): Promise<Booking> =>
  (await makeBooking(draftOf(...draft), stores.deps)).booking;

async function change(before: Booking, changes: Partial<Booking>): Promise<Booking> {
  const after = { ...before, ...changes, version: before.version + 1 };
  expect(await stores.bookings.change(before, after, stores.clock.nowMs)).toEqual({ kind: 'changed' });
  return after;
}

/** Puts somebody else in the place of the rider. */
function replaceRider(booking: Booking): Promise<Booking> {
  const replaced: Party = { ...booking.parties[0], phoneNumbers: [successor] };
  return change(booking, { parties: [replaced, booking.parties[1]] });
}

/** Gives the bookings of a virtual number another one. */
async function moveOff(number: PhoneNumber): Promise<void> {
  const state = { virtualNumber: number, country: 'SG', state: 'draining' } as const;
  await stores.numbers.putNumber(state, stores.clock.nowMs);
  const { moved } = await renumberBookings(
    number,
    { limit: 10, budgetMs: 60_000 },
    {
      ...stores.deps,
      numbers: stores.numbers,
      numberBookings: createNumberBookings(stores.documents, tables.callRoutes),
      countryOf: () => 'SG',
    },
  );
  expect(moved).toHaveLength(1);
}

describe('an erasure finds by keys', () => {
  test('the answer to a request that named the person, also when the booking no longer does', async () => {
    await replaceRider(await bookingOf(rider, driver, { idempotency }));

    const { erased } = await erase(rider);

    expect(erased).toMatchObject({ bookings: 0, repeatableAnswers: 1 });
    expect(await everything()).not.toContain(rider.revealDigits());
  });

  test('but not the answer to a request of other people that used the key since', async () => {
    await bookingOf(rider, driver, { idempotency, expiresAtMs: NOON_MS + DAY_MS });
    stores.clock.nowMs += 25 * HOUR_MS;
    const others = await bookingOf(person(4), person(5), {
      idempotency,
      expiresAtMs: NOON_MS + 30 * HOUR_MS,
    });

    const { erased } = await erase(rider);

    expect(erased).toMatchObject({ repeatableAnswers: 0 });
    const repeated = await makeBooking(draftOf(person(4), person(5), { idempotency }), stores.deps);
    expect(repeated).toMatchObject({ repeated: true, booking: { bookingId: others.bookingId } });
  });

  test('pairs that once reached the person and were left for another number or by somebody else', async () => {
    const booking = await bookingOf(rider, driver, { coolDownSeconds: 3600 });
    stores.clock.nowMs += 60_000;
    await moveOff(booking.parties[0].virtualNumber);
    const moved = await stores.bookings.find(booking.bookingId);
    stores.clock.nowMs += 60_000;
    await replaceRider(moved ?? booking);

    await erase(driver);

    const left = await everything();
    expect(left).not.toContain(driver.revealDigits());
    expect(left).toContain(rider.revealDigits());
  });

  test('what is left of a booking that has been swept', async () => {
    const { bookingId } = await bookingOf(rider, driver, { idempotency });
    await stores.documents.send(
      new DeleteCommand({ TableName: tables.bookings, Key: { ...keys.booking(bookingId) } }),
    );

    const { erased } = await erase(rider);
    await erase(driver);

    expect(erased).toMatchObject({ bookings: 0, claims: 1, repeatableAnswers: 1 });
    expect(await everything()).not.toMatch(new RegExp(`${rider.revealDigits()}|${driver.revealDigits()}`));
  });

  test('calls of which the platform did not tell the direction', async () => {
    const recorder = recorderOf();
    const event = callerEvent('CALL_RECEIVED', 0, { direction: undefined });
    await recorder.record('session', event, { receivedAtMs: NOON_MS });

    const { erased } = await erase(caller);

    expect(erased.sessions).toBe(1);
    expect(await everything()).not.toContain(caller.revealDigits());
  });

  test('with the same requests, however much is kept of other people', async () => {
    const requestsToErase = async (number: PhoneNumber) => {
      database.proxy.resetCounts();
      await erase(number);
      return { ...database.proxy.requestCounts() };
    };
    await bookingOf(rider, driver, { idempotency });
    const few = await requestsToErase(rider);
    for (let n = 10; n < 90; n += 2) await bookingOf(person(n), person(n + 1));
    await bookingOf(rider, driver, { idempotency });

    const many = await requestsToErase(rider);

    expect(many).toEqual(few);
    expect(many).not.toHaveProperty('Scan');
  });
});

describe('what leads to other rows is kept longer than they are', () => {
  const ttlOf = (row: Row | undefined) => Number(row?.ttlEpochSeconds);

  async function expectOrder(): Promise<void> {
    const rows = await rowsOf('bookings');
    const links = rows.filter(({ sk }) => String(sk).startsWith('LINK#'));
    for (const route of await rowsOf('callRoutes')) {
      const booking = rows.find(({ sk, bookingId }) => sk === 'BOOKING' && bookingId === route.bookingId);
      const ownLinks = links.filter(
        ({ pk, bookingId, heldNumber }) =>
          pk === `PHONE#${route.caller}` &&
          bookingId === route.bookingId &&
          heldNumber === route.virtualNumber,
      );
      expect(ownLinks.length).toBeGreaterThan(0);
      expect(ttlOf(booking)).toBeGreaterThanOrEqual(ttlOf(route));
      for (const link of ownLinks) {
        expect(ttlOf(link)).toBeGreaterThanOrEqual(ttlOf(route) + 7 * 86_400);
        // A pair that was left may go before the booking which goes on without it.
        if (route.endReason !== 'replaced') expect(ttlOf(link)).toBeGreaterThan(ttlOf(booking));
      }
    }
    const answers = rows.filter(({ sk }) => sk === 'IDEMPOTENCY');
    for (const { pk, ...answer } of answers) {
      const leading = links.filter(({ answerKey }) => answerKey === pk);
      expect(leading).toHaveLength(2);
      for (const link of leading) expect(ttlOf(link)).toBeGreaterThanOrEqual(ttlOf(answer) + 7 * 86_400);
    }
    expect([links.length, answers.length]).toEqual([expect.any(Number), 1]);
  }

  test.each([1, 5, 90])(
    'through every change of a booking, with a retention of %d days',
    async (retentionDays) => {
      const bookings = createBookingStore(stores.documents, { tables, retentionDays, retry: testRetry });
      stores = { ...stores, bookings, deps: { ...stores.deps, store: bookings } };
      const made = await bookingOf(rider, driver, { idempotency, coolDownSeconds: 3600 });
      await expectOrder();

      stores.clock.nowMs += 60_000;
      const extended = await change(made, { expiresAtMs: NOON_MS + 200 * DAY_MS });
      await expectOrder();

      stores.clock.nowMs += 60_000;
      const replaced = await replaceRider(extended);
      await expectOrder();

      stores.clock.nowMs += 60_000;
      const again = await change(replaced, { expiresAtMs: NOON_MS + 500 * DAY_MS });
      await expectOrder();

      await change(again, { storedStatus: 'completed', endedAtMs: stores.clock.nowMs });
      await expectOrder();
    },
  );

  test('an extension within the week costs no more requests than any change', async () => {
    const made = await bookingOf(rider, driver);
    database.proxy.resetCounts();

    await change(made, { expiresAtMs: made.expiresAtMs + HOUR_MS });

    expect(database.proxy.requestCounts()).toEqual({ TransactWriteItems: 1 });
  });

  test('a call is found by its people for as long as anything of it is kept, however late it came', async () => {
    const recorder = recorderOf();
    await recorder.record('session', callerEvent('CALL_RECEIVED', 0), { receivedAtMs: NOON_MS });
    await recorder.record('session', summaryInput(), { receivedAtMs: NOON_MS + 40 * DAY_MS });

    const rows = await rowsOf('calls');
    const latest = Math.max(...rows.map(ttlOf));
    const found = rows.filter(({ callerNumber, calleeNumber }) => callerNumber && calleeNumber);
    expect(found.map(ttlOf)).toEqual([latest]);
  });
});

function recorderOf() {
  return createSessionRecorder({
    client: stores.documents,
    tableName: tables.calls,
    bookingLinks: { findHolderAt: async () => undefined },
    retentionDays: 365,
  });
}

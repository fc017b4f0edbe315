import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createBookingStore } from '../../../../../../functions/shared/adapters/dynamodb/bookings/booking-store.ts';
import { createCallRoutes } from '../../../../../../functions/shared/adapters/dynamodb/bookings/call-routes-table.ts';
import { createCallCounter } from '../../../../../../functions/shared/adapters/dynamodb/calls/call-counter.ts';
import { type Booking, movedBooking } from '../../../../../../functions/shared/domain/booking.ts';
import {
  book,
  createTestStores,
  draftOf,
  person,
  type TestStores,
  virtualNumber,
} from '../../../../../support/bookings.ts';
import {
  localCredentials,
  startTestDatabase,
  type TestDatabase,
  type TestTables,
} from '../../../../../support/dynamodb-engine.ts';
import { testRetry } from '../../../../../support/followed-store.ts';

/*
 * Calls are counted on the pairs of a booking while its pairs may change. Each test lets one of the two writers read,
 * then the other one finish, and only then the first one write.
 */

let database: TestDatabase;
let tables: TestTables;
let stores: TestStores;
let booking: Booking;
const opened: DynamoDBClient[] = [];

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(async () => {
  for (const client of opened) client.destroy();
  await database.stop();
});
beforeEach(async () => {
  tables = await database.createTables();
  stores = createTestStores(database, tables);
  await stores.addNumbers(2);
  const draft = draftOf(person(1), person(2), { limits: { maxCalls: 9 }, preferredNumber: virtualNumber(1) });
  booking = (await book(stores, draft)).booking;
});

/** A client of which the first transaction is overtaken by something else. */
function overtakenClient(overtake: () => Promise<unknown>): DynamoDBDocumentClient {
  const client = new DynamoDBClient({
    endpoint: database.endpoint,
    region: 'eu-central-1',
    credentials: localCredentials,
    maxAttempts: 1,
  });
  opened.push(client);
  let isFirst = true;
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === 'TransactWriteItemsCommand' && isFirst) {
          isFirst = false;
          await overtake();
        }
        return next(args);
      },
    { step: 'initialize' },
  );
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}

const count = (client: DynamoDBDocumentClient, sessionId: string) =>
  createCallCounter({ client, tables, retentionDays: 90 }).count(
    sessionId,
    { eventId: sessionId, kind: 'connect', bookingId: booking.bookingId, atMs: stores.clock.nowMs },
    stores.clock.nowMs,
  );

/** Moves both parties to the second number, so that calls are counted there as well. */
async function move(client: DynamoDBDocumentClient) {
  const before = await stores.bookings.find(booking.bookingId);
  if (before === undefined) throw new Error('The booking is gone.');
  const number = virtualNumber(2);
  const after: Booking = { ...movedBooking(before, [number, number]), version: before.version + 1 };
  const store = createBookingStore(client, { tables, retentionDays: 90, retry: testRetry });
  return (await store.change(before, after, stores.clock.nowMs)).kind;
}

async function countsOn(n: number): Promise<(number | undefined)[]> {
  const routes = createCallRoutes(stores.documents, tables.callRoutes);
  const found = [person(1), person(2)].map((caller) =>
    routes.find(virtualNumber(n), caller, new AbortController().signal),
  );
  return (await Promise.all(found)).map((route) => route?.callCount);
}

describe('a booking that moves to another number while a call is counted', () => {
  test('has the call counted on its new pairs when the move came first', async () => {
    const overtaken = overtakenClient(() => move(stores.documents));

    await count(overtaken, 'a call');

    expect(await countsOn(2)).toEqual([1, 1]);
  });

  test('does not move with an old count when the call came first, and moves with the new one', async () => {
    await count(stores.documents, 'the call before');
    const overtaken = overtakenClient(() => count(stores.documents, 'a call'));

    const outcome = await move(overtaken);
    const again = await move(stores.documents);

    expect([outcome, again]).toEqual(['stale', 'changed']);
    expect(await countsOn(2)).toEqual([2, 2]);
  });

  test('does not move without the first call of all', async () => {
    const overtaken = overtakenClient(() => count(stores.documents, 'a call'));

    const outcome = await move(overtaken);

    expect(outcome).toBe('stale');
    expect(await countsOn(1)).toEqual([1, 1]);
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { book, createTestStores, draftOf, person } from '../../../../../support/bookings.ts';
import {
  availableEngines,
  startTestDatabase,
  type TestDatabase,
} from '../../../../../support/dynamodb-engine.ts';
import { openDynamoDbWorld } from '../../../../../support/dynamodb-world.ts';
import { bookingStoreContract } from './booking-store-contract.ts';

// Two engines by different hands: what both accept is what DynamoDB's documentation says.
describe.each(availableEngines())('bookings in DynamoDB, as %s keeps them', (kind) => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await startTestDatabase({ kind });
  });
  afterAll(() => database.stop());

  bookingStoreContract(() => openDynamoDbWorld(database, { isFollowed: true }));

  test('costs three requests while the pool is remembered, whatever its size', async () => {
    const stores = createTestStores(database, await database.createTables());
    await stores.addNumbers(30);
    await book(stores, draftOf(person(3), person(4)));
    database.proxy.resetCounts();

    await book(stores, draftOf(person(1), person(2)));

    expect(database.proxy.requestCounts()).toEqual({ BatchGetItem: 2, TransactWriteItems: 1 });
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestDatabase, type TestDatabase } from '../../support/dynamodb-engine.ts';
import { openDynamoDbWorld } from '../../support/dynamodb-world.ts';
import { doubleClaims, race } from '../../support/racing.ts';

/** Two reads and a transaction: what a booking costs when nobody is in the way. */
const QUIET_REQUESTS = 3;
const WORST_RATIO = 1.5;

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

async function countRequests<T>(work: () => Promise<T>): Promise<{ result: T; requests: number }> {
  database.proxy.resetCounts();
  const result = await work();
  const counts = Object.values(database.proxy.requestCounts());
  return { result, requests: counts.reduce((sum, count) => sum + count, 0) };
}

describe('64 writers at once', () => {
  test('make bookings of different people on 100 numbers with few more requests than in quiet, and never claim twice', async () => {
    const world = await openDynamoDbWorld(database);
    await world.addNumbers(100);

    const { result, requests } = await countRequests(() => race(world, { writers: 64, bookingsEach: 4 }));

    expect(result.made).toHaveLength(256);
    expect(doubleClaims(result.made)).toBe(0);
    expect(requests / result.made.length).toBeLessThanOrEqual(QUIET_REQUESTS * WORST_RATIO);
  });

  test('book the same eight drivers without claiming twice or refusing one of them', async () => {
    const world = await openDynamoDbWorld(database);
    await world.addNumbers(100);

    const { made } = await race(world, { writers: 64, bookingsEach: 4, sharedDrivers: 8 });

    expect(made).toHaveLength(256);
    expect(doubleClaims(made)).toBe(0);
  });

  test('give one driver every number of a small pool once, and refuse only the bookings beyond', async () => {
    const world = await openDynamoDbWorld(database);
    await world.addNumbers(20);

    const { made, refused } = await race(world, { writers: 64, bookingsEach: 1, sharedDrivers: 1 });

    expect(made).toHaveLength(20);
    expect(refused).toBe(44);
    expect(doubleClaims(made)).toBe(0);
  });
});

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../../lib/commands/plan/seeded-random.ts';
import { startTestDatabase, type TestDatabase } from '../../support/dynamodb-engine.ts';
import { openDynamoDbWorld } from '../../support/dynamodb-world.ts';
import { createMemoryWorld } from '../../support/memory-booking-store.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { operations } from './operations.ts';
import { Rehearsal } from './rehearsal.ts';

/*
 * Random histories of the service against a model that is too simple to be wrong. After each step everybody calls
 * every number: nobody ever has two answers, strangers reach nobody, each call reaches whom it should, nothing is
 * refused while a number is free, and cool-downs are kept to the millisecond.
 */

describe('any history of bookings', () => {
  test('keeps every promise over the store in memory, also when transactions are cancelled at random', async () => {
    let steps = 0;

    await fc.assert(
      fc.asyncProperty(operations(40), fc.nat(), async (history, seed) => {
        const random = seededRandom(seed);
        const world = createMemoryWorld({ random, cancelled: () => random() < 0.2 });
        const rehearsal = new Rehearsal(world);
        await rehearsal.open();
        for (const operation of history) {
          await rehearsal.run(operation);
          await rehearsal.callEverything();
          steps += 1;
        }
      }),
      propertyRuns(400),
    );

    expect(steps).toBeGreaterThan(400);
  });

  describe('over the real engine', () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await startTestDatabase();
    });
    afterAll(() => database.stop());

    test('keeps every promise', async () => {
      const runs = propertyRuns(12);
      let histories = 0;

      await fc.assert(
        fc.asyncProperty(operations(25), fc.nat(), async (history, seed) => {
          const world = await openDynamoDbWorld(database, { random: seededRandom(seed) });
          const rehearsal = new Rehearsal(world);
          await rehearsal.open();
          for (const operation of history) await rehearsal.run(operation);
          await rehearsal.callEverything();
          histories += 1;
        }),
        { ...runs, endOnFailure: true },
      );

      expect(histories).toBe(runs.numRuns);
    });
  });
});

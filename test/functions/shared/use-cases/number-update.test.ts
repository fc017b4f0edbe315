import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { VirtualNumberState } from '../../../../functions/shared/domain/webhook-events.ts';
import { applyNumberUpdate } from '../../../../functions/shared/use-cases/apply-number-update.ts';
import { createTestStores, NOON_MS, type TestStores, virtualNumber } from '../../../support/bookings.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/dynamodb-engine.ts';

const NUMBER = virtualNumber(1);

let database: TestDatabase;
let stores: TestStores;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

beforeEach(async () => {
  stores = createTestStores(database, await database.createTables());
  await stores.addNumbers(1);
});

/** Tells what 8x8 says of the number at `updatedAtMs`. */
function tell(operationalStatus: string, updatedAtMs: number | undefined, number = NUMBER) {
  const entry: VirtualNumberState = {
    number,
    operationalStatus,
    countryCode: 'SG',
    updateStatus: 'UPDATED',
    updatedAtMs,
  };
  return applyNumberUpdate(
    {
      subAccountId: undefined,
      updateType: 'UPDATES',
      totalNumbers: 1,
      numbers: [entry],
      unreadableEntries: 0,
    },
    stores.numbers,
    stores.clock.nowMs,
  );
}

const stateOf = async (number = NUMBER) => (await stores.numbers.findNumber(number))?.state;

describe('an update of a virtual number', () => {
  test('takes over the state, and a number that is new to the pool', async () => {
    const reports = [await tell('UNHEALTHY', NOON_MS), await tell('ACTIVE', NOON_MS, virtualNumber(2))];

    expect(reports).toMatchObject([{ applied: 1 }, { applied: 1 }]);
    expect([await stateOf(), await stateOf(virtualNumber(2))]).toEqual(['unhealthy', 'active']);
  });

  test('that comes late changes nothing', async () => {
    await tell('UNHEALTHY', NOON_MS);

    const report = await tell('ACTIVE', NOON_MS - 1);

    expect(report).toMatchObject({ applied: 0, ignored: 1 });
    expect(await stateOf()).toBe('unhealthy');
  });

  test('that comes twice writes nothing, and does not undo what was changed by hand in between', async () => {
    await tell('UNHEALTHY', NOON_MS);
    await stores.numbers.putNumber({ virtualNumber: NUMBER, country: 'SG', state: 'active' }, NOON_MS + 1);
    database.proxy.resetCounts();

    const report = await tell('UNHEALTHY', NOON_MS);

    expect(report).toMatchObject({ applied: 0, ignored: 1 });
    expect(database.proxy.requestCounts()).not.toHaveProperty('TransactWriteItems');
    expect(await stateOf()).toBe('active');
  });

  test('without a time always applies', async () => {
    await tell('UNHEALTHY', NOON_MS);

    await tell('ACTIVE', undefined);

    expect(await stateOf()).toBe('active');
  });

  test('does not bring back a number that somebody takes out, but may take it out sooner', async () => {
    await stores.numbers.putNumber({ virtualNumber: NUMBER, country: 'SG', state: 'draining' }, NOON_MS);

    await tell('ACTIVE', NOON_MS + 1);
    const afterActive = await stateOf();
    await tell('INACTIVE', NOON_MS + 2);

    expect([afterActive, await stateOf()]).toEqual(['draining', 'inactive']);
  });

  test('of a state that nobody knows is left for a person to look at', async () => {
    expect(await tell('SLEEPY', NOON_MS)).toMatchObject({ applied: 0, unreadable: 1 });
    expect(await stateOf()).toBe('active');
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { nameOf } from '../../../../../../functions/shared/adapters/dynamodb/calls/calls-table-rows.ts';
import { openCallsWorld } from '../../../../../support/calls-world.ts';
import { startTestDatabase, type TestDatabase } from '../../../../../support/dynamodb-engine.ts';
import { answeredCall, callAtMs, rider, summaryInput } from '../../../../../support/session-inputs.ts';

let database: TestDatabase;
let world: Awaited<ReturnType<typeof openCallsWorld>>;

beforeAll(async () => {
  database = await startTestDatabase();
});

afterAll(() => database.stop());

beforeEach(async () => {
  world = await openCallsWorld(database);
});

describe('what the record of an answered call costs', () => {
  test('at most 16 requests as it happens, and when all of it comes afterwards', async () => {
    const { inTime, afterwards, requestsOf } = world;

    const happening = await requestsOf(async () => {
      for (const input of answeredCall()) await inTime(input);
    });
    const late = await requestsOf(async () => {
      for (const input of answeredCall().reverse()) await afterwards(input, 'another');
    });

    expect(happening).toBe(14);
    expect(late).toBeLessThanOrEqual(16);
  });

  test('one request for each repetition', async () => {
    const { inTime, afterwards, requestsOf } = world;
    const repeated: [string, number, number][] = [];
    for (const input of answeredCall()) {
      await inTime(input);
      repeated.push([nameOf(input), await requestsOf(() => inTime(input)), 0]);
    }
    for (const [at, input] of answeredCall().entries()) {
      const row = repeated[at];
      if (row !== undefined) row[2] = await requestsOf(() => afterwards(input));
    }

    expect(repeated.filter(([, atOnce, later]) => atOnce !== 1 || later !== 1)).toEqual([]);
    expect(repeated).toHaveLength(9);
  });

  test('two requests for a page of fifty, and three where it is asked for by a person', async () => {
    const { afterwards, calls, requestsOf } = world;
    for (let n = 0; n < 50; n += 1) await afterwards(summaryInput(), `s-${n}`);
    const searches = [
      [2, { day: '2026-11-21' }],
      [2, { outcome: 'answered' }],
      [2, { outcome: 'answered', day: '2026-11-21' }],
      [3, { phoneNumber: rider }],
    ] as const;

    for (const [requests, search] of searches) {
      const spent = await requestsOf(async () => {
        const { items } = await calls.searchSessions({ ...search, limit: 50, nowMs: callAtMs });
        expect(items).toHaveLength(50);
      });
      expect(spent).toBe(requests);
    }
  });
});

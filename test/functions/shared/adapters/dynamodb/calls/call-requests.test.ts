import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCallRequests } from '../../../../../../functions/shared/adapters/dynamodb/calls/call-requests.ts';
import { createMemoryCallRequests } from '../../../../../../functions/shared/adapters/memory/memory-call-requests.ts';
import type { CallRequests } from '../../../../../../functions/shared/ports/call-requests.ts';
import { startTestDatabase, type TestDatabase } from '../../../../../support/dynamodb-engine.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const DAY_MS = 24 * 3_600_000;
const call = { sessionId: 'session-1', firstParty: 0 } as const;
let database: TestDatabase;
let stored: CallRequests;
let keys = 0;

beforeAll(async () => {
  database = await startTestDatabase();
  const { calls } = await database.createTables();
  const client = DynamoDBDocumentClient.from(database.client, {
    marshallOptions: { removeUndefinedValues: true },
  });
  stored = createCallRequests(client, calls);
});
afterAll(() => database.stop());

const memory = createMemoryCallRequests();

describe.each([
  ['over DynamoDB', () => stored],
  ['in memory', () => memory],
])('requests for calls %s', (_, open) => {
  const newRequest = (requestDigest = 'rider first') => {
    keys += 1;
    return { bookingId: 'booking-1', idempotencyKey: `key-${keys}`, requestDigest };
  };

  test('let one of several begin at once', async () => {
    const request = newRequest();

    const begun = await Promise.all(Array.from({ length: 8 }, () => open().begin(request, NOW_MS)));

    expect(begun.map(({ kind }) => kind).toSorted()).toEqual(['begun', ...Array(7).fill('under-way')]);
  });

  test('give the answer again once there is one', async () => {
    const request = newRequest();
    await open().begin(request, NOW_MS);
    await open().finish(request, call, NOW_MS);

    expect(await open().begin(request, NOW_MS + 1)).toEqual({ kind: 'answered', call });
  });

  test('begin anew after one that rang nobody, and for another booking', async () => {
    const request = newRequest();
    await open().begin(request, NOW_MS);
    await open().abandon(request, NOW_MS + 1);

    expect(await open().begin(request, NOW_MS + 2)).toEqual({ kind: 'begun' });
    expect(await open().begin({ ...request, bookingId: 'booking-2' }, NOW_MS)).toEqual({ kind: 'begun' });
  });

  test('tell a key that was used for something else', async () => {
    const request = newRequest();
    await open().begin(request, NOW_MS);

    expect(await open().begin({ ...request, requestDigest: 'driver first' }, NOW_MS)).toEqual({
      kind: 'other-request',
    });
  });
});

test('a key is free again after a day', async () => {
  const request = { bookingId: 'booking-1', idempotencyKey: 'of yesterday', requestDigest: 'any' };
  await stored.begin(request, NOW_MS);

  expect(await stored.begin(request, NOW_MS + DAY_MS)).toEqual({ kind: 'begun' });
});

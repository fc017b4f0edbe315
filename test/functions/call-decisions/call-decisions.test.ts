import { gzipSync } from 'node:zlib';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { presentSession } from '../../../functions/booking-api/session-presentation.ts';
import { createCallDecisionsHandler } from '../../../functions/call-decisions/handler.ts';
import { createBookingLinks } from '../../../functions/shared/adapters/dynamodb/bookings/booking-links.ts';
import { createBookingStore } from '../../../functions/shared/adapters/dynamodb/bookings/booking-store.ts';
import { createCallRoutes } from '../../../functions/shared/adapters/dynamodb/bookings/call-routes-table.ts';
import { createNumberStore } from '../../../functions/shared/adapters/dynamodb/bookings/number-store.ts';
import { createCallCounter } from '../../../functions/shared/adapters/dynamodb/calls/call-counter.ts';
import { createCallRecord } from '../../../functions/shared/adapters/dynamodb/calls/calls-table.ts';
import { createSessionRecorder } from '../../../functions/shared/adapters/dynamodb/calls/calls-table-recorder.ts';
import type { Booking } from '../../../functions/shared/domain/booking.ts';
import {
  encodeDecision,
  type LoggedDecision,
} from '../../../functions/shared/observability/decision-line.ts';
import { createLogger } from '../../../functions/shared/observability/logger.ts';
import { startTestDatabase, type TestDatabase, type TestTables } from '../../support/dynamodb-engine.ts';
import { testRetry } from '../../support/followed-store.ts';
import { callAtMs, driver, rider, sessionId, virtualNumber } from '../../support/session-inputs.ts';

const bookingId = '01JDBOOKING0000000000000001';
const nowMs = () => callAtMs + 1000;

let database: TestDatabase;
let client: DynamoDBDocumentClient;
let tables: TestTables;
let lines: string[];

beforeAll(async () => {
  database = await startTestDatabase();
  client = DynamoDBDocumentClient.from(database.client, { marshallOptions: { removeUndefinedValues: true } });
});

afterAll(() => database.stop());

beforeEach(async () => {
  database.proxy.setFaults({});
  tables = await database.createTables();
  lines = [];
});

function decisionsHandler() {
  return createCallDecisionsHandler({
    recorder: createSessionRecorder({
      client,
      tableName: tables.calls,
      bookingLinks: createBookingLinks(client, tables.bookings),
      retentionDays: 400,
    }),
    counter: createCallCounter({ client, tables, retentionDays: 400 }),
    logger: createLogger('call-decisions', (line) => lines.push(line), nowMs),
    nowMs,
  });
}

/** What CloudWatch Logs delivers for these log lines. */
function delivery(logged: readonly (object | string)[], messageType = 'DATA_MESSAGE') {
  const data = {
    messageType,
    owner: '123456789012',
    logGroup: 'call-action',
    logStream: 'stream',
    subscriptionFilters: ['decisions'],
    logEvents: logged.map((line, index) => ({
      id: String(index),
      timestamp: callAtMs,
      message: typeof line === 'string' ? line : JSON.stringify(line),
    })),
  };
  return { awslogs: { data: gzipSync(JSON.stringify(data)).toString('base64') } };
}

function decided(over: Partial<LoggedDecision> = {}) {
  const record = { sessionId, eventId: 'vca-1', bookingId, kind: 'connect', atMs: callAtMs + 40, ...over };
  return { level: 'INFO', code: 'CALL_DECIDED', decision: record.kind, record: encodeDecision(record) };
}

/** Makes a booking of rider and driver on the virtual number. */
async function book(limits: Booking['limits'], id = bookingId): Promise<Booking> {
  await createNumberStore(client, { tables, retry: testRetry }).putNumber(
    { virtualNumber, country: 'SG', state: 'active' },
    callAtMs - 90_000,
  );
  const booking: Booking = {
    bookingId: id,
    storedStatus: 'active',
    numbering: 'shared',
    direction: 'both',
    parties: [
      { phoneNumbers: [rider], virtualNumber },
      { phoneNumbers: [driver], virtualNumber },
    ],
    recordCalls: false,
    limits,
    createdAtMs: callAtMs - 60_000,
    expiresAtMs: callAtMs + 3_600_000,
    coolDownSeconds: 0,
    version: 1,
  };
  const outcome = await createBookingStore(client, { tables, retentionDays: 400, retry: testRetry }).claim({
    booking,
    sticky: false,
    nowMs: callAtMs - 60_000,
  });
  expect(outcome).toEqual({ kind: 'claimed' });
  return booking;
}

function routeOf(caller: typeof rider) {
  return createCallRoutes(client, tables.callRoutes).find(
    virtualNumber,
    caller,
    new AbortController().signal,
  );
}

async function decisionOf(id = sessionId) {
  const session = await createCallRecord(client, tables.calls).findSession(id);
  return session && presentSession(session).decision;
}

describe('storing decisions', () => {
  test('are stored as well where their batch had failed and comes back from a queue', async () => {
    const body = JSON.stringify(delivery([decided()]));

    await decisionsHandler()({ Records: [{ body }] });

    const session = await createCallRecord(client, tables.calls).findSession(sessionId);
    expect(session?.decision).toMatchObject({ kind: 'connect', bookingId });
  });

  test('keeps the decision with its reason in words', async () => {
    await decisionsHandler()(delivery([decided({ kind: 'booking-expired' })]));

    expect(await decisionOf()).toMatchObject({
      kind: 'booking-expired',
      bookingId,
      at: '2026-11-21T08:00:00.290Z',
      reason: expect.stringContaining('end of its life'),
    });
  });

  test('a control message and lines of another kind store nothing and fail nothing', async () => {
    const handle = decisionsHandler();

    await handle(delivery([decided()], 'CONTROL_MESSAGE'));
    await handle(delivery(['START RequestId', { code: 'CALL_FALLBACK' }, { code: 'CALL_DECIDED' }]));

    expect(await decisionOf()).toBeUndefined();
    expect(lines.join()).toContain('"code":"DECISIONS_UNREADABLE"');
  });

  test('what cannot be stored fails the delivery, and its repetition stores it once', async () => {
    await book({ maxCalls: 3 });
    const event = delivery([decided(), decided({ sessionId: 'another-session', eventId: 'vca-2' })]);
    database.proxy.setFaults({ operations: ['PutItem', 'TransactWriteItems'], failEvery: 2 });
    await expect(decisionsHandler()(event)).rejects.toThrow('DECISIONS_NOT_STORED');
    database.proxy.setFaults({});

    await decisionsHandler()(event);
    await decisionsHandler()(event);

    expect(await decisionOf()).toMatchObject({ kind: 'connect' });
    expect(await routeOf(rider)).toMatchObject({ callCount: 2 });
  });
});

describe('counting calls', () => {
  test('a connected call counts once on both pairs of a booking with limits', async () => {
    await book({ maxCalls: 2, maxCallsPerMinute: 1 });

    await decisionsHandler()(delivery([decided(), decided()]));
    await decisionsHandler()(delivery([decided({ eventId: 'asked again', atMs: callAtMs + 900 })]));

    const counted = { callCount: 1, recentCalls: [{ sessionId, atMs: callAtMs + 40 }] };
    expect([await routeOf(rider), await routeOf(driver)]).toMatchObject([counted, counted]);
    expect(await decisionOf()).toMatchObject({ eventId: 'vca-1' });
  });

  test('calls that end at the same time are all counted', async () => {
    await book({ maxCalls: 100 });
    const sessions = Array.from({ length: 25 }, (_, index) => `session-${index}`);

    const lineOf = (id: string) =>
      decided({ sessionId: id, eventId: id, atMs: callAtMs + sessions.indexOf(id) });

    await Promise.all(sessions.slice(0, 5).map((id) => decisionsHandler()(delivery([lineOf(id)]))));
    await decisionsHandler()(delivery(sessions.slice(5).map(lineOf)));

    const route = await routeOf(rider);
    expect(route).toMatchObject({ callCount: 25 });
    expect(route?.recentCalls.map((call) => call.sessionId)).toEqual(sessions.slice(-20));
  });

  test('a refused call counts nothing, and neither does a booking without limits', async () => {
    await book({});

    await decisionsHandler()(delivery([decided(), decided({ sessionId: 'b', kind: 'limit-reached' })]));

    expect(await routeOf(rider)).toMatchObject({ callCount: 0, recentCalls: [] });
    expect(await decisionOf('b')).toMatchObject({ kind: 'limit-reached' });
  });

  test('a pair that belongs to another booking by now is left alone', async () => {
    const booking = await book({ maxCalls: 2 });
    const store = createBookingStore(client, { tables, retentionDays: 400, retry: testRetry });
    await store.change(
      booking,
      { ...booking, storedStatus: 'completed', endedAtMs: callAtMs, version: 2 },
      callAtMs,
    );
    await store.claim({
      booking: { ...booking, bookingId: 'the next', createdAtMs: callAtMs + 500 },
      sticky: false,
      nowMs: callAtMs + 500,
    });

    await decisionsHandler()(delivery([decided()]));

    expect(await routeOf(rider)).toMatchObject({ bookingId: 'the next', callCount: 0 });
    expect(await decisionOf()).toMatchObject({ bookingId });
  });
});

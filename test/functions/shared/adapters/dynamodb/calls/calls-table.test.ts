import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { presentSession } from '../../../../../../functions/booking-api/session-presentation.ts';
import { createBookingLinks } from '../../../../../../functions/shared/adapters/dynamodb/bookings/booking-links.ts';
import { keys } from '../../../../../../functions/shared/adapters/dynamodb/bookings/keys.ts';
import { createCallRecord } from '../../../../../../functions/shared/adapters/dynamodb/calls/calls-table.ts';
import { createSessionRecorder } from '../../../../../../functions/shared/adapters/dynamodb/calls/calls-table-recorder.ts';
import type { SessionInput } from '../../../../../../functions/shared/domain/session.ts';
import type { CallRecord, SessionRecorder } from '../../../../../../functions/shared/ports/call-record.ts';
import {
  startTestDatabase,
  type TestDatabase,
  type TestTables,
} from '../../../../../support/dynamodb-engine.ts';
import {
  answeredCall,
  callAtMs,
  callerEvent,
  decisionInput,
  driver,
  recordingInput,
  rider,
  sessionId,
  summaryInput,
  virtualNumber,
} from '../../../../../support/session-inputs.ts';

let database: TestDatabase;
let client: DynamoDBDocumentClient;
let tables: TestTables;
let recorder: SessionRecorder;
let calls: CallRecord;

beforeAll(async () => {
  database = await startTestDatabase();
  client = DynamoDBDocumentClient.from(database.client, { marshallOptions: { removeUndefinedValues: true } });
});

afterAll(() => database.stop());

beforeEach(async () => {
  database.proxy.setFaults({});
  tables = await database.createTables();
  recorder = createSessionRecorder({
    client,
    tableName: tables.calls,
    bookingLinks: createBookingLinks(client, tables.bookings),
    retentionDays: 400,
  });
  calls = createCallRecord(client, tables.calls);
});

const record = (input: SessionInput, id = sessionId) =>
  recorder.record(id, input, { receivedAtMs: callAtMs + 60_000 });

async function finalState(id = sessionId) {
  const session = await calls.findSession(id);
  return session && presentSession(session);
}

async function stateAfter(inputs: readonly SessionInput[], id: string) {
  for (const input of inputs) await record(input, id);
  return { ...(await finalState(id)), sessionId: 'the same' };
}

/** What a booking leaves behind when it takes a pair. */
function linkBooking(bookingId: string, fromMs: number) {
  return client.send(
    new PutCommand({
      TableName: tables.bookings,
      Item: { ...keys.link(rider, fromMs, bookingId), heldNumber: virtualNumber.reveal() },
    }),
  );
}

describe('recording a session', () => {
  test('every order of arrival, with everything twice, gives one session in one state', async () => {
    const inputs = answeredCall();

    const forward = await stateAfter(inputs, 's-forward');
    const backward = await stateAfter([...inputs, ...inputs].reverse(), 's-backward');

    expect(backward).toEqual(forward);
    expect(forward).toMatchObject({ outcome: 'answered', status: 'COMPLETED', durationSeconds: 47 });
    expect(forward.events).toHaveLength(6);
    expect(forward.recordings).toHaveLength(1);
  });

  test('writers that race each other leave the session row at the last state', async () => {
    const inputs = answeredCall();

    await Promise.all([...inputs, ...inputs].map((input) => record(input)));

    const { items } = await calls.sessionsOfBooking('01JDBOOKING0000000000000001', { limit: 10 });
    const answered = await calls.searchSessions({
      outcome: 'answered',
      day: '2026-11-21',
      limit: 10,
      nowMs: callAtMs,
    });
    const ofDriver = await calls.searchSessions({ phoneNumber: driver, limit: 10, nowMs: callAtMs });
    expect(items.map(presentSession)).toEqual([await finalState()]);
    expect(answered.items).toHaveLength(1);
    expect(ofDriver.items).toHaveLength(1);
  });

  test('a writer that saw less and comes last does not undo what another saw', async () => {
    const gate = Promise.withResolvers<undefined>();
    const reached = Promise.withResolvers<void>();
    const held = createSessionRecorder({
      client,
      tableName: tables.calls,
      bookingLinks: {
        findHolderAt: () => {
          reached.resolve();
          return gate.promise;
        },
      },
      retentionDays: 400,
    });
    const late = held.record(sessionId, callerEvent('CALL_RECEIVED', 0), { receivedAtMs: callAtMs });
    await reached.promise;
    await record(summaryInput());

    gate.resolve(undefined);
    await late;

    const search = { day: '2026-11-21', limit: 10, nowMs: callAtMs };
    const answered = await calls.searchSessions({ ...search, outcome: 'answered' });
    const inProgress = await calls.searchSessions({ ...search, outcome: 'in-progress' });
    expect([answered.items.length, inProgress.items.length]).toEqual([1, 0]);
  });

  test('a writer that stopped after the input is finished by its repetition', async () => {
    database.proxy.setFaults({ operations: ['Query'], failEvery: 1 });
    await expect(record(summaryInput())).rejects.toThrow();
    database.proxy.setFaults({});

    await record(summaryInput());

    const { items } = await calls.searchSessions({ day: '2026-11-21', limit: 10, nowMs: callAtMs });
    expect(items.map((session) => session.sessionId)).toEqual([sessionId]);
  });

  test('an input whose answer was lost is there once', async () => {
    database.proxy.setFaults({ operations: ['PutItem'], loseAnswerEvery: 1 });
    await expect(record(callerEvent('CALL_RECEIVED', 0))).rejects.toThrow();
    database.proxy.setFaults({});

    await record(callerEvent('CALL_RECEIVED', 0));

    expect((await calls.findSession(sessionId))?.events).toHaveLength(1);
  });

  test('an input that is there already costs one refused write and one query', async () => {
    await record(summaryInput());
    database.proxy.resetCounts();

    await record(summaryInput());

    expect(database.proxy.requestCounts()).toEqual({ PutItem: 1, Query: 1 });
  });

  test('of two summaries that differ the first stays', async () => {
    await record(summaryInput());
    await record(summaryInput({ sessionStatus: 'BUSY' }));

    expect(await finalState()).toMatchObject({ status: 'COMPLETED' });
  });

  test('a recording that was missing is attached when it has been seen, and never lost again', async () => {
    const missing = recordingInput({ verified: false, key: undefined, sizeBytes: undefined });

    await record(missing);
    await record(recordingInput());
    await record(missing);

    expect((await finalState())?.recordings).toMatchObject([{ verified: true, sizeBytes: 188_000 }]);
  });
});

describe('the booking of a session', () => {
  test('is the one that the decision names', async () => {
    await linkBooking('another', callAtMs - 1000);

    await record(callerEvent('CALL_RECEIVED', 0));
    await record(decisionInput());

    expect(await finalState()).toMatchObject({ bookingId: '01JDBOOKING0000000000000001' });
  });

  test('is none where the decision found none', async () => {
    await linkBooking('of last month', callAtMs - 30 * 86_400_000);

    await record(callerEvent('CALL_RECEIVED', 0));
    await record(decisionInput({ kind: 'unknown-caller', bookingId: undefined }));

    expect(await finalState()).toMatchObject({ bookingId: null, outcome: 'refused' });
    expect((await calls.sessionsOfBooking('of last month', { limit: 10 })).items).toEqual([]);
  });

  test('is the holder at the time of the call, however late its events come', async () => {
    await linkBooking('before', callAtMs - 3_600_000);
    await linkBooking('at the time', callAtMs - 60_000);
    await linkBooking('after', callAtMs + 30_000);

    await record(summaryInput());

    const { items } = await calls.sessionsOfBooking('at the time', { limit: 10 });
    expect(items.map((session) => session.sessionId)).toEqual([sessionId]);
  });

  test('is found though the platform cut the time of the call down to the second before the booking', async () => {
    await linkBooking('booked in the same second', callAtMs + 500);

    await record(summaryInput());

    expect(await finalState()).toMatchObject({ bookingId: 'booked in the same second' });
  });

  test('is the holder at the time where the decision failed', async () => {
    await linkBooking('held', callAtMs - 60_000);

    await record(decisionInput({ kind: 'service-unavailable', bookingId: undefined }));
    await record(summaryInput());

    expect(await finalState()).toMatchObject({ bookingId: 'held' });
  });
});

describe('reading the record', () => {
  const ids = ['s-1', 's-2', 's-3', 's-4', 's-5'];

  async function recordDay() {
    for (const [index, id] of ids.entries()) {
      await record(summaryInput({ startedAtMs: callAtMs + index * 1000 }), id);
    }
  }

  test.each([
    ['day', { day: '2026-11-21' }],
    ['outcome', { outcome: 'answered' }],
    ['day and outcome', { day: '2026-11-21', outcome: 'answered' }],
    ['party', { phoneNumber: rider }],
  ] as const)('a search by %s comes in pages, newest first', async (_, criteria) => {
    await recordDay();

    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await calls.searchSessions({
        ...criteria,
        limit: 2,
        nowMs: callAtMs,
        ...(cursor !== null && { cursor }),
      });
      seen.push(...page.items.map((session) => session.sessionId));
      cursor = page.nextCursor;
    } while (cursor !== null);

    expect(seen).toEqual(ids.toReversed());
  });

  test('a cursor holds no phone number, and an altered or foreign one is refused at its path', async () => {
    await recordDay();
    const search = { phoneNumber: rider, limit: 2, nowMs: callAtMs };
    const { nextCursor } = await calls.searchSessions(search);
    const cursor = nextCursor ?? '';

    expect(Buffer.from(cursor, 'base64url').toString()).not.toContain('9111');
    for (const wrong of ['', 'null', `${cursor}x`, `A${cursor.slice(1)}`]) {
      await expect(calls.searchSessions({ ...search, cursor: wrong })).rejects.toMatchObject({
        code: 'INVALID_REQUEST',
        issues: [{ path: 'cursor' }],
      });
    }
    await expect(calls.searchSessions({ ...search, phoneNumber: driver, cursor })).rejects.toThrow();
  });

  test('an unknown session is undefined, and so is its recording', async () => {
    expect(await calls.findSession('nobody')).toBeUndefined();
    expect(await calls.recordingsOf('nobody')).toBeUndefined();
    expect(await calls.findRecording('nobody')).toBeUndefined();
  });

  test('a recording is found by its own id, with its session', async () => {
    await record(recordingInput());

    expect(await calls.findRecording('rec-1')).toMatchObject({ sessionId, verified: true });
    expect(await calls.recordingsOf(sessionId)).toHaveLength(1);
  });
});

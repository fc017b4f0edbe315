import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { presentSession } from '../../../../../../functions/booking-api/session-presentation.ts';
import { keys } from '../../../../../../functions/shared/adapters/dynamodb/bookings/keys.ts';
import { createSessionRecorder } from '../../../../../../functions/shared/adapters/dynamodb/calls/calls-table-recorder.ts';
import { PhoneNumber } from '../../../../../../functions/shared/domain/phone-number.ts';
import type { SessionInput } from '../../../../../../functions/shared/domain/session.ts';
import { openCallsWorld } from '../../../../../support/calls-world.ts';
import { startTestDatabase, type TestDatabase } from '../../../../../support/dynamodb-engine.ts';
import {
  answeredCall,
  callAtMs,
  calleeEvent,
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
let world: Awaited<ReturnType<typeof openCallsWorld>>;

beforeAll(async () => {
  database = await startTestDatabase();
});

afterAll(() => database.stop());

beforeEach(async () => {
  world = await openCallsWorld(database);
});

const record = (input: SessionInput, id = sessionId) =>
  world.recorder.record(id, input, { receivedAtMs: callAtMs + 60_000 });

async function finalState(id = sessionId) {
  const session = await world.calls.findSession(id);
  return session && presentSession(session);
}

async function stateAfter(inputs: readonly SessionInput[], id: string) {
  for (const input of inputs) await record(input, id);
  return { ...(await finalState(id)), sessionId: 'the same' };
}

/** What a booking leaves behind when it takes a pair. */
function linkBooking(bookingId: string, fromMs: number) {
  return world.client.send(
    new PutCommand({
      TableName: world.tables.bookings,
      Item: {
        ...keys.link({ virtualNumber, caller: rider }, fromMs, bookingId),
        heldNumber: virtualNumber.reveal(),
      },
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

    const { items } = await world.calls.sessionsOfBooking('01JDBOOKING0000000000000001', { limit: 10 });
    const answered = await world.calls.searchSessions({
      outcome: 'answered',
      day: '2026-11-21',
      limit: 10,
      nowMs: callAtMs,
    });
    const ofDriver = await world.calls.searchSessions({ phoneNumber: driver, limit: 10, nowMs: callAtMs });
    expect(items.map(presentSession)).toEqual([await finalState()]);
    expect(answered.items).toHaveLength(1);
    expect(ofDriver.items).toHaveLength(1);
  });

  test('is found by every spelling of a line', async () => {
    const shown = PhoneNumber.from('+5215512345678');
    await record(callerEvent('CALL_RECEIVED', 0, { source: shown }));

    const phoneNumber = PhoneNumber.from('+525512345678');
    const { items } = await world.calls.searchSessions({ phoneNumber, limit: 10, nowMs: callAtMs });

    expect(items.map(({ sessionId: id }) => id)).toEqual([sessionId]);
  });

  test('a writer that saw less and comes last does not undo what another saw', async () => {
    const gate = Promise.withResolvers<undefined>();
    const reached = Promise.withResolvers<void>();
    const held = createSessionRecorder({
      client: world.client,
      tableName: world.tables.calls,
      bookingLinks: {
        findHolderAt: () => {
          reached.resolve();
          return gate.promise;
        },
      },
      retentionDays: 400,
    });
    await record(callerEvent('CALL_RECEIVED', 0));
    const ended = callerEvent('CALL_DISCONNECTED', 54_000);
    const late = held.record(sessionId, ended, { receivedAtMs: callAtMs + 54_000 });
    await reached.promise;
    await record(summaryInput());

    gate.resolve(undefined);
    await late;

    const search = { day: '2026-11-21', limit: 10, nowMs: callAtMs };
    const answered = await world.calls.searchSessions({ ...search, outcome: 'answered' });
    const inProgress = await world.calls.searchSessions({ ...search, outcome: 'in-progress' });
    expect([answered.items.length, inProgress.items.length]).toEqual([1, 0]);
  });

  test('a writer that stopped after the input is finished by its repetition', async () => {
    database.proxy.setFaults({ operations: ['Query'], failEvery: 1 });
    await expect(record(summaryInput())).rejects.toThrow();
    database.proxy.setFaults({});

    await record(summaryInput());

    const { items } = await world.calls.searchSessions({ day: '2026-11-21', limit: 10, nowMs: callAtMs });
    expect(items.map((session) => session.sessionId)).toEqual([sessionId]);
  });

  test('an input whose answer was lost is there once', async () => {
    database.proxy.setFaults({ operations: ['UpdateItem'], loseAnswerEvery: 1 });
    await expect(record(callerEvent('CALL_RECEIVED', 0))).rejects.toThrow();
    database.proxy.setFaults({});

    await record(callerEvent('CALL_RECEIVED', 0));

    expect((await world.calls.findSession(sessionId))?.events).toHaveLength(1);
  });

  test('a writer that died before it moved the session in the lists is made good by a repetition', async () => {
    await world.inTime(callerEvent('CALL_RECEIVED', 0));
    await world.inTime(calleeEvent('CALL_INITIATED', 300));
    await world.inTime(callerEvent('CALL_DISCONNECTED', 3000));
    const picked = calleeEvent('CALL_CONNECTED', 900);
    database.proxy.setFaults({ operations: ['UpdateItem'], failEvery: 2 });
    await expect(world.inTime(picked)).rejects.toThrow();
    database.proxy.setFaults({});
    expect(await world.listedAs('answered')).toEqual([]);

    await world.inTime(picked);

    expect(await world.listedAs('answered')).toEqual([sessionId]);
    expect(await world.listedAs('missed')).toEqual([]);
  });

  test('a call is in the lists after its first event, with whoever is known to be on it', async () => {
    await world.inTime(callerEvent('CALL_RECEIVED', 0));
    expect(await world.listedAs('in-progress')).toEqual([sessionId]);

    await world.inTime(calleeEvent('CALL_INITIATED', 300));

    for (const phoneNumber of [rider, driver]) {
      const { items } = await world.calls.searchSessions({ phoneNumber, limit: 10, nowMs: callAtMs });
      expect(items.map((session) => session.sessionId)).toEqual([sessionId]);
    }
  });

  test('a person on a leg that two people were rung on is found, and so is a second recording', async () => {
    const third = PhoneNumber.from('+6591110003');
    await record(summaryInput());
    await record(calleeEvent('CALL_CONNECTED', 900, { eventId: 'forwarded', destination: third }));
    await record(recordingInput());
    await record(recordingInput({ recordingId: 'rec-2' }));

    const { items } = await world.calls.searchSessions({ phoneNumber: third, limit: 10, nowMs: callAtMs });
    expect(items.map((session) => session.sessionId)).toEqual([sessionId]);
    expect(await world.calls.findRecording('rec-2')).toMatchObject({ sessionId, recordingId: 'rec-2' });
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
    expect((await world.calls.sessionsOfBooking('of last month', { limit: 10 })).items).toEqual([]);
  });

  test('is the holder at the time of the call, however late its events come', async () => {
    await linkBooking('before', callAtMs - 3_600_000);
    await linkBooking('at the time', callAtMs - 60_000);
    await linkBooking('after', callAtMs + 30_000);

    await record(summaryInput());

    const { items } = await world.calls.sessionsOfBooking('at the time', { limit: 10 });
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
      const page = await world.calls.searchSessions({
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
    const { nextCursor } = await world.calls.searchSessions(search);
    const cursor = nextCursor ?? '';

    expect(Buffer.from(cursor, 'base64url').toString()).not.toContain('9111');
    for (const wrong of ['', 'null', `${cursor}x`, `A${cursor.slice(1)}`]) {
      await expect(world.calls.searchSessions({ ...search, cursor: wrong })).rejects.toMatchObject({
        code: 'INVALID_REQUEST',
        issues: [{ path: 'cursor' }],
      });
    }
    await expect(world.calls.searchSessions({ ...search, phoneNumber: driver, cursor })).rejects.toThrow();
  });

  test('an unknown session is undefined, and so is its recording', async () => {
    expect(await world.calls.findSession('nobody')).toBeUndefined();
    expect(await world.calls.recordingsOf('nobody')).toBeUndefined();
    expect(await world.calls.findRecording('nobody')).toBeUndefined();
  });

  test('a recording is found by its own id, with its session', async () => {
    await record(recordingInput());

    expect(await world.calls.findRecording('rec-1')).toMatchObject({ sessionId, verified: true });
    expect(await world.calls.recordingsOf(sessionId)).toHaveLength(1);
  });
});

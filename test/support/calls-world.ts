import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createBookingLinks } from '../../functions/shared/adapters/dynamodb/bookings/booking-links.ts';
import { createCallRecord } from '../../functions/shared/adapters/dynamodb/calls/calls-table.ts';
import { createSessionRecorder } from '../../functions/shared/adapters/dynamodb/calls/calls-table-recorder.ts';
import type { SessionInput, SessionOutcome } from '../../functions/shared/domain/session.ts';
import type { TestDatabase } from './dynamodb-engine.ts';
import { callAtMs, happenedAt, sessionId } from './session-inputs.ts';

/** The record of calls over tables of its own. */
export async function openCallsWorld(database: TestDatabase) {
  database.proxy.setFaults({});
  const tables = await database.createTables();
  const client = DynamoDBDocumentClient.from(database.client, {
    marshallOptions: { removeUndefinedValues: true },
  });
  const recorder = createSessionRecorder({
    client,
    tableName: tables.calls,
    bookingLinks: createBookingLinks(client, tables.bookings),
    retentionDays: 400,
  });
  const calls = createCallRecord(client, tables.calls);
  return {
    tables,
    client,
    recorder,
    calls,
    /** As an input comes when all is well: a moment after what it tells. */
    inTime: (input: SessionInput, id = sessionId) =>
      recorder.record(id, input, { receivedAtMs: happenedAt(input) + 400 }),
    /** As it comes when something was in the way: after the call. */
    afterwards: (input: SessionInput, id = sessionId) =>
      recorder.record(id, input, { receivedAtMs: callAtMs + 600_000 }),
    async listedAs(outcome: SessionOutcome): Promise<string[]> {
      const { items } = await calls.searchSessions({ outcome, limit: 100, nowMs: callAtMs });
      return items.map((session) => session.sessionId);
    },
    /** How many requests `work` makes. */
    async requestsOf(work: () => Promise<unknown>): Promise<number> {
      database.proxy.resetCounts();
      await work();
      return Object.values(database.proxy.requestCounts()).reduce((sum, count) => sum + count, 0);
    },
  };
}

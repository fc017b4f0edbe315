import { createBookingLinks } from '../adapters/dynamodb/bookings/booking-links.ts';
import { createSessionRecorder } from '../adapters/dynamodb/calls/calls-table-recorder.ts';
import { backgroundPatience, createDocumentClient } from '../adapters/dynamodb/client.ts';
import type { SessionRecorder } from '../ports/call-record.ts';

/** The variables that every function reads that adds to the record of calls. */
export interface CallRecordEnvironment {
  readonly BOOKINGS_TABLE: string;
  readonly CALLS_TABLE: string;
  readonly CALL_RETENTION_DAYS: string;
}

/** The record of calls over DynamoDB; made once for the life of an execution environment. */
export function createCallRecordWriter(
  env: CallRecordEnvironment,
  client = createDocumentClient(backgroundPatience),
): SessionRecorder {
  return createSessionRecorder({
    client,
    tableName: env.CALLS_TABLE,
    bookingLinks: createBookingLinks(client, env.BOOKINGS_TABLE),
    retentionDays: Number(env.CALL_RETENTION_DAYS),
  });
}

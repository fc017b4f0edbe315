import { createBookingReader } from '../shared/adapters/dynamodb/bookings/booking-reader.ts';
import { createCallRecord } from '../shared/adapters/dynamodb/calls/calls-table.ts';
import { backgroundPatience, createDocumentClient } from '../shared/adapters/dynamodb/client.ts';
import { createRecordingFinder, createRecordingsClient } from '../shared/adapters/s3/recording-finder.ts';
import { parseEnv } from '../shared/config/parse-env.ts';
import { createLogger } from '../shared/observability/logger.ts';
import { createCallRecordWriter } from '../shared/wiring/call-record.ts';
import { openManagementApi } from '../shared/wiring/management-api.ts';
import { createRecordingReconcilerHandler } from './handler.ts';

const env = parseEnv('recording-reconciler', process.env);
const client = createDocumentClient(backgroundPatience);
const statuses = openManagementApi(env);
if (statuses === undefined) throw new Error('The schedule of recording-reconciler needs an 8x8 API key.');

export const handler = createRecordingReconcilerHandler({
  calls: createCallRecord(client, env.CALLS_TABLE),
  bookings: createBookingReader(client, env.BOOKINGS_TABLE),
  statuses,
  recordings: createRecordingFinder(createRecordingsClient(), env.RECORDINGS_BUCKET, env.RECORDINGS_PREFIX),
  recorder: createCallRecordWriter(env, client),
  logger: createLogger('recording-reconciler'),
  nowMs: Date.now,
});

import { createCallCounter } from '../shared/adapters/dynamodb/calls/call-counter.ts';
import { backgroundPatience, createDocumentClient } from '../shared/adapters/dynamodb/client.ts';
import { parseEnv } from '../shared/config/parse-env.ts';
import { createLogger } from '../shared/observability/logger.ts';
import { createCallRecordWriter } from '../shared/wiring/call-record.ts';
import { createCallDecisionsHandler } from './handler.ts';

const env = parseEnv('call-decisions', process.env);
const client = createDocumentClient(backgroundPatience);

export const handler = createCallDecisionsHandler({
  recorder: createCallRecordWriter(env, client),
  counter: createCallCounter({
    client,
    tables: { bookings: env.BOOKINGS_TABLE, callRoutes: env.CALL_ROUTES_TABLE, calls: env.CALLS_TABLE },
    retentionDays: Number(env.CALL_RETENTION_DAYS),
  }),
  logger: createLogger('call-decisions'),
  nowMs: Date.now,
});

import { S3Client } from '@aws-sdk/client-s3';
import { ulid } from 'ulid';
import { createCallRoutes } from '../shared/adapters/dynamodb/bookings/call-routes-table.ts';
import { createNumberBookings } from '../shared/adapters/dynamodb/bookings/number-bookings.ts';
import { createCallCounter } from '../shared/adapters/dynamodb/calls/call-counter.ts';
import { createCallRequests } from '../shared/adapters/dynamodb/calls/call-requests.ts';
import { createCallRecord } from '../shared/adapters/dynamodb/calls/calls-table.ts';
import { backgroundPatience, createDocumentClient } from '../shared/adapters/dynamodb/client.ts';
import { createMenuStore } from '../shared/adapters/dynamodb/conversations/menu-store.ts';
import { createNumberStrangers } from '../shared/adapters/dynamodb/conversations/number-strangers.ts';
import { createOutboundDialogues } from '../shared/adapters/dynamodb/conversations/outbound-dialogues.ts';
import { createPersonTraces } from '../shared/adapters/dynamodb/erasure-traces.ts';
import { isStoreUnavailable } from '../shared/adapters/dynamodb/unavailable.ts';
import { createRecordingEraser } from '../shared/adapters/s3/recording-eraser.ts';
import { createRecordingLinks } from '../shared/adapters/s3/recording-links.ts';
import { parseEnv } from '../shared/config/parse-env.ts';
import { createLogger } from '../shared/observability/logger.ts';
import { createBookingAdapters, retry } from '../shared/wiring/bookings.ts';
import { readCallPrices } from '../shared/wiring/call-prices.ts';
import { createCallRecordWriter } from '../shared/wiring/call-record.ts';
import { openManagementApi } from '../shared/wiring/management-api.ts';
import { readAccessRules } from './access.ts';
import { createBookingApiHandler } from './handler.ts';
import { readNumberRules } from './number-rules.ts';
import { serviceOperations } from './service-operations.ts';

const env = parseEnv('booking-api', process.env);
const logger = createLogger('booking-api');
const client = createDocumentClient(backgroundPatience);
const tables = { bookings: env.BOOKINGS_TABLE, callRoutes: env.CALL_ROUTES_TABLE };
const s3 = new S3Client({});
// Twice within the time for which the gateway waits.
const eightByEight = openManagementApi(env, {
  numberFormat: env.NUMBER_FORMAT === 'digits' ? 'digits' : 'plus',
  timeoutMs: 10_000,
  attempts: 2,
});

const operations = serviceOperations({
  ...createBookingAdapters(env, client),
  numberBookings: createNumberBookings(client, tables.callRoutes),
  calls: createCallRecord(client, env.CALLS_TABLE),
  recorder: createCallRecordWriter(env, client),
  callRoutes: createCallRoutes(client, env.CALL_ROUTES_TABLE),
  callRequests: createCallRequests(client, env.CALLS_TABLE),
  counter: createCallCounter({
    client,
    tables: { ...tables, calls: env.CALLS_TABLE },
    retentionDays: Number(env.CALL_RETENTION_DAYS),
  }),
  recordingLinks: createRecordingLinks(s3, env.RECORDINGS_BUCKET),
  callPrices: readCallPrices(env.CALL_PRICES),
  traces: createPersonTraces(client, {
    tables: { ...tables, calls: env.CALLS_TABLE },
    recordings: createRecordingEraser(s3, env.RECORDINGS_BUCKET, env.RECORDINGS_PREFIX),
    retry,
  }),
  menus: createMenuStore(client, env.CONVERSATIONS_TABLE),
  strangers: createNumberStrangers(client, env.CONVERSATIONS_TABLE),
  outboundDialogues: createOutboundDialogues(client, env.CONVERSATIONS_TABLE),
  inventory: eightByEight,
  voices: eightByEight,
  sender: eightByEight,
  logger,
  newBookingId: () => ulid(),
  newErasureId: () => ulid(),
  rules: {
    defaultSeconds: Number(env.DEFAULT_BOOKING_SECONDS),
    longestSeconds: Number(env.LONGEST_BOOKING_SECONDS),
    coolDownSeconds: Number(env.COOL_DOWN_SECONDS),
    leastCoolDownSeconds: Number(env.LEAST_COOL_DOWN_SECONDS),
    numbering: env.DEFAULT_NUMBERING === 'per-party' ? 'per-party' : 'shared',
    sticky: env.STICKY_NUMBERS === 'true',
    recordings: env.RECORD_CALLS === 'true',
    numbers: readNumberRules(env.NUMBER_RULES),
    limits: JSON.parse(env.DEFAULT_LIMITS),
  },
});

export const handler = createBookingApiHandler({
  operations,
  logger,
  access: readAccessRules(env.API_ACCESS),
  isStoreUnavailable,
});

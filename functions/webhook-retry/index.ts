import { createNumberStore } from '../shared/adapters/dynamodb/bookings/number-store.ts';
import { backgroundPatience, createDocumentClient } from '../shared/adapters/dynamodb/client.ts';
import { createRecordingFinder, createRecordingsClient } from '../shared/adapters/s3/recording-finder.ts';
import { createPostpone } from '../shared/adapters/sqs/postpone.ts';
import { createWebhookQueues } from '../shared/adapters/sqs/webhook-queues.ts';
import { parseEnv } from '../shared/config/parse-env.ts';
import { createLogger } from '../shared/observability/logger.ts';
import { retry } from '../shared/wiring/bookings.ts';
import { createCallRecordWriter } from '../shared/wiring/call-record.ts';
import { createWebhookRetryHandler } from './handler.ts';
import { createReplays } from './replays.ts';

const env = parseEnv('webhook-retry', process.env);
const logger = createLogger('webhook-retry');
const client = createDocumentClient(backgroundPatience);
const recorder = createCallRecordWriter(env, client);
const recordings = createRecordingFinder(
  createRecordingsClient(),
  env.RECORDINGS_BUCKET,
  env.RECORDINGS_PREFIX,
);

export const handler = createWebhookRetryHandler({
  replays: createReplays({
    recorder,
    recordings,
    numbers: createNumberStore(client, { tables: { bookings: env.BOOKINGS_TABLE }, retry }),
    logger,
  }),
  quarantine: createWebhookQueues({ quarantine: env.QUARANTINE_QUEUE_URL }),
  postpone: createPostpone(env.RETRY_QUEUE_URL),
  random: Math.random,
  logger,
  nowMs: Date.now,
});

import { gzipSync } from 'node:zlib';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { readCallerMessages } from '../../../functions/call-action/caller-messages.ts';
import { createCallActionHandler } from '../../../functions/call-action/handler.ts';
import { createCallDecisionsHandler } from '../../../functions/call-decisions/handler.ts';
import { createCallStatusHandler } from '../../../functions/call-status/handler.ts';
import { createNumberUpdatedHandler } from '../../../functions/number-updated/handler.ts';
import { createRecordingUploadedHandler } from '../../../functions/recording-uploaded/handler.ts';
import { createSessionSummaryHandler } from '../../../functions/session-summary/handler.ts';
import { createBookingLinks } from '../../../functions/shared/adapters/dynamodb/bookings/booking-links.ts';
import { createCallRoutes } from '../../../functions/shared/adapters/dynamodb/bookings/call-routes-table.ts';
import { createNumberStore } from '../../../functions/shared/adapters/dynamodb/bookings/number-store.ts';
import { createCallCounter } from '../../../functions/shared/adapters/dynamodb/calls/call-counter.ts';
import { createCallRecord } from '../../../functions/shared/adapters/dynamodb/calls/calls-table.ts';
import { createSessionRecorder } from '../../../functions/shared/adapters/dynamodb/calls/calls-table-recorder.ts';
import { createIncomingCalls } from '../../../functions/shared/adapters/dynamodb/conversations/incoming-calls.ts';
import { createLogger } from '../../../functions/shared/observability/logger.ts';
import type { CallRecord } from '../../../functions/shared/ports/call-record.ts';
import type { CallRoutes } from '../../../functions/shared/ports/call-routes.ts';
import type { NumberStore } from '../../../functions/shared/ports/number-store.ts';
import type { RecordingFinder } from '../../../functions/shared/ports/recordings.ts';
import type { QuarantinedWebhook } from '../../../functions/shared/ports/webhook-queues.ts';
import { createWebhookRetryHandler } from '../../../functions/webhook-retry/handler.ts';
import { createReplays } from '../../../functions/webhook-retry/replays.ts';
import type { TestDatabase, TestTables } from '../../support/dynamodb-engine.ts';
import { testRetry } from '../../support/followed-store.ts';
import { AUTHORIZATION, answerOf, sampleEvent } from '../../support/webhooks.ts';
import { createRetryQueue, type RetryQueue } from './retry-queue.ts';

const RETENTION_DAYS = 400;

export type WebhookName =
  | 'call-action'
  | 'call-status'
  | 'session-summary'
  | 'recording-uploaded'
  | 'number-updated';

export const webhookNames: readonly WebhookName[] = [
  'call-action',
  'call-status',
  'session-summary',
  'recording-uploaded',
  'number-updated',
];

export interface StationOptions {
  readonly database: TestDatabase;
  readonly tables?: TestTables;
  /** The time on the station's clock. */
  readonly nowMs: () => number;
  /** Looks into the bucket; by default every recording is there. */
  readonly recordings?: RecordingFinder;
  /** How long an event may wait for the store before it is queued, and again when it is replayed. */
  readonly storePatienceMs?: number;
  readonly deadlineMs?: number;
  /** Whether the retry queue refuses everything. */
  readonly queueFails?: boolean;
  /** Takes every log line; by default they are kept in `lines`. */
  readonly log?: (line: string) => void;
}

/** The real handlers of all webhooks over a real engine, with the queues in memory. */
export interface WebhookStation {
  readonly calls: CallRecord;
  readonly callRoutes: CallRoutes;
  readonly numbers: NumberStore;
  readonly queue: RetryQueue;
  readonly quarantined: readonly QuarantinedWebhook[];
  readonly lines: readonly string[];
  /** Sends a webhook with the registered value of `Authorization`, unless `headers` says otherwise. */
  send(
    webhook: WebhookName,
    body: string,
    headers?: Readonly<Record<string, string | undefined>>,
  ): Promise<StationAnswer>;
  /** The consumer of the retry queue. */
  replay(event: SQSEvent): Promise<SQSBatchResponse>;
  /** Replays until the queue is empty. */
  drain(): Promise<void>;
  /** Delivers log lines of the call action to the function that keeps decisions. */
  deliverDecisions(lines: readonly string[]): Promise<void>;
}

export interface StationAnswer {
  readonly status: number;
  readonly body: string;
}

export function createWebhookStation(options: StationOptions): WebhookStation {
  const { database, nowMs, storePatienceMs, deadlineMs = 60_000 } = options;
  const tables = options.tables ?? database.tables;
  const lines: string[] = [];
  const logger = createLogger('station', options.log ?? ((line) => lines.push(line)), nowMs);
  const documents = DynamoDBDocumentClient.from(database.client, {
    marshallOptions: { removeUndefinedValues: true },
  });
  const recorder = createSessionRecorder({
    client: documents,
    tableName: tables.calls,
    bookingLinks: createBookingLinks(documents, tables.bookings),
    retentionDays: RETENTION_DAYS,
  });
  const recordings = options.recordings ?? everyRecordingIsThere;
  const numbers = createNumberStore(documents, { tables, retry: testRetry });
  const callRoutes = createCallRoutes(documents, tables.callRoutes);
  const queue = createRetryQueue();
  const quarantined: QuarantinedWebhook[] = [];
  const queues = {
    keepForRetry: options.queueFails ? () => Promise.reject(new Error('The queue is down.')) : queue.keep,
    quarantine: async (event: QuarantinedWebhook) => void quarantined.push(event),
  };
  const patience = storePatienceMs === undefined ? {} : { storePatienceMs };
  const tools = {
    acceptedAuthorizations: { get: async () => [AUTHORIZATION] },
    allowedSourceIps: undefined,
    logger,
    nowMs,
    queues,
    ...patience,
  };
  const handlers = {
    'call-action': createCallActionHandler({
      ...tools,
      incomingCalls: createIncomingCalls(documents, tables, undefined),
      conversation: () => Promise.reject(new Error('No number here leads strangers anywhere.')),
      messages: readCallerMessages('{ "default": {}, "byCountry": {} }', 'plus'),
      numberFormat: 'plus',
      ownSubAccount: '',
      recordCalls: true,
      strangers: { tries: 0, restMs: 3_600_000 },
      deadlineMs,
    }),
    'call-status': createCallStatusHandler(tools, recorder),
    'session-summary': createSessionSummaryHandler(tools, recorder),
    'recording-uploaded': createRecordingUploadedHandler(tools, recorder, recordings),
    'number-updated': createNumberUpdatedHandler(tools, numbers),
  };
  const replay = createWebhookRetryHandler({
    replays: createReplays({ recorder, recordings, numbers, logger }),
    quarantine: queues,
    // The queue in memory gives everything again at once.
    postpone: async () => undefined,
    random: () => 0,
    logger,
    nowMs,
    ...patience,
  });
  const storeDecisions = createCallDecisionsHandler({
    recorder,
    counter: createCallCounter({ client: documents, tables, retentionDays: RETENTION_DAYS }),
    logger,
    nowMs,
  });

  return {
    calls: createCallRecord(documents, tables.calls),
    callRoutes,
    numbers,
    queue,
    quarantined,
    lines,
    replay,
    async send(webhook, body, headers = {}) {
      const answer = await answerOf(handlers[webhook], requestOf(webhook, body, headers));
      return { status: answer.statusCode ?? 0, body: answer.body ?? '' };
    },
    async drain() {
      while (await queue.deliverBatch(replay));
    },
    deliverDecisions: (messages) => storeDecisions(deliveryOf(messages)),
  };
}

export const everyRecordingIsThere: RecordingFinder = {
  find: async ({ sessionId, recordingId }) => ({
    key: `recordings/${sessionId}/${recordingId}.mp3`,
    sizeBytes: 4096,
  }),
};

const samples = new Map<WebhookName, APIGatewayProxyEventV2>();

function requestOf(
  webhook: WebhookName,
  body: string,
  headers: Readonly<Record<string, string | undefined>>,
): APIGatewayProxyEventV2 {
  const sample = samples.get(webhook) ?? sampleEvent(webhook);
  samples.set(webhook, sample);
  return { ...sample, headers: { ...sample.headers, ...headers }, body };
}

/** Log lines as CloudWatch Logs delivers them to a subscriber. */
function deliveryOf(messages: readonly string[]): object {
  const logEvents = messages.map((message, n) => ({ id: String(n), timestamp: 0, message }));
  const text = JSON.stringify({ messageType: 'DATA_MESSAGE', logEvents });
  return { awslogs: { data: gzipSync(text).toString('base64') } };
}

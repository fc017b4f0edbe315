import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { presentSession } from '../../../functions/booking-api/session-presentation.ts';
import { createCallStatusHandler } from '../../../functions/call-status/handler.ts';
import { createRecordingUploadedHandler } from '../../../functions/recording-uploaded/handler.ts';
import { createSessionSummaryHandler } from '../../../functions/session-summary/handler.ts';
import { createBookingLinks } from '../../../functions/shared/adapters/dynamodb/bookings/booking-links.ts';
import { createNumberStore } from '../../../functions/shared/adapters/dynamodb/bookings/number-store.ts';
import { createCallRecord } from '../../../functions/shared/adapters/dynamodb/calls/calls-table.ts';
import { createSessionRecorder } from '../../../functions/shared/adapters/dynamodb/calls/calls-table-recorder.ts';
import type { Postpone } from '../../../functions/shared/ports/postpone.ts';
import { createWebhookRetryHandler } from '../../../functions/webhook-retry/handler.ts';
import { createReplays } from '../../../functions/webhook-retry/replays.ts';
import { startTestDatabase, type TestDatabase, type TestTables } from '../../support/dynamodb-engine.ts';
import { testRetry } from '../../support/followed-store.ts';
import { answerOf, fakeWebhookTools, receivedAtMs, sampleEvent } from '../../support/webhooks.ts';

const sessionId = 'c5e1a7d0-1f4b-11f1-8c52-4b1d9e07a3f6';

let database: TestDatabase;
let client: DynamoDBDocumentClient;
let tables: TestTables;

beforeAll(async () => {
  database = await startTestDatabase();
  client = DynamoDBDocumentClient.from(database.client, { marshallOptions: { removeUndefinedValues: true } });
});

afterAll(() => database.stop());

beforeEach(async () => {
  database.proxy.setFaults({});
  tables = await database.createTables();
});

const stored = { key: 'recordings/a.mp3', sizeBytes: 12 };

/** The webhooks of calls and their replay over one store, with queues that remember. */
function service(
  find: () => Promise<typeof stored | undefined> = async () => stored,
  postpone: Postpone = async () => undefined,
) {
  const fakes = fakeWebhookTools();
  const { tools, quarantined } = fakes;
  const recorder = createSessionRecorder({
    client,
    tableName: tables.calls,
    bookingLinks: createBookingLinks(client, tables.bookings),
    retentionDays: 400,
  });
  const recordings = { find };
  const handlers = {
    'call-status': createCallStatusHandler(tools, recorder),
    'session-summary': createSessionSummaryHandler(tools, recorder),
    'recording-uploaded': createRecordingUploadedHandler(tools, recorder, recordings),
  };
  const retry = createWebhookRetryHandler({
    replays: createReplays({
      recorder,
      recordings,
      numbers: createNumberStore(client, { tables: { bookings: tables.bookings }, retry: testRetry }),
      logger: tools.logger,
    }),
    quarantine: tools.queues,
    postpone,
    random: () => 1,
    logger: tools.logger,
    nowMs: () => receivedAtMs,
  });
  return {
    ...fakes,
    quarantined,
    retry,
    send: (webhook: keyof typeof handlers) => answerOf(handlers[webhook], sampleEvent(webhook)),
    async session() {
      const view = await createCallRecord(client, tables.calls).findSession(sessionId);
      return view && presentSession(view);
    },
  };
}

/** A batch as SQS delivers it. */
function batch(messages: readonly unknown[], receiveCounts: readonly number[] = []): SQSEvent {
  return {
    Records: messages.map((message, index) => ({
      messageId: `message-${index}`,
      receiptHandle: `receipt-${index}`,
      body: typeof message === 'string' ? message : JSON.stringify(message),
      attributes: {
        ApproximateReceiveCount: String(receiveCounts[index] ?? 1),
        SentTimestamp: '0',
        SenderId: 'sender',
        ApproximateFirstReceiveTimestamp: '0',
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:retry',
      awsRegion: 'eu-central-1',
    })),
  };
}

const webhooks = ['call-status', 'session-summary', 'recording-uploaded'] as const;

describe('the webhooks of one call', () => {
  test('twice and in reverse order give one session in one final state', async () => {
    const { send, session } = service();
    for (const webhook of webhooks) await send(webhook);
    const forward = await session();

    tables = await database.createTables();
    const other = service();
    for (const webhook of [...webhooks, ...webhooks].reverse()) await other.send(webhook);

    expect(await other.session()).toEqual(forward);
    expect(forward).toMatchObject({
      status: 'COMPLETED',
      outcome: 'answered',
      durationSeconds: 96,
      events: [{ status: 'CALL_CONNECTED', at: '2026-03-14T08:21:41.950Z' }],
      recordings: [{ verified: true, key: stored.key, durationSeconds: 96 }],
    });
  });

  test('that came while the store was down end in the same state when they are replayed', async () => {
    const undisturbed = service();
    for (const webhook of webhooks) await undisturbed.send(webhook);
    const expected = await undisturbed.session();

    tables = await database.createTables();
    const disturbed = service();
    database.proxy.setFaults({ stopped: true });
    const answers = [];
    for (const webhook of webhooks) answers.push(await disturbed.send(webhook));
    const whileDown = await disturbed.retry(batch(disturbed.retried));
    database.proxy.setFaults({});
    const replayed = await disturbed.retry(batch([...disturbed.retried, ...disturbed.retried].reverse()));

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
    expect(whileDown.batchItemFailures).toHaveLength(3);
    expect(replayed).toEqual({ batchItemFailures: [] });
    expect(await disturbed.session()).toEqual(expected);
    expect(disturbed.lines.join('\n')).not.toMatch(/9111000|3129000/);
  });

  test('a bucket that fails loses no recording', async () => {
    const { send, session, retried } = service(() => Promise.reject(new Error('The bucket is down.')));

    const answer = await send('recording-uploaded');

    expect([answer.statusCode, retried]).toEqual([200, []]);
    expect((await session())?.recordings).toMatchObject([{ verified: false, key: null }]);
  });
});

describe('the replay', () => {
  test('gives back only what failed', async () => {
    const { send, retried, retry } = service();
    database.proxy.setFaults({ stopped: true });
    await send('call-status');
    await send('session-summary');
    database.proxy.setFaults({});
    const broken = { ...retried[1], webhook: 'VNU' };
    const { tools } = fakeWebhookTools();
    const partly = createWebhookRetryHandler({
      replays: {
        VCS: async () => undefined,
        VSS: async () => undefined,
        VRU: async () => undefined,
        VNU: () => Promise.reject(new Error('The store cannot be reached.')),
      },
      quarantine: tools.queues,
      postpone: async () => undefined,
      random: () => 1,
      logger: tools.logger,
      nowMs: () => receivedAtMs,
    });

    const answer = await partly(batch([retried[0], broken]));

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
    expect(await retry(batch(retried))).toEqual({ batchItemFailures: [] });
  });

  test('comes back later each time to what the store still does not take', async () => {
    const waits: [string, number][] = [];
    const { retry, retried, send } = service(undefined, async (...wait) => void waits.push(wait));
    database.proxy.setFaults({ stopped: true });
    for (let n = 0; n < 3; n += 1) await send('call-status');

    const answer = await retry(batch(retried, [1, 3, 20]));

    expect(answer.batchItemFailures).toHaveLength(3);
    expect(waits.toSorted()).toEqual([
      ['receipt-0', 5],
      ['receipt-1', 20],
      ['receipt-2', 300],
    ]);
  });

  test('leaves the wait to the queue where it cannot be changed', async () => {
    const { retry, retried, send } = service(undefined, () => Promise.reject(new Error('No answer.')));
    database.proxy.setFaults({ stopped: true });
    await send('call-status');

    expect(await retry(batch(retried))).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
  });

  test('sets aside what no replay could store', async () => {
    const { retry, quarantined } = service();
    const strange = { webhook: 'VSS', receivedAtMs, body: '{"eventType":"SESSION_SUMMARY"}' };

    const answer = await retry(batch(['no json', { webhook: 'VXX' }, strange]));

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(quarantined.map(({ webhook, body }) => [webhook, body])).toEqual([
      ['unknown', 'no json'],
      ['unknown', '{"webhook":"VXX"}'],
      ['VSS', strange.body],
    ]);
  });
});

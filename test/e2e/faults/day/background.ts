import { gzipSync } from 'node:zlib';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord, SQSRecord } from 'aws-lambda';
import { createCallDecisionsHandler } from '../../../../functions/call-decisions/handler.ts';
import { createChangePublisher } from '../../../../functions/change-publisher/handler.ts';
import { createEventWebhookHandler } from '../../../../functions/event-webhook/handler.ts';
import { createNumberSyncHandler } from '../../../../functions/number-sync/handler.ts';
import { createRecordingReconcilerHandler } from '../../../../functions/recording-reconciler/handler.ts';
import { bookingAttributes } from '../../../../functions/shared/adapters/dynamodb/bookings/rows.ts';
import type { ServiceEvent } from '../../../../functions/shared/use-cases/service-events.ts';
import { createWebhookRetryHandler } from '../../../../functions/webhook-retry/handler.ts';
import { createReplays } from '../../../../functions/webhook-retry/replays.ts';
import { openEightByEight } from './eight-by-eight.ts';
import { printedByRuntime } from './log-lines.ts';
import type { DayWorld } from './world.ts';

/** Runs the functions that nobody waits for, on what has come up since their last run. */
export function openBackground(day: DayWorld) {
  const { logger, nowMs, random, world, lines } = day;
  const eightByEight = openEightByEight(day);
  const recorder = day.unreliable(day.calls);
  const bucket = day.unreliable(day.bucket);
  const numbers = day.unreliable(world.numbers);
  const { postpone } = day.unreliable({ postpone: async () => undefined });
  const published: ServiceEvent[] = [];

  const callDecisions = createCallDecisionsHandler({
    recorder,
    counter: day.unreliable(world.counter),
    logger,
    nowMs,
  });
  const webhookRetry = createWebhookRetryHandler({
    replays: createReplays({ recorder, recordings: bucket, numbers, logger }),
    quarantine: day.unreliable(day.queues),
    postpone,
    random,
    logger,
    nowMs,
  });
  const bus = {
    async publish(events: readonly ServiceEvent[]) {
      published.push(...events);
      return events.slice(0, random() < 0.1 ? 1 : 0);
    },
  };
  const changePublisher = createChangePublisher({
    bus: day.unreliable(bus),
    options: { includePhoneNumbers: true },
    logger,
  });
  const eventWebhook = createEventWebhookHandler({
    ...day.unreliable({
      post: async () => ({ status: random() < 0.1 ? 503 : 200, retryAfterSeconds: undefined }),
    }),
    keys: day.unreliable({ get: async () => [Buffer.from('a key that is long enough')] }),
    postpone,
    logger,
    nowMs,
    random,
  });
  const recordingReconciler = createRecordingReconcilerHandler({
    calls: recorder,
    bookings: day.unreliable(world.bookings),
    statuses: eightByEight,
    recordings: bucket,
    recorder,
    logger,
    nowMs,
  });
  const numberSync = createNumberSyncHandler({ inventory: eightByEight, numbers, nowMs, logger });

  async function invoke(run: () => Promise<unknown>): Promise<void> {
    try {
      await run();
    } catch (error) {
      lines.push(printedByRuntime(error));
    }
  }

  let read = 0;
  function newDecisions(): string[] {
    const fresh = lines.slice(read).filter((line) => line.includes('"CALL_DECIDED"'));
    read = lines.length;
    return fresh;
  }

  return {
    /** @param number somebody whom what is damaged is about. */
    async runAll(number: string): Promise<void> {
      await invoke(() => callDecisions(logDelivery([...newDecisions(), `START ${number}`])));
      await invoke(() => callDecisions({ awslogs: { data: Buffer.from(number).toString('base64') } }));
      await invoke(() => callDecisions({ awslogs: { data: gzipSync(number).toString('base64') } }));
      const bodies = day.waiting.splice(0).map((event) => JSON.stringify(event));
      await invoke(() => webhookRetry({ Records: [...bodies, number, `{"${number}":1}`].map(queued) }));
      const bookings = [...world.tables.bookings.values()].slice(-5);
      const changes = bookings.map((booking) => changeOf(bookingAttributes(booking)));
      await invoke(() => changePublisher({ Records: changes }));
      await invoke(() =>
        changePublisher({ Records: [...changes, changeOf({ parties: number, [number]: 1 })] }),
      );
      const details = published.splice(0).map((detail) => JSON.stringify({ detail }));
      await invoke(() => eventWebhook({ Records: [...details, number].map(queued) }));
      await invoke(recordingReconciler);
      await invoke(numberSync);
    },
  };
}

function logDelivery(messages: readonly string[]) {
  const text = JSON.stringify({
    messageType: 'DATA_MESSAGE',
    logEvents: messages.map((message) => ({ message })),
  });
  return { awslogs: { data: gzipSync(text).toString('base64') } };
}

function queued(body: string, position: number): SQSRecord {
  return {
    messageId: `message-${position}`,
    receiptHandle: `receipt-${position}`,
    body,
    attributes: {
      ApproximateReceiveCount: '2',
      SentTimestamp: '0',
      SenderId: 'sender',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-central-1:000000000000:queue',
    awsRegion: 'eu-central-1',
  };
}

function changeOf(row: object): DynamoDBRecord {
  const imageOf = (content: object) =>
    marshall(content, { removeUndefinedValues: true }) as NonNullable<
      DynamoDBRecord['dynamodb']
    >['NewImage'] &
      object;
  const key = { pk: 'BOOKING', sk: 'BOOKING' };
  return {
    eventID: 'change',
    eventName: 'INSERT',
    dynamodb: {
      Keys: imageOf(key),
      NewImage: imageOf({ ...key, ...row }),
      SequenceNumber: '1',
      ApproximateCreationDateTime: 0,
    },
  };
}

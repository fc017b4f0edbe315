import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { RawWebhook } from '../../../functions/shared/ports/webhook-queues.ts';

/** As the stack configures the queue: a message that failed this often is a dead letter. */
const MOST_TRIES = 20;
const BATCH_SIZE = 10;

interface Message {
  readonly messageId: string;
  readonly body: string;
  receiveCount: number;
}

/** What a batch is given to; it answers which messages of it failed. */
export type BatchConsumer = (event: SQSEvent) => Promise<SQSBatchResponse>;

/** A retry queue in memory that treats its messages as SQS does: at least once, in no promised order. */
export interface RetryQueue {
  readonly size: () => number;
  /** How many messages were ever sent to it. */
  readonly kept: () => number;
  readonly deadLetters: readonly string[];
  /** The most often that any message was received. */
  readonly mostReceives: () => number;
  keep(event: RawWebhook): Promise<void>;
  /**
   * Gives one batch to the consumer and forgets what it could process. A consumer that throws, or whose answer is
   * lost on the way, gets the whole batch again.
   * @returns whether there was anything to give.
   */
  deliverBatch(consumer: BatchConsumer): Promise<boolean>;
}

export function createRetryQueue(): RetryQueue {
  const waiting: Message[] = [];
  const deadLetters: string[] = [];
  let sent = 0;
  let mostReceives = 0;

  function giveBack(message: Message): void {
    if (message.receiveCount >= MOST_TRIES) deadLetters.push(message.body);
    else waiting.push(message);
  }

  return {
    size: () => waiting.length,
    kept: () => sent,
    deadLetters,
    mostReceives: () => mostReceives,
    async keep(event) {
      sent += 1;
      waiting.push({ messageId: `message-${sent}`, body: JSON.stringify(event), receiveCount: 0 });
    },
    async deliverBatch(consumer) {
      const batch = waiting.splice(0, BATCH_SIZE);
      if (batch.length === 0) return false;
      for (const message of batch) {
        message.receiveCount += 1;
        mostReceives = Math.max(mostReceives, message.receiveCount);
      }
      const failed = await consumer({ Records: batch.map(toRecord) }).then(
        ({ batchItemFailures }) => new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)),
        () => undefined,
      );
      for (const message of batch) if (failed?.has(message.messageId) ?? true) giveBack(message);
      return true;
    },
  };
}

function toRecord({ messageId, body, receiveCount }: Message): SQSRecord {
  return {
    messageId,
    body,
    receiptHandle: messageId,
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: '0',
      SenderId: 'sender',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:WebhookRetryQueue',
    awsRegion: 'eu-central-1',
  };
}

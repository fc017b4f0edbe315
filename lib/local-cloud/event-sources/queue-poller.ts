import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteMessageBatchCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSRecord, SQSRecordAttributes } from 'aws-lambda';
import type { LambdaService } from '../lambda/lambda-service.ts';
import { compilePattern, type EventMatcher } from '../template/event-pattern.ts';
import { REGION } from '../template/physical-names.ts';
import type { EventSourceMapping } from '../template/trigger-definitions.ts';
import { readBatchResult } from './batch-answer.ts';

/** SQS gives no more than ten messages at a time. */
const MOST_RECEIVED = 10;
const LONG_POLL_SECONDS = 20;
const PAUSE_AFTER_ERROR_MS = 500;
/** Batches of one queue that are processed side by side. */
const CONSUMERS = 2;

/**
 * Feeds a function from a queue: long polling, whole or partial failure of a batch; what failed becomes visible
 * again after the queue's visibility timeout, and the queue itself moves it to its dead-letter queue in the end.
 * @returns what ends the feeding, and settles when it has ended.
 */
export function startQueuePoller(
  mapping: EventSourceMapping,
  queueUrl: string,
  services: { readonly sqs: SQSClient; readonly lambda: LambdaService },
): () => Promise<void> {
  const { sqs, lambda } = services;
  const stopping = new AbortController();
  const { signal } = stopping;
  const matches = compilePatterns(mapping.patterns);

  const receive = async (): Promise<Message[]> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: Math.min(mapping.batchSize, MOST_RECEIVED),
        WaitTimeSeconds: LONG_POLL_SECONDS,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
      { abortSignal: signal },
    );
    return Messages;
  };

  const remove = async (messages: readonly Message[]): Promise<void> => {
    if (messages.length === 0) return;
    const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  };

  const process = async (messages: readonly Message[]): Promise<void> => {
    const wanted = messages.filter(({ Body = '' }) => matches({ body: parse(Body) }));
    await remove(messages.filter((message) => !wanted.includes(message)));
    if (wanted.length === 0) return;
    const Records = wanted.map((message) => recordOf(message, mapping.sourceArn));
    const outcome = await lambda.invoke(mapping.functionName, { Records });
    const identifiers = Records.map(({ messageId }) => messageId);
    const failed = readBatchResult(outcome, identifiers, mapping.reportsItemFailures);
    if (failed === 'all-failed') return;
    await remove(wanted.filter(({ MessageId = '' }) => !failed.has(MessageId)));
  };

  const consume = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await process(await receive());
      } catch {
        // The queue server is gone for now: the messages are kept there, and nothing else can be done.
        await sleep(PAUSE_AFTER_ERROR_MS, undefined, { signal }).catch(() => {});
      }
    }
  };

  const consumers = Array.from({ length: CONSUMERS }, consume);
  return async () => {
    stopping.abort();
    await Promise.all(consumers);
  };
}

/** A record is delivered when it fits any of the patterns, or when there are none. */
export function compilePatterns(patterns: readonly unknown[] | undefined): EventMatcher {
  if (patterns === undefined) return () => true;
  const matchers = patterns.map(compilePattern);
  return (record) => matchers.some((matches) => matches(record));
}

function recordOf(message: Message, eventSourceARN: string): SQSRecord {
  const attributes: Partial<Record<string, string>> = message.Attributes ?? {};
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: {
      ...attributes,
      ApproximateReceiveCount: attributes.ApproximateReceiveCount ?? '1',
      SentTimestamp: attributes.SentTimestamp ?? '',
      SenderId: attributes.SenderId ?? '',
      ApproximateFirstReceiveTimestamp: attributes.ApproximateFirstReceiveTimestamp ?? '',
    } satisfies SQSRecordAttributes,
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [name, attributeOf(value)]),
    ),
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN,
    awsRegion: REGION,
  };
}

function attributeOf({ StringValue, BinaryValue, DataType }: MessageAttributeValue) {
  return {
    ...(StringValue !== undefined && { stringValue: StringValue }),
    ...(BinaryValue !== undefined && { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
    stringListValues: [],
    binaryListValues: [],
    dataType: DataType ?? 'String',
  };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

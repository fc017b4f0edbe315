import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import type { Random } from '../shared/domain/allocation.ts';
import { backoffSeconds } from '../shared/domain/backoff.ts';
import { countMetric, type Logger } from '../shared/observability/logger.ts';
import { metricNames } from '../shared/observability/metric-names.ts';
import type { CachedValue } from '../shared/ports/cached-value.ts';
import type { Postpone } from '../shared/ports/postpone.ts';
import { SIGNATURE_HEADER, signatureOf } from './signature.ts';

export interface EventWebhookDependencies {
  /** Sends the event; settles with the status of the answer, and rejects when there is none. */
  readonly post: (body: string, headers: Readonly<Record<string, string>>) => Promise<number>;
  readonly postpone: Postpone;
  readonly secrets: CachedValue<readonly string[]>;
  readonly logger: Logger;
  readonly nowMs: () => number;
  readonly random: Random;
}

const BETWEEN_TRIES = { firstSeconds: 10, longestSeconds: 900 } as const;

/** What EventBridge wraps around an event. */
const envelope = z.object({ detail: z.looseObject({ eventId: z.string(), type: z.string() }) });

/**
 * Hands events to the company's own HTTPS endpoint, each signed. Any 2xx takes an event; after anything else the
 * event waits in the queue, longer each time, until the queue gives up and keeps it among its dead letters.
 */
export function createEventWebhookHandler(deps: EventWebhookDependencies) {
  const { post, postpone, secrets, logger, nowMs, random } = deps;

  async function send(record: SQSRecord): Promise<void> {
    const { detail } = envelope.parse(JSON.parse(record.body));
    const body = JSON.stringify(detail);
    const status = await post(body, {
      'content-type': 'application/json; charset=utf-8',
      [SIGNATURE_HEADER]: signatureOf(body, await secrets.get(), nowMs()),
      'x-number-masking-event': detail.type,
      'x-number-masking-event-id': detail.eventId,
    });
    if (status < 200 || status > 299) throw new Error(`The receiver answered ${status}.`);
  }

  async function sendOrPostpone(record: SQSRecord): Promise<SQSBatchResponse['batchItemFailures']> {
    try {
      await send(record);
      return [];
    } catch (error) {
      const attempts = Number(record.attributes.ApproximateReceiveCount);
      logger.error('EVENT_NOT_TAKEN', error, { attempts }, [countMetric(metricNames.eventWebhookRefused)]);
      // Where this fails the message comes back all the same, after the wait that the queue has for all.
      const seconds = backoffSeconds(attempts, BETWEEN_TRIES, random);
      await postpone(record.receiptHandle, seconds).catch(() => undefined);
      return [{ itemIdentifier: record.messageId }];
    }
  }

  return async ({ Records: records }: SQSEvent): Promise<SQSBatchResponse> => ({
    batchItemFailures: (await Promise.all(records.map(sendOrPostpone))).flat(),
  });
}

import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import { countMetric, type Logger } from '../shared/observability/logger.ts';
import { metricNames } from '../shared/observability/metric-names.ts';
import type { CachedValue } from '../shared/ports/cached-value.ts';
import { SIGNATURE_HEADER, signatureOf } from './signature.ts';

/** Puts a message back for a while. */
export type Postpone = (receiptHandle: string, seconds: number) => Promise<void>;

export interface EventWebhookDependencies {
  /** Sends the event; settles with the status of the answer, and rejects when there is none. */
  readonly post: (body: string, headers: Readonly<Record<string, string>>) => Promise<number>;
  readonly postpone: Postpone;
  readonly secrets: CachedValue<readonly string[]>;
  readonly logger: Logger;
  readonly nowMs: () => number;
}

const FIRST_WAIT_SECONDS = 10;
const LONGEST_WAIT_SECONDS = 900;

/** What EventBridge wraps around an event. */
const envelope = z.object({ detail: z.looseObject({ eventId: z.string(), type: z.string() }) });

/** How long an event waits after its n-th try: twice as long each time, up to a quarter of an hour. */
export function waitSeconds(tries: number): number {
  return Math.min(FIRST_WAIT_SECONDS * 2 ** (tries - 1), LONGEST_WAIT_SECONDS);
}

/**
 * Hands events to the company's own HTTPS endpoint, each signed. Any 2xx takes an event; after anything else the
 * event waits in the queue, longer each time, until the queue gives up and keeps it among its dead letters.
 */
export function createEventWebhookHandler(deps: EventWebhookDependencies) {
  const { post, postpone, secrets, logger, nowMs } = deps;

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
      await postpone(record.receiptHandle, waitSeconds(attempts)).catch(() => undefined);
      return [{ itemIdentifier: record.messageId }];
    }
  }

  return async ({ Records: records }: SQSEvent): Promise<SQSBatchResponse> => ({
    batchItemFailures: (await Promise.all(records.map(sendOrPostpone))).flat(),
  });
}

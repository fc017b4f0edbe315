import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import type { Random } from '../shared/domain/allocation.ts';
import { backoffSeconds } from '../shared/domain/backoff.ts';
import { countMetric, type Logger } from '../shared/observability/logger.ts';
import { metricNames } from '../shared/observability/metric-names.ts';
import type { CachedValue } from '../shared/ports/cached-value.ts';
import type { Postpone } from '../shared/ports/postpone.ts';
import type { Post } from './post.ts';
import { signedHeaders } from './signature.ts';

export interface EventWebhookDependencies {
  readonly post: Post;
  readonly postpone: Postpone;
  readonly keys: CachedValue<readonly Uint8Array[]>;
  readonly logger: Logger;
  readonly nowMs: () => number;
  readonly random: Random;
}

const BETWEEN_TRIES = { firstSeconds: 10, longestSeconds: 900 } as const;
/** SQS hides a message for twelve hours at most; a receiver that asks for longer is asked again meanwhile. */
const LONGEST_WAIT_SECONDS = 6 * 3600;
const GONE = 410;
/** How long a receiver that is gone for good is sent nothing, until one event finds out whether it is back. */
const GONE_SECONDS = 3600;

/** What EventBridge wraps around an event. */
const envelope = z.object({ detail: z.looseObject({ id: z.string(), type: z.string() }) });

/** The receiver did not take an event. */
class NotTakenError extends Error {
  override readonly name = 'NotTakenError';
  readonly waitSeconds: number;

  /** @param waitSeconds how long it wants to be left alone; 0 where it does not say. */
  constructor(message: string, waitSeconds = 0) {
    super(message);
    this.waitSeconds = waitSeconds;
  }
}

/**
 * Hands events to the company's own HTTPS endpoint, each signed. Any 2xx takes an event; after anything else the
 * event waits in the queue, longer each time and as long as the receiver asks for, until the queue gives up and keeps
 * it among its dead letters. A receiver that is gone is left alone; its events wait.
 */
export function createEventWebhookHandler(deps: EventWebhookDependencies) {
  const { post, postpone, keys, logger, nowMs, random } = deps;
  let goneUntilMs = 0;

  async function send(record: SQSRecord): Promise<void> {
    const { detail } = envelope.parse(JSON.parse(record.body));
    if (nowMs() < goneUntilMs) throw new NotTakenError('The receiver said that it is gone.', GONE_SECONDS);
    const body = JSON.stringify(detail);
    const { status, retryAfterSeconds } = await post(body, {
      'content-type': 'application/cloudevents+json; charset=utf-8',
      ...signedHeaders(detail.id, body, await keys.get(), nowMs()),
    });
    if (status === GONE) goneUntilMs = nowMs() + GONE_SECONDS * 1000;
    if (status < 200 || status > 299) {
      throw new NotTakenError(
        `The receiver answered ${status}.`,
        status === GONE ? GONE_SECONDS : retryAfterSeconds,
      );
    }
  }

  async function sendOrPostpone(record: SQSRecord): Promise<SQSBatchResponse['batchItemFailures']> {
    try {
      await send(record);
      return [];
    } catch (error) {
      const attempts = Number(record.attributes.ApproximateReceiveCount);
      logger.error('EVENT_NOT_TAKEN', error, { attempts }, [countMetric(metricNames.eventWebhookRefused)]);
      const asked = error instanceof NotTakenError ? error.waitSeconds : 0;
      const seconds = Math.max(backoffSeconds(attempts, BETWEEN_TRIES, random), asked);
      // Where this fails the message comes back all the same, after the wait that the queue has for all.
      await postpone(record.receiptHandle, Math.min(seconds, LONGEST_WAIT_SECONDS)).catch(() => undefined);
      return [{ itemIdentifier: record.messageId }];
    }
  }

  return async ({ Records: records }: SQSEvent): Promise<SQSBatchResponse> => ({
    batchItemFailures: (await Promise.all(records.map(sendOrPostpone))).flat(),
  });
}

import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import type { Random } from '../shared/domain/allocation.ts';
import { backoffSeconds } from '../shared/domain/backoff.ts';
import { parseJson } from '../shared/domain/parse-json.ts';
import type { InputIssue } from '../shared/domain/problems.ts';
import type { Logger } from '../shared/observability/logger.ts';
import type { Postpone } from '../shared/ports/postpone.ts';
import {
  type AcknowledgedWebhook,
  acknowledgedWebhooks,
  type Quarantine,
} from '../shared/ports/webhook-queues.ts';
import type { Replay } from './replays.ts';

export interface WebhookRetryDependencies {
  readonly replays: Readonly<Record<AcknowledgedWebhook, Replay>>;
  readonly quarantine: Quarantine;
  readonly postpone: Postpone;
  readonly random: Random;
  readonly logger: Logger;
  readonly nowMs: () => number;
  readonly storePatienceMs?: number;
}

/** A store that is gone for a moment is asked again soon; one that is gone for long every few minutes. */
const BETWEEN_TRIES = { firstSeconds: 5, longestSeconds: 300 } as const;
/** Longer than a webhook may wait, and well within the time of the function. */
const STORE_PATIENCE_MS = 10_000;

const rawWebhook = z.object({
  webhook: z.enum(acknowledgedWebhooks),
  receivedAtMs: z.number(),
  body: z.string(),
});

/**
 * Replays webhooks that could not be stored when they came in. What fails again stays in the queue, alone, and comes
 * back later each time, until the queue gives up and keeps it among its dead letters; what no replay could ever store
 * is set aside.
 */
export function createWebhookRetryHandler(deps: WebhookRetryDependencies) {
  const { replays, quarantine, postpone, random, logger, nowMs } = deps;

  async function replay(record: SQSRecord): Promise<void> {
    const message = rawWebhook.safeParse(parseJson(record.body));
    if (!message.success) return setAside('unknown', record.body, [], nowMs());
    const { webhook, receivedAtMs, body } = message.data;
    const signal = AbortSignal.timeout(deps.storePatienceMs ?? STORE_PATIENCE_MS);
    const issues = await replays[webhook](parseJson(body), { receivedAtMs, signal });
    if (issues !== undefined) return setAside(webhook, body, issues, receivedAtMs);
    logger.info('WEBHOOK_REPLAYED', { webhook, attempts: Number(record.attributes.ApproximateReceiveCount) });
  }

  async function setAside(
    webhook: string,
    body: string,
    issues: readonly InputIssue[],
    receivedAtMs: number,
  ): Promise<void> {
    logger.warn('WEBHOOK_QUARANTINED', { webhook, paths: issues.map(({ path }) => path) });
    await quarantine.quarantine({ webhook, receivedAtMs, body, issues });
  }

  async function replayOrPostpone(record: SQSRecord): Promise<SQSBatchResponse['batchItemFailures']> {
    try {
      await replay(record);
      return [];
    } catch (error) {
      const attempts = Number(record.attributes.ApproximateReceiveCount);
      logger.error('WEBHOOK_NOT_REPLAYED', error, { attempts });
      // Where this fails the message comes back all the same, after the wait that the queue has for all.
      const seconds = backoffSeconds(attempts, BETWEEN_TRIES, random);
      await postpone(record.receiptHandle, seconds).catch(() => undefined);
      return [{ itemIdentifier: record.messageId }];
    }
  }

  return async ({ Records: records }: SQSEvent): Promise<SQSBatchResponse> => ({
    batchItemFailures: (await Promise.all(records.map(replayOrPostpone))).flat(),
  });
}

import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import type { InputIssue } from '../shared/domain/problems.ts';
import type { Receipt, WebhookRecording } from '../shared/http/acknowledge-webhook.ts';
import type { Logger } from '../shared/observability/logger.ts';
import {
  type AcknowledgedWebhook,
  acknowledgedWebhooks,
  type Quarantine,
} from '../shared/ports/webhook-queues.ts';

/** Records a body again. @returns the faults of one that cannot be read, and nothing when it is stored. */
export type Replay = (body: unknown, receipt: Receipt) => Promise<readonly InputIssue[] | undefined>;

export interface WebhookRetryDependencies {
  readonly replays: Readonly<Record<AcknowledgedWebhook, Replay>>;
  readonly quarantine: Quarantine;
  readonly logger: Logger;
  readonly nowMs: () => number;
  readonly storePatienceMs?: number;
}

/** Longer than a webhook may wait, and well within the time of the function. */
const STORE_PATIENCE_MS = 10_000;

const rawWebhook = z.object({
  webhook: z.enum(acknowledgedWebhooks),
  receivedAtMs: z.number(),
  body: z.string(),
});

/** How a webhook is replayed: as it is recorded when it comes in. */
export function replayOf<Event>({ parse, record }: WebhookRecording<Event>): Replay {
  return async (body, receipt) => {
    const parsed = parse(body);
    if (!parsed.ok) return parsed.issues;
    await record(parsed.event, receipt);
    return undefined;
  };
}

/**
 * Replays webhooks that could not be stored when they came in. What fails again stays in the queue, alone; what no
 * replay could ever store is set aside. The queue waits between tries and gives up after many, into its dead
 * letters.
 */
export function createWebhookRetryHandler(deps: WebhookRetryDependencies) {
  const { replays, quarantine, logger, nowMs } = deps;

  async function replay(record: SQSRecord): Promise<void> {
    const message = rawWebhook.safeParse(parseJson(record.body));
    if (!message.success) return setAside('unknown', record.body, []);
    const { webhook, receivedAtMs, body } = message.data;
    const signal = AbortSignal.timeout(deps.storePatienceMs ?? STORE_PATIENCE_MS);
    const issues = await replays[webhook](parseJson(body), { receivedAtMs, signal });
    if (issues !== undefined) return setAside(webhook, body, issues);
    logger.info('WEBHOOK_REPLAYED', { webhook, attempts: Number(record.attributes.ApproximateReceiveCount) });
  }

  async function setAside(webhook: string, body: string, issues: readonly InputIssue[]): Promise<void> {
    logger.warn('WEBHOOK_QUARANTINED', { webhook, paths: issues.map(({ path }) => path) });
    await quarantine.quarantine({ webhook, receivedAtMs: nowMs(), body, issues });
  }

  return async ({ Records: records }: SQSEvent): Promise<SQSBatchResponse> => {
    const failed = await Promise.all(
      records.map(async (record) => {
        try {
          await replay(record);
          return [];
        } catch (error) {
          const attempts = Number(record.attributes.ApproximateReceiveCount);
          logger.error('WEBHOOK_NOT_REPLAYED', error, { attempts });
          return [{ itemIdentifier: record.messageId }];
        }
      }),
    );
    return { batchItemFailures: failed.flat() };
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

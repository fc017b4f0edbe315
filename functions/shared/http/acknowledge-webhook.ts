import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type InputIssue, ProblemError } from '../domain/problems.ts';
import { isOfOtherAccount } from '../domain/sub-account.ts';
import { countMetric, type Logger } from '../observability/logger.ts';
import { metricNames } from '../observability/metric-names.ts';
import type { AcknowledgedWebhook, RawWebhook, WebhookQueues } from '../ports/webhook-queues.ts';
import type { StoreEvent } from '../use-cases/store-webhooks.ts';
import { type JsonBody, readJsonBody } from './json-body.ts';
import { problemAnswer } from './problem-answer.ts';
import { type WebhookAuthOptions, webhookAuth } from './webhook-auth.ts';

/** The store gets this long; then the event is queued while 8x8 still waits for the answer. */
const STORE_PATIENCE_MS = 3000;

/** What every event of the platform may say: the sub-account it is about. */
export interface SentEvent {
  readonly subAccountId: string | undefined;
}

/** The event that a body is, or every fault that kept it from being one. */
export type ParsedEvent<Event> =
  | { readonly ok: true; readonly event: Event }
  | { readonly ok: false; readonly issues: readonly InputIssue[] };

/** One kind of webhook: how its body is read, and how its event is made durable. */
export interface WebhookKind<Event extends SentEvent> {
  readonly parse: (body: unknown) => ParsedEvent<Event>;
  readonly store: StoreEvent<Event>;
}

/** What every acknowledged webhook needs beside its kind. */
export interface WebhookTools extends Omit<WebhookAuthOptions, 'webhook'> {
  /** The sub-account of this deployment; empty where none is configured, and then any is accepted. */
  readonly ownSubAccount?: string;
  readonly queues: WebhookQueues;
  readonly nowMs: () => number;
  readonly storePatienceMs?: number;
}

export interface AcknowledgedWebhookOptions<Event extends SentEvent>
  extends WebhookTools,
    WebhookKind<Event> {
  readonly webhook: AcknowledgedWebhook;
}

const OTHER_ACCOUNT: InputIssue = {
  path: 'payload.subAccountId',
  message: 'must be the sub-account of this deployment: `eightByEight.subAccountId`',
};

type Answer = APIGatewayProxyStructuredResultV2;

/**
 * The handler of a webhook that 8x8 only wants acknowledged. It answers 200 once the event is durable: stored, or
 * in the retry queue when the store fails or takes too long. If neither can take it the answer is 503, so that 8x8
 * may send it again. A body of unknown shape is kept in quarantine and answered 400.
 */
export function createAcknowledgedWebhook<Event extends SentEvent>(
  options: AcknowledgedWebhookOptions<Event>,
) {
  const { webhook, parse, store, queues, logger, nowMs } = options;
  const storePatienceMs = options.storePatienceMs ?? STORE_PATIENCE_MS;

  async function keep(event: Event, raw: RawWebhook): Promise<void> {
    try {
      const signal = AbortSignal.timeout(storePatienceMs);
      await unlessAborted(store(event, { receivedAtMs: raw.receivedAtMs, signal }), signal);
    } catch (error) {
      logger.error('WEBHOOK_DEFERRED', error, { webhook }, [countMetric(metricNames.webhookDeferred)]);
      await queues.keepForRetry(raw);
    }
  }

  async function refuse({ text }: JsonBody, issues: readonly InputIssue[]): Promise<Answer> {
    const paths = issues.map(({ path }) => path);
    logger.warn('WEBHOOK_QUARANTINED', { webhook, paths }, [countMetric(metricNames.webhookQuarantined)]);
    await queues.quarantine({ webhook, receivedAtMs: nowMs(), body: text, issues });
    return problemAnswer(
      new ProblemError('INVALID_REQUEST', `The body is not a ${webhook} webhook of 8x8; it was set aside.`, {
        issues,
      }),
    );
  }

  return middy<APIGatewayProxyEventV2, Answer>()
    .use(answerFailures(webhook, logger))
    .use(webhookAuth({ ...options, webhook }))
    .handler(async (request): Promise<Answer> => {
      const body = readJsonBody(request);
      const parsed = parse(body.value);
      if (!parsed.ok) return refuse(body, parsed.issues);
      if (isOfOtherAccount(parsed.event.subAccountId, options.ownSubAccount)) {
        logger.warn('WEBHOOK_OF_OTHER_ACCOUNT', { webhook }, [
          countMetric(metricNames.webhookOfOtherAccount),
        ]);
        return refuse(body, [OTHER_ACCOUNT]);
      }
      await keep(parsed.event, { webhook, receivedAtMs: nowMs(), body: body.text });
      return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: '{}' };
    });
}

function answerFailures(webhook: string, logger: Logger) {
  return {
    onError: (request: { error: Error | null; response: unknown }): void => {
      const { error } = request;
      if (error instanceof ProblemError) {
        logger.warn('WEBHOOK_REFUSED', { webhook, problem: error.code });
        request.response = problemAnswer(error);
        return;
      }
      logger.error('WEBHOOK_FAILED', error, { webhook });
      const detail = 'The event could neither be stored nor queued; please send it again.';
      request.response = problemAnswer(new ProblemError('STORE_UNAVAILABLE', detail));
    },
  };
}

/** Waits for the work, but not beyond the signal: what ignores the signal must not hold up the answer. */
async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort);
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}

import { isoMilliseconds } from '../model/clock.ts';
import { type Faults, type PlannedDelivery, planDeliveries } from '../model/faults.ts';
import { createRandom } from '../model/random.ts';
import { enabledWebhooks, type WebhookRegistration } from '../model/sub-account.ts';
import type { JsonObject, WebhookType } from '../model/webhook-types.ts';
import type { Platform } from '../platform.ts';
import type { Exchange, OutgoingEvent, PendingDelivery, PendingReason } from './outgoing-events.ts';
import { type PostOutcome, postWebhook } from './post-webhook.ts';

/**
 * Delivers the events of one session, one after the other, with the faults of its seed.
 * @param hold keeps every delivery back until a flush.
 */
export async function deliverEvents(
  platform: Platform,
  events: readonly OutgoingEvent[],
  faults: Faults,
  seed: string,
  hold = false,
): Promise<void> {
  for (const delivery of planDeliveries(events, faults, seed)) {
    const reason = hold ? 'held' : delivery.heldBack;
    if (reason !== undefined) platform.run.pending.push({ ...delivery, reason });
    else await deliver(platform, delivery);
  }
}

/** Which pending deliveries a flush makes, and how. */
export interface FlushRequest {
  readonly reasons: readonly PendingReason[];
  readonly webhooks: readonly WebhookType[];
  readonly sessionId: string | undefined;
  readonly order: 'due' | 'shuffled';
  readonly seed: string;
  readonly concurrency: number;
}

/** What a flush did. */
export interface FlushResult {
  readonly delivered: number;
  readonly failed: number;
  readonly remaining: number;
}

/** Makes the pending deliveries that the request names, without further faults. */
export async function flushDeliveries(platform: Platform, request: FlushRequest): Promise<FlushResult> {
  const isNamed = ({ reason, event }: PendingDelivery) =>
    request.reasons.includes(reason) &&
    request.webhooks.includes(event.webhook) &&
    (request.sessionId === undefined || request.sessionId === event.sessionId);
  const named = platform.run.pending.filter(isNamed).sort((left, right) => left.dueMs - right.dueMs);
  platform.run.pending = platform.run.pending.filter((delivery) => !isNamed(delivery));
  const queue = request.order === 'due' ? named : createRandom(request.seed, 'flush').shuffled(named);

  let delivered = 0;
  let failed = 0;
  async function work(): Promise<void> {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (await deliver(platform, next)) delivered += 1;
      else failed += 1;
    }
  }
  await Promise.all(Array.from({ length: request.concurrency }, work));
  return { delivered, failed, remaining: platform.run.pending.length };
}

/** Sends one event to every webhook of its type; a failed one is kept, so that a flush can try it again. */
async function deliver(platform: Platform, delivery: PlannedDelivery<OutgoingEvent>): Promise<boolean> {
  const { event } = delivery;
  const webhooks = enabledWebhooks(event.subAccount, event.webhook);
  let taken = true;
  for (const webhook of webhooks) {
    if (!(await deliverTo(webhook, platform, delivery))) taken = false;
  }
  if (!taken) platform.run.pending.push({ ...delivery, reason: 'failed' });
  if (webhooks.length > 0) event.onDelivered?.(taken);
  return taken;
}

async function deliverTo(
  webhook: WebhookRegistration,
  platform: Platform,
  { event, dueMs, slowMs }: PlannedDelivery<OutgoingEvent>,
): Promise<boolean> {
  const { delivery: settings } = platform.run;
  for (let attempt = 1; attempt <= 1 + settings.retries; attempt += 1) {
    const outcome = await postWebhook(webhook, event.body, settings, slowMs, platform.stopping.signal);
    const taken = outcome.kind === 'answered' && outcome.status === 200;
    const problem = taken ? null : describeRefusal(outcome);
    event.exchanges.push(toExchange(event.webhook, event.body, outcome, { atMs: dueMs, attempt, problem }));
    if (taken) return true;
  }
  return false;
}

function describeRefusal(outcome: PostOutcome): string {
  return outcome.kind === 'answered' ? `answered ${outcome.status} instead of 200` : outcome.problem;
}

/** Notes one request with its answer. */
export function toExchange(
  webhook: WebhookType,
  request: JsonObject,
  outcome: PostOutcome,
  { atMs, attempt, problem }: { atMs: number; attempt: number; problem: string | null },
): Exchange {
  return {
    webhook,
    at: isoMilliseconds(atMs),
    attempt,
    request,
    response:
      outcome.kind === 'answered'
        ? { status: outcome.status, body: readBody(outcome.text), milliseconds: outcome.milliseconds }
        : null,
    problem,
  };
}

function readBody(text: string): unknown {
  if (text === '') return null;
  try {
    const body: unknown = JSON.parse(text);
    return body;
  } catch {
    return text;
  }
}

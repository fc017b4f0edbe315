import type { DueEvent, PlannedDelivery } from '../model/faults.ts';
import type { SubAccount } from '../model/sub-account.ts';
import type { JsonObject, WebhookType } from '../model/webhook-types.ts';

/** One webhook request and what came back. */
export interface Exchange {
  readonly webhook: WebhookType;
  /** Simulated time of the request. */
  readonly at: string;
  /** 1 for the first try, more for repetitions after a failure. */
  readonly attempt: number;
  readonly request: JsonObject;
  readonly response: {
    readonly status: number;
    /** The JSON of the answer; its text when it is not JSON; null when it is empty. */
    readonly body: unknown;
    readonly milliseconds: number;
  } | null;
  /** What was wrong with the answer, in words; null when nothing was. */
  readonly problem: string | null;
}

/** An event of a session (or of the number pool) on its way to the webhook of its type. */
export interface OutgoingEvent extends DueEvent {
  readonly subAccount: SubAccount;
  readonly sessionId: string | null;
  readonly body: JsonObject;
  /** Where the exchange is noted. */
  readonly exchanges: Exchange[];
  /** Told after every delivery whether the endpoint took it. */
  readonly onDelivered?: ((taken: boolean) => void) | undefined;
}

/** Why a delivery waits for a flush. */
export const pendingReasons = ['dropped', 'delayed', 'failed', 'held'] as const;
export type PendingReason = (typeof pendingReasons)[number];

/** A delivery that waits for a flush. */
export interface PendingDelivery extends PlannedDelivery<OutgoingEvent> {
  readonly reason: PendingReason;
}

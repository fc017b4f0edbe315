import type { InputIssue } from '../domain/problems.ts';

/** The webhooks that 8x8 only wants acknowledged. */
export const acknowledgedWebhooks = ['VCS', 'VSS', 'VRU', 'VNU'] as const;
export type AcknowledgedWebhook = (typeof acknowledgedWebhooks)[number];

/** A webhook as it came in. */
export interface RawWebhook {
  readonly webhook: AcknowledgedWebhook;
  readonly receivedAtMs: number;
  /** The JSON text, unchanged. */
  readonly body: string;
}

/** A body that nobody expected, for a person to look at. */
export interface QuarantinedWebhook {
  readonly webhook: string;
  readonly receivedAtMs: number;
  readonly body: string;
  readonly issues: readonly InputIssue[];
}

/** Where a webhook goes that has a shape nobody expected. Resolves when the queue has it for sure. */
export interface Quarantine {
  quarantine(event: QuarantinedWebhook): Promise<void>;
}

/** Where a webhook goes that cannot be stored. */
export interface WebhookQueues extends Quarantine {
  /** Keeps an event to be replayed; resolves when the queue has it for sure. */
  keepForRetry(event: RawWebhook): Promise<void>;
}

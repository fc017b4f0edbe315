import type { Quarantine, RawWebhook, WebhookQueues } from '../../ports/webhook-queues.ts';
import { sendMessage } from './message-sender.ts';

/** The queues of a webhook over SQS; for a function that replays nothing, the quarantine alone. */
export function createWebhookQueues(urls: { retry: string; quarantine: string }): WebhookQueues;
export function createWebhookQueues(urls: { quarantine: string }): Quarantine;
export function createWebhookQueues(urls: { retry?: string; quarantine: string }): Quarantine {
  const { retry, quarantine } = urls;
  return {
    quarantine: (event) => sendMessage(quarantine, event),
    ...(retry !== undefined && { keepForRetry: (event: RawWebhook) => sendMessage(retry, event) }),
  };
}

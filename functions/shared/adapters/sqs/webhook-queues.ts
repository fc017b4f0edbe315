import type { WebhookQueues } from '../../ports/webhook-queues.ts';
import { sendMessage } from './message-sender.ts';

interface QueueUrls {
  readonly retry: string;
  readonly quarantine: string;
}

/** The queues of the acknowledged webhooks over SQS. */
export function createWebhookQueues(urls: QueueUrls): WebhookQueues {
  return {
    keepForRetry: (event) => sendMessage(urls.retry, event),
    quarantine: (event) => sendMessage(urls.quarantine, event),
  };
}

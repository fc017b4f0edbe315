import type { QuarantinedWebhook } from '../../ports/webhook-queues.ts';
import { sendMessage } from './message-sender.ts';

/** Sets a body of unknown shape aside, for a function that has no retry queue. */
export function createQuarantine(queueUrl: string) {
  return (webhook: string, body: string): Promise<void> => {
    const message: QuarantinedWebhook = { webhook, receivedAtMs: Date.now(), body, issues: [] };
    return sendMessage(queueUrl, message);
  };
}

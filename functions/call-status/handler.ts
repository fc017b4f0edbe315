import { parseCallStatus } from '../shared/adapters/eight-by-eight/webhooks/call-status-event.ts';
import { createAcknowledgedWebhook, type WebhookTools } from '../shared/http/acknowledge-webhook.ts';
import type { SessionRecorder } from '../shared/ports/call-record.ts';
import { storeCallStatus } from '../shared/use-cases/store-webhooks.ts';

/** VCS: keeps how far a leg of a call has got. Best effort on the platform's side, so nothing relies on it. */
export function createCallStatusHandler(tools: WebhookTools, recorder: SessionRecorder) {
  return createAcknowledgedWebhook({
    ...tools,
    parse: parseCallStatus,
    store: storeCallStatus(recorder),
    webhook: 'VCS',
  });
}

import { parseNumberUpdated } from '../shared/adapters/eight-by-eight/webhooks/number-updated-event.ts';
import { createAcknowledgedWebhook, type WebhookTools } from '../shared/http/acknowledge-webhook.ts';
import type { NumberStore } from '../shared/ports/number-store.ts';
import { storeNumberUpdated } from '../shared/use-cases/store-webhooks.ts';

/** VNU: takes over the state of virtual numbers, each by the time 8x8 changed it. */
export function createNumberUpdatedHandler(tools: WebhookTools, numbers: NumberStore) {
  return createAcknowledgedWebhook({
    ...tools,
    parse: parseNumberUpdated,
    store: storeNumberUpdated(numbers, tools.logger),
    webhook: 'VNU',
  });
}

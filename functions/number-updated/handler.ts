import { createAcknowledgedWebhook, type WebhookHouse } from '../shared/http/acknowledge-webhook.ts';
import { numberUpdatedRecording } from '../shared/http/number-updated-recording.ts';
import type { NumberStore } from '../shared/ports/booking-store.ts';

/** VNU: takes over the state of virtual numbers, each by the time 8x8 changed it. */
export function createNumberUpdatedHandler(house: WebhookHouse, numbers: NumberStore) {
  return createAcknowledgedWebhook({
    ...house,
    ...numberUpdatedRecording(numbers, house.logger),
    webhook: 'VNU',
  });
}

import { createAcknowledgedWebhook, type WebhookHouse } from '../shared/http/acknowledge-webhook.ts';
import type { SessionRecorder } from '../shared/ports/call-record.ts';
import { callStatusRecording } from '../shared/use-cases/record-webhooks.ts';

/** VCS: keeps how far a leg of a call has got. Best effort on the platform's side, so nothing relies on it. */
export function createCallStatusHandler(house: WebhookHouse, recorder: SessionRecorder) {
  return createAcknowledgedWebhook({ ...house, ...callStatusRecording(recorder), webhook: 'VCS' });
}

import { createAcknowledgedWebhook, type WebhookHouse } from '../shared/http/acknowledge-webhook.ts';
import type { SessionRecorder } from '../shared/ports/call-record.ts';
import { sessionSummaryRecording } from '../shared/use-cases/record-webhooks.ts';

/** VSS: closes a session with what 8x8 says about it, which wins over everything said before. */
export function createSessionSummaryHandler(house: WebhookHouse, recorder: SessionRecorder) {
  return createAcknowledgedWebhook({
    ...house,
    ...sessionSummaryRecording(recorder, house.logger),
    webhook: 'VSS',
  });
}

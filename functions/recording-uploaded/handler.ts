import { parseRecordingUploaded } from '../shared/adapters/eight-by-eight/webhooks/recording-uploaded-event.ts';
import { createAcknowledgedWebhook, type WebhookTools } from '../shared/http/acknowledge-webhook.ts';
import type { SessionRecorder } from '../shared/ports/call-record.ts';
import type { RecordingFinder } from '../shared/ports/recordings.ts';
import { storeRecordingUploaded } from '../shared/use-cases/store-webhooks.ts';

/** VRU: looks whether a recording has arrived and attaches it to its session. */
export function createRecordingUploadedHandler(
  tools: WebhookTools,
  recorder: SessionRecorder,
  recordings: RecordingFinder,
) {
  return createAcknowledgedWebhook({
    ...tools,
    parse: parseRecordingUploaded,
    store: storeRecordingUploaded(recorder, recordings, tools.logger),
    webhook: 'VRU',
  });
}

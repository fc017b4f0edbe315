import { createAcknowledgedWebhook, type WebhookHouse } from '../shared/http/acknowledge-webhook.ts';
import type { SessionRecorder } from '../shared/ports/call-record.ts';
import type { RecordingFinder } from '../shared/ports/recordings.ts';
import { recordingUploadedRecording } from '../shared/use-cases/record-webhooks.ts';

/** VRU: looks whether a recording has arrived and attaches it to its session. */
export function createRecordingUploadedHandler(
  house: WebhookHouse,
  recorder: SessionRecorder,
  recordings: RecordingFinder,
) {
  return createAcknowledgedWebhook({
    ...house,
    ...recordingUploadedRecording(recorder, recordings, house.logger),
    webhook: 'VRU',
  });
}

import { parseRecordingUploaded } from '../../../../../../functions/shared/adapters/eight-by-eight/webhooks/recording-uploaded-event.ts';
import { describeWebhookContract } from './webhook-contract.ts';

const uploaded = {
  sessionId: 'c5e1a7d0-1f4b-11f1-8c52-4b1d9e07a3f6',
  recordingId: 'd20c7b35-1f4b-11f1-b1e8-2a94f60d57c3',
  status: 'UPLOAD_COMPLETED',
  durationSeconds: 96,
  filePath:
    'masked-calls/2026-03-14/c5e1a7d0-1f4b-11f1-8c52-4b1d9e07a3f6/' +
    'd20c7b35-1f4b-11f1-b1e8-2a94f60d57c3_2026-03-14T08:21:42.011Z.mp3',
};

describeWebhookContract({
  webhook: 'recording-uploaded',
  parse: parseRecordingUploaded,
  accepted: {
    uploaded,
    'payload-first-and-extra-fields': { ...uploaded, subAccountId: 'harbourcab_mask' },
    'spelled-like-the-recording-api': { ...uploaded, status: 'COMPLETED', filePath: undefined },
    'duration-as-text-and-start-time': {
      ...uploaded,
      startedAtMs: Date.UTC(2026, 2, 14, 8, 21, 42, 11),
    },
    nulls: { ...uploaded, status: undefined, durationSeconds: undefined, filePath: undefined },
    'status-of-tomorrow': { ...uploaded, status: 'UPLOAD_QUEUED' },
  },
  refused: {
    'no-recording-id': ['payload.recordingId'],
    'recording-id-with-a-path': ['payload.recordingId'],
    'another-event-type': ['eventType'],
    'payload-as-text': ['payload'],
  },
});

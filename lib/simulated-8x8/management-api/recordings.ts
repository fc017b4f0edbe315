import { externalFileUrl } from '../call-engine/recording.ts';
import { isoMilliseconds } from '../model/clock.ts';
import type { Recording, VoiceSession } from '../model/voice-session.ts';
import { genericError, succeeded } from './answers.ts';
import type { Operation } from './operations.ts';

/** What the platform gives for a start it never noted. */
const UNSET_TIME = '1969-12-31T23:59:59.999Z';

/** GET /recordings/{sessionId}. */
export const recordingOperations: readonly Operation[] = [
  {
    method: 'GET',
    path: '/recordings/{sessionId}',
    summary: 'Recordings of a session and how far they got',
    handle(platform, subAccount, { params }) {
      const session = platform.run.sessions.get(params.sessionId?.toLowerCase() ?? '');
      if (session === undefined || session.subAccount !== subAccount) {
        return genericError(platform, 'not-found', subAccount.id);
      }
      const { recording } = session;
      return succeeded({ recordings: recording === undefined ? [] : [describe(session, recording)] });
    },
  },
];

function describe(session: VoiceSession, recording: Recording): object {
  const { recordingStart, recordingStatus } = session.variations;
  const startRecordingTime = recordingStart === 'unset' ? UNSET_TIME : isoMilliseconds(recording.startMs);
  const fileUrl =
    recording.object === undefined ? {} : { externalFileUrl: externalFileUrl(session, recording) };
  const { id: subAccountId } = session.subAccount;
  const { recordingId, status, durationSeconds } = recording;
  return recordingStatus === 'guide'
    ? { recordingId, sessionId: session.sessionId, subAccountId, status, ...fileUrl, startRecordingTime }
    : {
        recordingId,
        sessionid: session.sessionId,
        subAccountId,
        status: status === 'CALLBACK_COMPLETED' ? 'completed' : status.toLowerCase(),
        ...fileUrl,
        duration: durationSeconds,
        startRecordingTime,
      };
}

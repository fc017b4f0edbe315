import { type SessionFailure, sessionErrorMessages } from '../model/session-errors.ts';
import type { VoiceSession } from '../model/voice-session.ts';
import { inBackground, type Platform } from '../platform.ts';
import { deliverEvents } from '../webhooks/deliveries.ts';
import { recordingUploadedBody, sessionSummaryBody } from '../webhooks/webhook-bodies.ts';
import { record, reportedFilePath } from './recording.ts';
import { disconnect, emit, note } from './session-timeline.ts';

/** How long after a session its summary and its recording are reported. */
const SUMMARY_DELAY_MS = 1_000;
const RECORDING_DELAY_MS = { 'after-summary': 5_000, 'before-summary': 500 } as const;

/** When the events of a session are delivered: before the caller of the simulator gets its answer, after, or never. */
export type DeliveryMoment = 'before-answer' | 'in-background' | 'on-flush';

/**
 * Ends a session: hangs up what is connected, gives it its status, makes the recording and sends the events.
 *
 * | callA | callB | session | when |
 * |---|---|---|---|
 * | COMPLETED | COMPLETED | COMPLETED | bridged |
 * | COMPLETED | NO_ANSWER, BUSY, FAILED | as callB | the other party was not reached |
 * | CANCELED | CANCELED | CANCELED | the caller gave up before that was known |
 * | COMPLETED | none | COMPLETED | nobody was dialled |
 * | ERROR | none | ERROR | the call action failed, or there is no coverage |
 * | COMPLETED | ERROR | ERROR | the other leg could not be made |
 */
export async function endSession(
  platform: Platform,
  session: VoiceSession,
  failure: SessionFailure | undefined,
  moment: DeliveryMoment,
): Promise<void> {
  if (failure !== undefined) fail(session, failure);
  if (session.status === 'IN_PROGRESS') session.status = 'COMPLETED';
  for (const leg of [...session.legs].reverse()) {
    disconnect(session, leg, session.status === 'CANCELED' ? 'CANCELED' : 'COMPLETED');
  }
  await record(platform, session);
  emitReports(session);
  platform.clock.reach(session.nowMs);
  platform.log({ code: 'SESSION_ENDED', sessionId: session.sessionId, status: session.status });

  const delivering = deliverEvents(
    platform,
    session.outbox.splice(0),
    session.faults,
    session.seed,
    moment === 'on-flush',
  );
  if (moment === 'in-background') inBackground(platform, delivering);
  else await delivering;
}

function fail(session: VoiceSession, failure: SessionFailure): void {
  session.status = 'ERROR';
  session.error = {
    code: failure.code,
    message: sessionErrorMessages[failure.code],
    reason: failure.message,
  };
  const broken = session.legs.at(-1);
  if (broken !== undefined) disconnect(session, broken, 'ERROR');
}

function emitReports(session: VoiceSession): void {
  emit(session, 'VSS', sessionSummaryBody(session), SUMMARY_DELAY_MS);
  const { recording } = session;
  if (recording?.object === undefined) return;
  const [leg] = session.legs;
  if (leg !== undefined) note(session, leg, 'recorded', recording.object.key);
  emit(
    session,
    'VRU',
    recordingUploadedBody(session, recording, reportedFilePath(session, recording)),
    RECORDING_DELAY_MS[session.variations.recordingReport],
    (taken) => {
      recording.status = taken ? 'CALLBACK_COMPLETED' : 'CALLBACK_FAILED';
    },
  );
}

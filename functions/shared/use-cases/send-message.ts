import { hangup, makeCall, outboundCallflow, playFile, type Repetition, say } from '../domain/callflow.ts';
import { InvalidCallflowError } from '../domain/callflow-rules.ts';
import type { Announcement } from '../domain/dialogue/menu.ts';
import { classRefusal, defaultNumberRules, type NumberRules } from '../domain/number-class.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import { numbersNotAllowed, ProblemError } from '../domain/problems.ts';
import { describeUnknownVoiceProfile, unknownVoiceProfiles } from '../domain/voice-profiles.ts';
import type { Logger } from '../observability/logger.ts';
import type { BlocklistStore } from '../ports/blocklist.ts';
import type { SessionRecorder } from '../ports/call-record.ts';
import type {
  AcceptedCallflow,
  CallflowSender,
  VoiceProfileCatalogue,
} from '../ports/eight-by-eight-account.ts';

/** A voice message: what one phone is to hear. */
export interface VoiceMessage {
  readonly to: PhoneNumber;
  /** The virtual number that is shown. */
  readonly from: PhoneNumber;
  readonly announcement: Announcement;
  readonly voiceProfile: string;
  readonly speed: number;
  readonly repetition: Repetition;
  /** Nobody is rung after it, epoch milliseconds. */
  readonly validUntilMs: number | undefined;
}

export interface SendMessageDependencies {
  readonly blocklist: Pick<BlocklistStore, 'find'>;
  readonly sender: CallflowSender;
  readonly voices: VoiceProfileCatalogue | undefined;
  readonly recorder: SessionRecorder;
  readonly logger: Logger;
  /** Which numbers may be called. */
  readonly rules?: { readonly numbers?: NumberRules };
  readonly nowMs: () => number;
}

/**
 * Rings one phone and says something to whoever answers. What became of it stands in the record of the session.
 *
 * @returns the id of the session.
 * @throws ProblemError INVALID_REQUEST, PHONE_NUMBER_NOT_ALLOWED, PHONE_NUMBER_BLOCKED; EightByEightError.
 */
export async function sendMessage(message: VoiceMessage, deps: SendMessageDependencies): Promise<string> {
  const { to } = message;
  const callflow = callflowOf(message, deps.nowMs());
  const refusal = classRefusal(to, deps.rules?.numbers ?? defaultNumberRules);
  if (refusal !== undefined) throw numbersNotAllowed([{ path: 'to', message: refusal }]);
  if ((await deps.blocklist.find(to)) !== undefined) {
    throw new ProblemError(
      'PHONE_NUMBER_BLOCKED',
      'The number is on the blocklist. Remove the block to call.',
      {
        issues: [{ path: 'to', message: 'is on the blocklist' }],
      },
    );
  }
  await refuseUnknownVoice(message, deps);
  const call = await deps.sender.sendCallflow(callflow);
  await attach(call, deps);
  return call.sessionId;
}

function invalid(path: string, message: string): ProblemError {
  return new ProblemError('INVALID_REQUEST', 'The message cannot be sent; see `errors`.', {
    issues: [{ path, message }],
  });
}

function callflowOf(message: VoiceMessage, nowMs: number) {
  const { to, from, announcement, voiceProfile, speed, repetition, validUntilMs } = message;
  if (validUntilMs !== undefined && validUntilMs <= nowMs)
    throw invalid('validUntil', 'must be in the future');
  const field = 'say' in announcement ? 'say' : 'play';
  try {
    const heard =
      'say' in announcement
        ? say({ text: announcement.say, voiceProfile, speed, repetition })
        : playFile({ fileUrl: announcement.play, repetition });
    const dial = makeCall({ source: from, destination: to });
    return outboundCallflow([dial, heard, hangup()], validUntilMs === undefined ? {} : { validUntilMs });
  } catch (error) {
    if (!(error instanceof InvalidCallflowError)) throw error;
    const [, name = ''] = error.path.split('.');
    const path = ['voiceProfile', 'speed', 'repetition'].includes(name) ? name : field;
    throw invalid(path, `${error.problem}; allowed: ${error.allowed}`);
  }
}

/** A voice that the account does not have is silence to whoever answers. */
async function refuseUnknownVoice(
  { announcement, voiceProfile }: VoiceMessage,
  { voices }: Pick<SendMessageDependencies, 'voices'>,
): Promise<void> {
  if (voices === undefined || !('say' in announcement)) return;
  const [unknown] = unknownVoiceProfiles([voiceProfile], await voices.voiceProfiles());
  if (unknown !== undefined) throw invalid('voiceProfile', describeUnknownVoiceProfile(unknown));
}

/** The phone rings already: a record that cannot be written now must not look like a call that failed. */
async function attach(
  { sessionId, callFlowRequestId }: AcceptedCallflow,
  { recorder, logger, nowMs }: SendMessageDependencies,
): Promise<void> {
  const atMs = nowMs();
  const eventId = callFlowRequestId ?? sessionId;
  const decision = { eventId, kind: 'voice-message', bookingId: undefined, atMs };
  try {
    await recorder.record(sessionId, { kind: 'decision', decision }, { receivedAtMs: atMs });
  } catch (error) {
    logger.error('VOICE_MESSAGE_NOT_RECORDED', error, { sessionId });
  }
}

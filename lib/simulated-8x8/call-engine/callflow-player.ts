import type {
  CallAction,
  CaptureParameters,
  PlayFileParameters,
  SayParameters,
} from '../model/callflow-actions.ts';
import { SessionFailure } from '../model/session-errors.ts';
import type { Leg, VoiceSession } from '../model/voice-session.ts';
import type { Platform } from '../platform.ts';
import { downloadAudio } from './audio-download.ts';
import { captureSettings, listen } from './capture.ts';
import { type DialResult, dial } from './dialling.ts';
import { advance, connect, emitCallStatus, note, play } from './session-timeline.ts';

/** A calm speaker says about fifteen characters in a second. */
const CHARACTERS_PER_SECOND = 15;
const SHORTEST_SPEECH_SECONDS = 1;
/** Every file lasts as long, whatever is in it. */
const FILE_SECONDS = 10;

/** What came of a callflow: the session is over, or the next call action is to be asked for. */
export type PlayOutcome =
  | { readonly next: 'end' }
  | { readonly next: 'ask'; readonly dtmf: string | null | undefined; readonly afterBridge: boolean };

const END: PlayOutcome = { next: 'end' };

/**
 * Plays the actions of a callflow in order on the session's timeline.
 * @throws SessionFailure when an action cannot be carried out.
 */
export async function playCallflow(
  platform: Platform,
  session: VoiceSession,
  callflow: readonly CallAction[],
): Promise<PlayOutcome> {
  for (const action of callflow) {
    const outcome = await playAction(platform, session, action);
    if (outcome !== undefined) return outcome;
  }
  return END;
}

/** @returns undefined when the callflow goes on. */
async function playAction(
  platform: Platform,
  session: VoiceSession,
  action: CallAction,
): Promise<PlayOutcome | undefined> {
  switch (action.action) {
    case 'say':
      session.lastAction = 'SAY';
      return unlessHungUp(session, speak(session, action.params));
    case 'playFile':
      session.lastAction = 'PLAY_FILE';
      return unlessHungUp(session, await playFile(platform, session, action.params));
    case 'sayAndCapture':
      session.lastAction = 'SAY_AND_CAPTURE';
      return capture(session, action.params);
    case 'makeCall':
      session.lastAction = 'MAKE_CALL';
      return afterDialling(session, dial(session, action.params));
    case 'hangup':
      session.lastAction = 'HANGUP';
      return END;
  }
}

function unlessHungUp(session: VoiceSession, stillThere: boolean): PlayOutcome | undefined {
  if (stillThere) return undefined;
  session.lastAction = 'HANGUP';
  return END;
}

function afterDialling(session: VoiceSession, result: DialResult): PlayOutcome | undefined {
  if (result === 'answered') return undefined;
  const isAsked = result === 'callee-left' && session.variations.postBridgeAction === 'sent';
  return isAsked ? { next: 'ask', dtmf: session.script.keyEntries.shift()?.keys, afterBridge: true } : END;
}

/** The leg of the party that hears what is said; playing to a caller answers the call first. */
function answeredLeg(session: VoiceSession): Leg {
  const [leg] = session.legs;
  if (leg === undefined) throw new SessionFailure(-2001, 'there is nobody to play to');
  connect(session, leg);
  return leg;
}

function speak(session: VoiceSession, params: SayParameters): boolean {
  const leg = answeredLeg(session);
  requireVoice(session, params.voiceProfile);
  play(session, leg, params.text);
  return advance(session, speechMs(params.text, params.speed) * (params.repetition ?? 1));
}

function speechMs(text: string, speed = 1): number {
  return Math.ceil(Math.max(SHORTEST_SPEECH_SECONDS, text.length / CHARACTERS_PER_SECOND) / speed) * 1000;
}

function requireVoice(session: VoiceSession, voiceProfile: string): void {
  const { speechProfiles } = session.subAccount;
  if (!speechProfiles.some(({ speechProfileCode }) => speechProfileCode === voiceProfile)) {
    throw new SessionFailure(
      -2005,
      `the account has no voice profile ${voiceProfile}: see GET …/speech-profiles`,
    );
  }
  if (session.script.platformError === -2005)
    throw new SessionFailure(-2005, 'the call asked for this error');
}

async function playFile(
  platform: Platform,
  session: VoiceSession,
  { fileUrl, repetition = 1 }: PlayFileParameters,
): Promise<boolean> {
  const leg = answeredLeg(session);
  await downloadAudio(platform, session, fileUrl);
  play(session, leg, fileUrl);
  return advance(session, FILE_SECONDS * 1000 * repetition);
}

function capture(session: VoiceSession, params: CaptureParameters): PlayOutcome {
  const leg = answeredLeg(session);
  requireVoice(session, params.voiceProfile);
  const settings = captureSettings(params, session.variations.captureDefaults);
  const say = (text: string, repetition = 1) => {
    play(session, leg, text);
    return advance(session, speechMs(text, params.speed) * repetition);
  };
  for (let attempt = 1; attempt <= settings.tries; attempt += 1) {
    if (!say(params.promptMessage, params.repetition)) return hungUp(session);
    const entry = session.script.keyEntries.shift();
    const { digits, tookMs } = listen(settings, entry);
    if (!advance(session, tookMs)) return hungUp(session);
    if (entry !== undefined && entry.keys !== '') {
      note(session, leg, 'keyed', entry.keys);
      emitCallStatus(session, leg, 'DTMF_RECEIVED');
    }
    const message = digits === undefined ? params.failureMessage : params.successMessage;
    if (typeof message === 'string' && !say(message)) return hungUp(session);
    if (digits !== undefined) return { next: 'ask', dtmf: digits, afterBridge: false };
  }
  return { next: 'ask', dtmf: null, afterBridge: false };
}

function hungUp(session: VoiceSession): PlayOutcome {
  session.lastAction = 'HANGUP';
  return END;
}

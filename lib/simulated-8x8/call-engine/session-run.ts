import { type InboundCallRequest, type OutboundScript, toCallScript } from '../model/call-request.ts';
import type { CallAction } from '../model/callflow-actions.ts';
import { toE164 } from '../model/phone-numbers.ts';
import { SessionFailure } from '../model/session-errors.ts';
import type { SubAccount } from '../model/sub-account.ts';
import type { VoiceSession } from '../model/voice-session.ts';
import type { Platform } from '../platform.ts';
import { askForCallflow, type CallActionOccasion } from './call-action-request.ts';
import { type PlayOutcome, playCallflow } from './callflow-player.ts';
import { endSession } from './session-end.ts';
import { addLeg, openSession } from './session-timeline.ts';

/** From the arrival of a call to the first action of its callflow, as in the platform's samples. */
const SETUP_MS = 2_000;
/** Whoever was asked this often in one call hangs up, or a menu that repeats itself would never end. */
const MOST_CALL_ACTIONS = 50;

/** Plays a call to a virtual number of this sub-account, from the first ring to the last event. */
export async function playInboundCall(
  platform: Platform,
  subAccount: SubAccount,
  request: InboundCallRequest,
): Promise<VoiceSession> {
  const startMs = request.at === undefined ? platform.clock.nowMs() : Date.parse(request.at);
  const session = openSession(platform, {
    subAccount,
    script: toCallScript(request, [{ answer: request.answer, ringSeconds: request.ringSeconds }], startMs),
    startMs,
    seed: request.seed,
    variations: request.variations,
    faults: request.faults,
  });
  const leg = addLeg(
    session,
    'INBOUND',
    request.fromCountry === undefined ? (toE164(request.from) ?? request.from) : request.from,
    request.dialledAs ?? toE164(request.to) ?? request.to,
  );
  leg.sourceCountry = request.fromCountry;
  const failure = await failureOf(async () => {
    const callflow = await askForCallflow(platform, session, {
      leg,
      callStatus: 'CALL_RECEIVED',
      dtmf: undefined,
      afterBridge: false,
    });
    session.nowMs += SETUP_MS;
    session.startedMs = session.nowMs;
    await playOn(platform, session, callflow);
  });
  await endSession(platform, session, failure, request.deliver);
  return session;
}

/** Opens the session of an accepted Send Callflow; it is played by {@link playOutboundSession}. */
export function openOutboundSession(
  platform: Platform,
  subAccount: SubAccount,
  script: OutboundScript,
): VoiceSession {
  const startMs = platform.clock.nowMs();
  return openSession(platform, {
    subAccount,
    script: toCallScript(script, script.callees, startMs),
    startMs,
    seed: undefined,
    variations: script.variations,
    faults: script.faults,
  });
}

/**
 * Plays the callflow of an outbound session.
 * @param validUntilMs the simulated time after which the callflow is not played any more.
 */
export async function playOutboundSession(
  platform: Platform,
  session: VoiceSession,
  callflow: readonly CallAction[],
  { queueSeconds, validUntilMs }: { queueSeconds: number; validUntilMs: number },
): Promise<void> {
  session.nowMs += queueSeconds * 1000;
  session.startedMs = session.nowMs;
  const failure = await failureOf(async () => {
    if (session.nowMs > validUntilMs) {
      const [first] = callflow;
      if (first?.action === 'makeCall') {
        addLeg(
          session,
          'OUTBOUND',
          toE164(first.params.source) ?? null,
          toE164(first.params.destination) ?? '',
        );
      }
      throw new SessionFailure(-2007, 'the callflow waited longer than its validUntil');
    }
    await playOn(platform, session, callflow);
  });
  await endSession(platform, session, failure, 'before-answer');
}

/** Plays a callflow and all that the VCA webhook answers after it. */
async function playOn(
  platform: Platform,
  session: VoiceSession,
  callflow: readonly CallAction[],
): Promise<void> {
  let outcome: PlayOutcome = await playCallflow(platform, session, callflow);
  while (outcome.next === 'ask' && session.callActionCount < MOST_CALL_ACTIONS) {
    const [leg] = session.legs;
    if (leg === undefined) return;
    const { dtmf, afterBridge } = outcome;
    const occasion: CallActionOccasion = { leg, callStatus: 'ACTION_COMPLETED', dtmf, afterBridge };
    outcome = afterBridge
      ? await askAfterBridge(platform, session, occasion)
      : await playCallflow(platform, session, await askForCallflow(platform, session, occasion));
  }
  if (outcome.next === 'ask') session.lastAction = 'HANGUP';
}

/** The call was a success already: an answer that cannot be played does not make it an error any more. */
async function askAfterBridge(
  platform: Platform,
  session: VoiceSession,
  occasion: CallActionOccasion,
): Promise<PlayOutcome> {
  let outcome: PlayOutcome = { next: 'end' };
  await failureOf(async () => {
    const callflow = await askForCallflow(platform, session, occasion);
    if (callflow.length > 0) outcome = await playCallflow(platform, session, callflow);
  });
  return outcome;
}

async function failureOf(work: () => Promise<void>): Promise<SessionFailure | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof SessionFailure) return error;
    throw error;
  }
}

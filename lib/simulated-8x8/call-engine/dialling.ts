import type { MakeCallParameters } from '../model/callflow-actions.ts';
import { countryOf, toE164 } from '../model/phone-numbers.ts';
import { SessionFailure } from '../model/session-errors.ts';
import type { CalleeBehaviour, CallOutcome, Leg, VoiceSession } from '../model/voice-session.ts';
import { addLeg, advance, connect, disconnect } from './session-timeline.ts';

const usualRingSeconds = { answered: 6, busy: 3, 'no-answer': 45, failed: 2, cancelled: 10 } as const;

const outcomes = {
  answered: 'COMPLETED',
  busy: 'BUSY',
  'no-answer': 'NO_ANSWER',
  failed: 'FAILED',
  cancelled: 'CANCELED',
} as const satisfies Record<CalleeBehaviour['answer'], CallOutcome>;

/** How far dialling got: the call is over, a first party is on the line, or the callee left a bridge. */
export type DialResult = 'over' | 'answered' | 'callee-left';

/**
 * Rings a party. The first leg of an outbound session is answered and waits for what follows; a second leg is
 * bridged to the first, and the two talk.
 * @throws SessionFailure -2004 without coverage, -2008 for a foreign caller ID, or what the call's script asks for.
 */
export function dial(session: VoiceSession, params: MakeCallParameters): DialResult {
  const source = toE164(params.source) ?? params.source;
  const destination = toE164(params.destination) ?? params.destination;
  const [waiting] = session.legs;
  refuseWithoutCoverage(session, source, destination);
  const leg = addLeg(session, 'OUTBOUND', source, destination);
  refuseForeignCallerId(session, source);

  const behaviour = session.script.callees.shift() ?? { answer: 'answered', ringSeconds: undefined };
  const ringMs = (behaviour.ringSeconds ?? usualRingSeconds[behaviour.answer]) * 1000;
  const outcome = advance(session, ringMs) ? outcomes[behaviour.answer] : 'CANCELED';
  if (outcome !== 'COMPLETED') return endUnreached(session, waiting, leg, outcome);
  connect(session, waiting ?? leg);
  connect(session, leg);
  return waiting === undefined ? 'answered' : talk(session, leg, params.callRecording === true);
}

/** The platform finds out before it dials: an inbound session keeps its one leg, unless this account shows the other. */
function refuseWithoutCoverage(session: VoiceSession, source: string, destination: string): void {
  if (countryOf(destination) !== null && session.script.platformError !== -2004) return;
  if (session.variations.noCoverageLeg === 'outbound') {
    for (const leg of session.legs.splice(0)) disconnect(session, leg, 'ERROR');
  }
  if (session.legs.length === 0) addLeg(session, 'OUTBOUND', source, destination);
  throw new SessionFailure(-2004, 'the country of the destination is not covered');
}

function refuseForeignCallerId(session: VoiceSession, source: string): void {
  const { platformError } = session.script;
  if (!session.subAccount.numbers.has(source)) {
    throw new SessionFailure(-2008, 'the source of makeCall is not a virtual number of the sub-account');
  }
  if (platformError !== undefined && platformError !== -2005 && platformError !== -2006) {
    throw new SessionFailure(platformError, 'the call asked for this error');
  }
}

/** The leg ends as it did, and so does the session. */
function endUnreached(
  session: VoiceSession,
  waiting: Leg | undefined,
  leg: Leg,
  outcome: CallOutcome,
): DialResult {
  session.status = outcome;
  const callerWasPutThrough = session.variations.unansweredCaller === 'connected' && outcome !== 'CANCELED';
  if (waiting !== undefined && callerWasPutThrough) connect(session, waiting);
  disconnect(session, leg, outcome);
  return 'over';
}

function talk(session: VoiceSession, leg: Leg, recorded: boolean): DialResult {
  session.connectedTo = leg.destination;
  if (recorded) session.recordingStartMs = session.nowMs;
  const callerStays = advance(session, session.script.talkSeconds * 1000);
  disconnect(session, leg, 'COMPLETED');
  return callerStays ? 'callee-left' : 'over';
}

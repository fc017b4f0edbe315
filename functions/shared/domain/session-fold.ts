import { decisionReasons } from './call-route.ts';
import {
  type CallDecision,
  isConnection,
  isInbound,
  isRouted,
  type SessionInput,
  type SessionOutcome,
  type SessionRecording,
  type SessionView,
} from './session.ts';
import { calleeLegOf, compareEvents, legsOf } from './session-legs.ts';
import type { CallStatusEvent, SessionLeg, SessionSummaryEvent } from './webhook-events.ts';

const outcomesByStatus: ReadonlyMap<string, SessionOutcome> = new Map([
  ['NO_ANSWER', 'missed'],
  ['BUSY', 'busy'],
  ['CANCELED', 'canceled'],
  ['FAILED', 'failed'],
  ['ERROR', 'error'],
]);

const refusalKinds: ReadonlySet<string> = new Set(
  Object.keys(decisionReasons).filter((kind) => kind !== 'connect'),
);

interface Ending {
  readonly status: SessionView['status'];
  readonly outcome: SessionOutcome;
  readonly reachedCallee: boolean;
}

/**
 * Makes one session of everything that is known of it. Pure, and blind to order and repetition: the same inputs
 * give the same session however often and in whatever order they came in.
 *
 * The summary is the truth; before it has come, the events say how far the call has got. The booking is the one the
 * decision names.
 */
export function foldSession(sessionId: string, inputs: readonly SessionInput[]): SessionView {
  const events = distinct(
    inputs.flatMap((input) => (input.kind === 'event' ? [input.event] : [])),
    ({ eventId }) => eventId,
    compareEvents,
  );
  const decisions = distinct(
    inputs.flatMap((input) => (input.kind === 'decision' ? [input.decision] : [])),
    ({ eventId }) => eventId,
    compareDecisions,
  );
  const recordings = distinct(
    inputs.flatMap((input) => (input.kind === 'recording' ? [input.recording] : [])),
    ({ recordingId }) => recordingId,
    compareRecordings,
  ).sort(compareStarts);
  const summary = inputs.find((input) => input.kind === 'summary')?.summary;
  const decision = decisions.find(isConnection) ?? decisions[0];
  const legs = legsOf(summary, events);
  const ending =
    summary === undefined
      ? endingByEvents(legs, decision)
      : endingBySummary(summary.sessionStatus, legs, decision);
  return {
    sessionId,
    bookingId: decision?.bookingId,
    ...ending,
    startedAtMs: summary?.startedAtMs ?? earliest(events, decision, recordings),
    endedAtMs: summary === undefined ? lastDisconnect(ending, legs) : summary.endedAtMs,
    durationSeconds: durationOf(ending, legs),
    legs,
    events,
    decision,
    ...conversationOf(decisions),
    errorCode: summary?.errorCode,
    recordings,
  };
}

/** The steps of a conversation in order, where there was one. */
function conversationOf(decisions: readonly CallDecision[]): Pick<SessionView, 'conversation'> {
  const steps = decisions.filter(({ words }) => words !== undefined).toSorted(compareDecisions);
  return steps.length === 0 ? {} : { conversation: steps };
}

/** One of each, sorted; of several under one id the first in that order. */
function distinct<T>(
  all: readonly T[],
  idOf: (one: T) => string,
  compare: (one: T, other: T) => number,
): T[] {
  const byId = new Map<string, T>();
  for (const one of all.toSorted(compare)) if (!byId.has(idOf(one))) byId.set(idOf(one), one);
  return [...byId.values()];
}

const compareTexts = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

function compareDecisions(one: CallDecision, other: CallDecision): number {
  return one.atMs - other.atMs || compareTexts(one.eventId, other.eventId);
}

/** Of one recording told twice, the one that was seen in the bucket counts. */
function compareRecordings(one: SessionRecording, other: SessionRecording): number {
  return Number(other.verified) - Number(one.verified) || compareStarts(one, other);
}

function compareStarts(one: SessionRecording, other: SessionRecording): number {
  const ofOne = one.startedAtMs ?? Number.MAX_SAFE_INTEGER;
  const ofOther = other.startedAtMs ?? Number.MAX_SAFE_INTEGER;
  return ofOne - ofOther || compareTexts(one.recordingId, other.recordingId);
}

/**
 * What the platform says about the caller's leg proves nothing: it is `COMPLETED` even where nobody answered. So the
 * two people were connected only if the leg to the callee was, and the session did not fail. A call of one leg has
 * nobody on its other end: a voice message, or a dialogue with the caller.
 */
function endingBySummary(
  status: SessionSummaryEvent['sessionStatus'],
  legs: readonly SessionLeg[],
  decision: CallDecision | undefined,
): Ending {
  const calleeLeg = calleeLegOf(legs);
  if (calleeLeg === undefined) return endingOfOneLeg(status, legs[0], decision);
  const known = outcomesByStatus.get(exactStatus(status, calleeLeg));
  if (known !== undefined) return { status, outcome: known, reachedCallee: false };
  const reachedCallee = wasAnswered(calleeLeg);
  if (reachedCallee) return { status, outcome: 'answered', reachedCallee };
  return { status, outcome: outcomesByStatus.get(calleeLeg.status ?? '') ?? 'missed', reachedCallee };
}

/** A word of tomorrow says nothing against a leg that was connected for some time. */
function wasAnswered({ status = '', connectedAtMs, durationSeconds = 0 }: SessionLeg): boolean {
  if (outcomesByStatus.has(status)) return false;
  return status === 'COMPLETED' || connectedAtMs !== undefined || durationSeconds > 0;
}

function endingOfOneLeg(
  status: SessionSummaryEvent['sessionStatus'],
  leg: SessionLeg | undefined,
  decision: CallDecision | undefined,
): Ending {
  const reachedCallee = false;
  if (isRefusal(decision)) return { status, outcome: 'refused', reachedCallee };
  const outcome = outcomesByStatus.get(status) ?? outcomesByStatus.get(leg?.status ?? '');
  if (outcome !== undefined) return { status, outcome, reachedCallee };
  // The callee was to be rung, and the caller had gone before.
  if (decision?.kind === 'connect') return { status, outcome: 'missed', reachedCallee };
  if (leg !== undefined && !isInbound(leg)) {
    // The person whom we rang: heard what there was to hear, or was never there.
    return { status, outcome: wasAnswered(leg) ? 'answered' : 'missed', reachedCallee };
  }
  return { status, outcome: isRouted(decision) ? 'answered' : 'refused', reachedCallee };
}

/** Where FAILED is said of all calls that reached nobody, the callee's leg tells a busy line from a silent one. */
function exactStatus(status: string, calleeLeg: SessionLeg | undefined): string {
  const isUnreached = calleeLeg?.status === 'BUSY' || calleeLeg?.status === 'NO_ANSWER';
  return status === 'FAILED' && isUnreached ? calleeLeg.status : status;
}

function endingByEvents(legs: readonly SessionLeg[], decision: CallDecision | undefined): Ending {
  const calleeLeg = calleeLegOf(legs);
  const callerLeg = legs.find(isInbound) ?? legs[0];
  const reachedCallee = calleeLeg?.connectedAtMs !== undefined;
  const isOver = callerLeg?.disconnectedAtMs !== undefined;
  const status = isOver ? 'DISCONNECTED' : 'IN_PROGRESS';
  if (calleeLeg === undefined && isRefusal(decision)) return { status, outcome: 'refused', reachedCallee };
  if (!isOver) return { status, outcome: 'in-progress', reachedCallee };
  return { status, outcome: reachedCallee ? 'answered' : 'missed', reachedCallee };
}

/** Whether the caller was told why there is no connection; a dialogue, and whatever is new, is no refusal. */
function isRefusal(decision: CallDecision | undefined): boolean {
  return decision !== undefined && refusalKinds.has(decision.kind);
}

function earliest(
  events: readonly CallStatusEvent[],
  decision: CallDecision | undefined,
  recordings: readonly SessionRecording[],
): number | undefined {
  const known = [
    ...events.map((event) => event.occurredAtMs),
    decision?.atMs,
    ...recordings.map((recording) => recording.startedAtMs),
  ].filter((atMs) => atMs !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function lastDisconnect(ending: Ending, legs: readonly SessionLeg[]): number | undefined {
  if (ending.status !== 'DISCONNECTED') return undefined;
  const known = legs.map((leg) => leg.disconnectedAtMs).filter((atMs) => atMs !== undefined);
  return Math.max(...known);
}

function durationOf(ending: Ending, legs: readonly SessionLeg[]): number | undefined {
  if (ending.status === 'IN_PROGRESS') return undefined;
  if (ending.outcome !== 'answered') return 0;
  return (calleeLegOf(legs) ?? legs[0])?.durationSeconds;
}

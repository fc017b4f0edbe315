import type { CallActionEvent } from './webhook-events.ts';

/**
 * How far the session of a call action request has got. `incoming`: a caller waits for a decision. `under-way`: two
 * people may be talking, so nothing may be done to the call. `over`: what was decided has come to its end.
 */
export type CallStage = 'incoming' | 'under-way' | 'over';

/** What was decided for a session before, as far as that is known. */
export type DecidedBefore = 'connected' | 'refused' | undefined;

/** Words that only a call has which was decided before. A word that is not among them may be a new call's. */
const LATER_STATUSES: ReadonlySet<string> = new Set([
  'ACTION_COMPLETED',
  'DTMF_RECEIVED',
  'CALL_CONNECTED',
  'CALL_UPDATED',
  'CALL_DISCONNECTED',
]);
/** SIP answers from here on say that a leg could not be made or was given up. */
const FIRST_SIP_FAILURE = 300;

type StagedEvent = Pick<CallActionEvent, 'callStatus' | 'direction' | 'durationSeconds' | 'sipCode'>;

/**
 * Tells a new call from a later request of one that was decided.
 *
 * 8x8 documents one status and one direction for a new call and may use others tomorrow, so what counts is whether
 * the session can have been decided: if not, it is a new call, whatever it is called. A session that may be bridged
 * is over only where the request proves it; hanging up on two people is worse than a line that nobody hangs up.
 */
export function stageOf(event: StagedEvent, before: DecidedBefore): CallStage {
  const { callStatus = 'CALL_RECEIVED', direction = 'INBOUND' } = event;
  if (before === 'refused') return 'over';
  const isDecided = before === 'connected' || direction === 'OUTBOUND' || LATER_STATUSES.has(callStatus);
  if (!isDecided) return 'incoming';
  return provesTheEnd(event) ? 'over' : 'under-way';
}

function provesTheEnd({ callStatus, durationSeconds = 0, sipCode = 0 }: StagedEvent): boolean {
  if (callStatus === 'CALL_DISCONNECTED' || sipCode >= FIRST_SIP_FAILURE) return true;
  return callStatus === 'ACTION_COMPLETED' && durationSeconds > 0;
}

/** How far back the platform's own time of a request is believed; what is older is a clock that is wrong. */
const LONGEST_DELAY_MS = 30_000;

/**
 * The moment at which a call is decided: when it came in by the platform's clock, so that a request that is sent
 * again is decided like the first one, whatever ended in between. A time that lies ahead of ours or far behind it
 * proves nothing, and ours counts.
 */
export function decisionTimeMs(occurredAtMs: number | undefined, nowMs: number): number {
  if (occurredAtMs === undefined || occurredAtMs > nowMs) return nowMs;
  // A time in whole seconds has been rounded down: the call came in at any moment of that second.
  const latestMs = occurredAtMs % 1000 === 0 ? occurredAtMs + 999 : occurredAtMs;
  return nowMs - latestMs > LONGEST_DELAY_MS ? nowMs : Math.min(latestMs, nowMs);
}

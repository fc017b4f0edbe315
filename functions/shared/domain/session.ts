import type { RoutingDecisionKind } from './call-route.ts';
import type { PhoneNumber } from './phone-number.ts';
import type { CallOutcome, CallStatusEvent, SessionLeg, SessionSummaryEvent } from './webhook-events.ts';

/**
 * What was done with a call that came in; `service-unavailable` when something of ours failed. `click-to-call` is a
 * call of our own: nobody dialled.
 */
export type CallDecisionKind =
  | RoutingDecisionKind
  | 'service-unavailable'
  | 'click-to-call'
  | (string & Record<never, never>);

/** Why a call went where it went, as it was decided when the caller was waiting. */
export interface CallDecision {
  /** The id of the request that was decided. */
  readonly eventId: string;
  readonly kind: CallDecisionKind;
  /** The booking that held the claim; undefined when none did or none could be looked up. */
  readonly bookingId: string | undefined;
  readonly atMs: number;
  /** What the caller did and where it led, step by step. */
  readonly words?: string | undefined;
}

/** A recording of a session that the platform says lies in our bucket. */
export interface SessionRecording {
  readonly recordingId: string;
  /** The platform's word, such as `UPLOAD_COMPLETED`. */
  readonly status: string | undefined;
  readonly durationSeconds: number | undefined;
  readonly startedAtMs: number | undefined;
  /** Where the platform says it put the file. */
  readonly filePath: string | undefined;
  /** Whether the object was seen in the bucket. */
  readonly verified: boolean;
  /** Where the object lies; undefined until it was seen. */
  readonly key: string | undefined;
  readonly sizeBytes: number | undefined;
}

/** A recording whose file was seen in the bucket, as far as others are told of it. */
export type SeenRecording = Pick<
  SessionRecording,
  'recordingId' | 'startedAtMs' | 'durationSeconds' | 'sizeBytes'
>;

/** One thing that is known of a session. A session is the sum of these, in whatever order they came in. */
export type SessionInput =
  | { readonly kind: 'event'; readonly event: CallStatusEvent }
  | { readonly kind: 'summary'; readonly summary: SessionSummaryEvent }
  | { readonly kind: 'recording'; readonly recording: SessionRecording }
  | { readonly kind: 'decision'; readonly decision: CallDecision };

/** How a session ended for the two people, or `in-progress` while it has not. */
export const sessionOutcomes = [
  'answered',
  'missed',
  'busy',
  'failed',
  'canceled',
  'refused',
  'error',
  'in-progress',
] as const;
export type SessionOutcome = (typeof sessionOutcomes)[number];

/** Where and when a call met the pool: enough to find the booking that held the pair. */
export interface CallPoint {
  readonly virtualNumber: PhoneNumber;
  /** Who dialled the virtual number, or was rung with it. */
  readonly phoneNumber: PhoneNumber;
  readonly atMs: number;
}

/** Everything that is known of one masked call. */
export interface SessionView {
  readonly sessionId: string;
  readonly bookingId: string | undefined;
  /** The platform's word once the session is over; before that `IN_PROGRESS`, or `DISCONNECTED` when its legs are. */
  readonly status: CallOutcome | 'IN_PROGRESS' | 'DISCONNECTED';
  readonly outcome: SessionOutcome;
  /** Whether the two people were connected. */
  readonly reachedCallee: boolean;
  readonly startedAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
  /** How long the two people were connected; undefined while that is not known. */
  readonly durationSeconds: number | undefined;
  readonly legs: readonly SessionLeg[];
  /** By the time they happened. */
  readonly events: readonly CallStatusEvent[];
  readonly decision: CallDecision | undefined;
  /** The steps of a conversation with the caller, in order; absent where there was none. */
  readonly conversation?: readonly CallDecision[];
  /** Why the platform gave up: see `voice-error-codes.ts`. */
  readonly errorCode: number | undefined;
  readonly recordings: readonly SessionRecording[];
}

/**
 * The numbers of the people on the call, each once; the virtual number is among them only where the platform told no
 * direction. The more is known of a session, the more of them there may be, and never fewer: a search by a number
 * finds every call that named it.
 */
export function partiesOf(view: SessionView): PhoneNumber[] {
  const numbers = [...view.legs, ...view.events].flatMap(({ direction, source, destination }) => {
    if (direction === undefined) return [source, destination];
    return [direction === 'INBOUND' ? source : destination];
  });
  const parties = new Map<string, PhoneNumber>();
  for (const number of numbers) if (number !== undefined) parties.set(number.lineKey(), number);
  return [...parties.values()];
}

/**
 * The point by which a session without a decision is given to a booking: the pair that was dialled, or where nobody
 * dialled, the pair that was rung. Undefined when the caller withheld the number.
 */
export function callPointOf(view: SessionView): CallPoint | undefined {
  const leg = view.legs.find(isInbound) ?? view.legs[0];
  if (leg === undefined) return undefined;
  const [phoneNumber, virtualNumber] = isInbound(leg)
    ? [leg.source, leg.destination]
    : [leg.destination, leg.source];
  const atMs = leg.initiatedAtMs ?? view.startedAtMs;
  if (phoneNumber === undefined || virtualNumber === undefined || atMs === undefined) return undefined;
  return { virtualNumber, phoneNumber, atMs };
}

/** Whether the leg came from a caller. The name is no proof of it, so it counts only where there is no direction. */
export function isInbound(leg: Pick<SessionLeg, 'direction' | 'leg'>): boolean {
  return leg.direction === undefined ? leg.leg === 'A' : leg.direction === 'INBOUND';
}

/**
 * Whether the call was decided by a look-up that worked: then it says which booking the session belongs to, or that
 * it belongs to none, and nothing else needs to be asked.
 */
export function isRouted(decision: CallDecision | undefined): boolean {
  return decision !== undefined && decision.kind !== 'service-unavailable';
}

const CONNECTIONS: ReadonlySet<string> = new Set(['connect', 'click-to-call', 'menu-connect']);

/** Whether the decision was to bring two people together. */
export function isConnection(decision: CallDecision | undefined): boolean {
  return decision !== undefined && CONNECTIONS.has(decision.kind);
}

/**
 * The booking of the session: the one the decision names, or `held` by where the pair was at the time of the call
 * when no look-up told.
 */
export function bookingOf(view: SessionView, held: string | undefined): string | undefined {
  return isRouted(view.decision) ? view.decision?.bookingId : held;
}

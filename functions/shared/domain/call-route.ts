import type { PhoneNumber } from './phone-number.ts';

/** Why a booking no longer connects calls, other than by its expiry. */
export type EndReason = 'completed' | 'cancelled';

/** Why a claim no longer connects: its booking ended, or another phone took the place of its caller. */
export type ClaimEndReason = EndReason | 'replaced';

/** How many calls a booking allows; absent means no limit. */
export interface CallLimits {
  readonly maxCalls?: number;
  readonly maxCallsPerMinute?: number;
}

/** A call that was counted against a booking's limits. */
export interface CountedCall {
  readonly sessionId: string;
  readonly atMs: number;
}

/** The calls of a booking so far, counted shortly after each was answered. */
export interface CallCount {
  readonly callCount: number;
  /** The latest counted calls, newest last. */
  readonly recentCalls: readonly CountedCall[];
}

/**
 * What happens when one caller dials one virtual number: the claim that a booking holds on the pair. At most one
 * exists per (virtual number, caller), so a call can never be ambiguous.
 */
export interface CallRoute extends CallCount {
  readonly bookingId: string;
  /** Whom to ring. */
  readonly callee: PhoneNumber;
  /** The virtual number that the callee sees, and may call back. */
  readonly callerId: PhoneNumber;
  /** False in a one-way booking for the party that only receives calls. */
  readonly mayCall: boolean;
  readonly recordCalls: boolean;
  readonly expiresAtMs: number;
  readonly ended?: { readonly reason: ClaimEndReason; readonly atMs: number };
  /** One of the two people is on the blocklist. */
  readonly blocked: boolean;
  readonly limits: CallLimits;
}

/** A call as it reaches us; `undefined` where the platform sent something that is not a phone number. */
export interface IncomingCall {
  readonly sessionId: string;
  readonly caller: PhoneNumber | undefined;
  /** A caller is shown, in a form that cannot be read as a number; else the number is withheld. */
  readonly callerUnreadable?: boolean | undefined;
  readonly virtualNumber: PhoneNumber | undefined;
}

/** What to do with a call. Everything but `connect` ends in a spoken message or a plain hang-up. */
export type RoutingDecision =
  | {
      readonly kind: 'connect';
      readonly bookingId: string;
      readonly callee: PhoneNumber;
      readonly callerId: PhoneNumber;
      readonly recordCalls: boolean;
    }
  | {
      readonly kind:
        | 'unknown-caller'
        | 'scanner'
        | 'anonymous-caller'
        | 'unreadable-caller'
        | 'number-unknown';
    }
  | {
      readonly kind:
        | 'booking-ended'
        | 'replaced'
        | 'booking-expired'
        | 'blocked'
        | 'direction-not-allowed'
        | 'limit-reached';
      readonly bookingId: string;
    };

export type RoutingDecisionKind = RoutingDecision['kind'];

const MINUTE_MS = 60_000;
/** Enough to tell how many calls a minute has had; more would make the row of the hot path heavy. */
const RECENT_CALLS = 20;

/** Whether calls of the booking are counted at all. */
export function isLimited({ maxCalls, maxCallsPerMinute }: CallLimits): boolean {
  return maxCalls !== undefined || maxCallsPerMinute !== undefined;
}

/**
 * The count of a booking, from those of its claims. The limits are the booking's, so all its claims carry one count;
 * should they differ, the highest is the booking's.
 */
export function countOf(claims: readonly CallCount[]): CallCount {
  const [highest] = claims.toSorted((one, other) => other.callCount - one.callCount);
  return { callCount: highest?.callCount ?? 0, recentCalls: highest?.recentCalls ?? [] };
}

/** The count with one more call; calls may be counted in another order than they were answered. */
export function withCall({ callCount, recentCalls }: CallCount, call: CountedCall): CallCount {
  const recent = [...recentCalls, call].toSorted((one, other) => one.atMs - other.atMs);
  return { callCount: callCount + 1, recentCalls: recent.slice(-RECENT_CALLS) };
}

/** A repeated request of a counted call must get the same answer, so the call does not count against itself. */
function limitReached(route: CallRoute, sessionId: string, nowMs: number): boolean {
  const { maxCalls, maxCallsPerMinute } = route.limits;
  if (route.recentCalls.some((call) => call.sessionId === sessionId)) return false;
  if (maxCalls !== undefined && route.callCount >= maxCalls) return true;
  if (maxCallsPerMinute === undefined) return false;
  return route.recentCalls.filter((call) => nowMs - call.atMs < MINUTE_MS).length >= maxCallsPerMinute;
}

/**
 * Decides a call from what was found for (virtual number, caller). Pure, so that the same call at the same time
 * always gets the same answer.
 *
 * @param route the claim on the pair, or undefined when there is none: then the caller is a stranger.
 * @param nowMs epoch milliseconds.
 * @param atMs when the call came in; a booking that ended after that connects it still. It ends at `expiresAtMs`
 *   exactly, whatever the store still holds.
 */
export function routeCall(
  call: IncomingCall,
  route: CallRoute | undefined,
  nowMs: number,
  atMs = nowMs,
): RoutingDecision {
  if (call.virtualNumber === undefined) return { kind: 'number-unknown' };
  if (call.caller === undefined) {
    return { kind: call.callerUnreadable ? 'unreadable-caller' : 'anonymous-caller' };
  }
  if (route === undefined) return { kind: 'unknown-caller' };

  const { bookingId } = route;
  if (route.blocked) return { kind: 'blocked', bookingId };
  // A phone that was replaced reaches nobody from that write on: its claim names nobody any more.
  if (route.ended?.reason === 'replaced') return { kind: 'replaced', bookingId };
  if (route.ended !== undefined && route.ended.atMs <= atMs) return { kind: 'booking-ended', bookingId };
  if (atMs >= route.expiresAtMs) return { kind: 'booking-expired', bookingId };
  if (!route.mayCall) return { kind: 'direction-not-allowed', bookingId };
  if (limitReached(route, call.sessionId, nowMs)) return { kind: 'limit-reached', bookingId };
  return {
    kind: 'connect',
    bookingId,
    callee: route.callee,
    callerId: route.callerId,
    recordCalls: route.recordCalls,
  };
}

/** Each decision in words a support agent can read to a customer. */
export const decisionReasons = {
  connect: 'The caller is a party of a live booking on this virtual number, so the other party was called.',
  'unknown-caller': 'The caller has no booking on this virtual number, so nobody was called.',
  scanner:
    'The caller has no booking on this virtual number and had tried several others before, so the call was ended ' +
    'without a word.',
  'anonymous-caller': 'The caller withheld the number, so no booking could be looked up.',
  'unreadable-caller':
    'The network showed the caller in a form that is no phone number of the country beside it, so no booking could be ' +
    'looked up.',
  'number-unknown': 'The number dialled was not readable as a virtual number.',
  'booking-ended': 'The booking had been completed or cancelled before the call came in.',
  replaced: 'Another phone had taken the place of this one in the booking, so nobody was called.',
  'booking-expired': 'The booking had reached the end of its life before the call came in.',
  blocked: 'One of the parties is on the blocklist, so the call was not connected.',
  'direction-not-allowed': 'The booking is one-way and this party may only receive calls.',
  'limit-reached': 'The booking had used up the number of calls it allows.',
} as const satisfies Record<RoutingDecisionKind, string>;

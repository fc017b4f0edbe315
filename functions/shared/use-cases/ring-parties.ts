import { type Booking, type Party, statusAt } from '../domain/booking.ts';
import { type RoutingDecisionKind, routeCall } from '../domain/call-route.ts';
import { makeCall, outboundCallflow } from '../domain/callflow.ts';
import { classRefusal, defaultNumberRules, type NumberRules } from '../domain/number-class.ts';
import { numbersNotAllowed, type ProblemCode, ProblemError } from '../domain/problems.ts';
import type { Logger } from '../observability/logger.ts';
import type { BookingStore } from '../ports/booking-store.ts';
import type { CallCounter, SessionRecorder } from '../ports/call-record.ts';
import type { CallRequestKey, CallRequests, StartedCall } from '../ports/call-requests.ts';
import type { CallRoutes } from '../ports/call-routes.ts';
import type { AcceptedCallflow, CallflowSender } from '../ports/eight-by-eight-account.ts';
import { EightByEightError } from '../ports/eight-by-eight-error.ts';
import type { NumberPool } from '../ports/number-store.ts';
import { refuseCountries } from './alter-booking.ts';

export interface RingPartiesDependencies {
  readonly store: Pick<BookingStore, 'find'>;
  readonly callRoutes: CallRoutes;
  readonly callRequests: CallRequests;
  readonly counter: CallCounter;
  readonly recorder: SessionRecorder;
  readonly pool: NumberPool;
  /** Which numbers may be called; absent: the defaults. */
  readonly rules?: { readonly numbers?: NumberRules };
  readonly logger: Logger;
  readonly nowMs: () => number;
}

/** A click-to-call as it was asked for. */
export interface RingRequest {
  readonly bookingId: string;
  /** Who is rung first, by label or place; absent: the party that may call, the first one where both may. */
  readonly firstParty: string | 0 | 1 | undefined;
  readonly idempotencyKey: string | undefined;
}

/** Nobody expects a call any more that was asked for a minute ago. */
const CALLFLOW_LIFE_MS = 60_000;
/** The look-up is the one of a call, but nobody listens to silence meanwhile. */
const LOOK_UP_MS = 5000;

/** Why the party that is rung first may not call now, as it would hear it if it dialled the number itself. */
const refusals = {
  blocked: ['PHONE_NUMBER_BLOCKED', 'A party is on the blocklist. Remove the block to call.'],
  'direction-not-allowed': [
    'DIRECTION_NOT_ALLOWED',
    'The booking is one-way, and the party that would be rung first may not call. Ring the other one first.',
  ],
  'limit-reached': [
    'CALL_LIMIT_REACHED',
    'The booking has used up the calls that its `limits` allow. Raise them, or wait where they count by the minute.',
  ],
} as const satisfies Partial<Record<RoutingDecisionKind, readonly [ProblemCode, string]>>;

/**
 * Click-to-call: 8x8 rings one party of a booking, then the other, each with the virtual number that it knows. The
 * call is allowed exactly if the party that is rung first might dial it, and it counts as if it had.
 *
 * With an idempotency key a request that is sent again rings nobody twice. Where 8x8 did not answer, nobody knows
 * whether the phone rang: the same request is then refused, and the sessions of the booking tell.
 */
export function ringParties(deps: RingPartiesDependencies) {
  const { store, callRoutes, callRequests, counter, recorder, logger, nowMs } = deps;

  async function find(bookingId: string): Promise<Booking> {
    const booking = await store.find(bookingId);
    if (booking === undefined) throw new ProblemError('BOOKING_NOT_FOUND', 'No booking has this id.');
    return booking;
  }

  async function requireAllowed(booking: Booking, first: Party): Promise<void> {
    const status = statusAt(booking, nowMs());
    const caller = numberOf(first);
    const { virtualNumber } = first;
    const route =
      status === 'active'
        ? await callRoutes.find(virtualNumber, caller, AbortSignal.timeout(LOOK_UP_MS))
        : undefined;
    const decision = routeCall({ sessionId: '', caller, virtualNumber }, route, nowMs());
    if (decision.kind === 'connect' && decision.bookingId === booking.bookingId) return;
    const [code, detail] = Object.hasOwn(refusals, decision.kind)
      ? refusals[decision.kind as keyof typeof refusals]
      : (['BOOKING_ENDED', `The booking is ${status}, so nobody is called. Make a new one.`] as const);
    throw new ProblemError(code, detail);
  }

  /** The rules may have become stricter since the booking was made. */
  async function requireCallable({ parties }: Booking): Promise<void> {
    const rules = deps.rules?.numbers ?? defaultNumberRules;
    const issues = parties.flatMap((party, place) => {
      const message = classRefusal(numberOf(party), rules);
      return message === undefined ? [] : [{ path: `parties.${place}.phoneNumber`, message }];
    });
    if (issues.length > 0) throw numbersNotAllowed(issues);
    const called = parties.map((party) => ({ phoneNumbers: [numberOf(party)] }));
    refuseCountries(called, await deps.pool.view(nowMs()), rules);
  }

  /** The phone rings already: a record that cannot be written now must not look like a call that failed. */
  async function keep(call: AcceptedCallflow, bookingId: string): Promise<void> {
    const { sessionId, callFlowRequestId } = call;
    const atMs = nowMs();
    const decision = { eventId: callFlowRequestId ?? sessionId, kind: 'click-to-call', bookingId, atMs };
    const steps = [
      () => counter.count(sessionId, decision, atMs),
      () => recorder.record(sessionId, { kind: 'decision', decision }, { receivedAtMs: atMs }),
    ];
    for (const step of steps) {
      await step().catch((error: unknown) =>
        logger.error('CLICK_TO_CALL_NOT_RECORDED', error, { sessionId, bookingId }),
      );
    }
  }

  async function ring(booking: Booking, firstParty: 0 | 1, sender: CallflowSender): Promise<StartedCall> {
    const [first, second] = firstParty === 0 ? booking.parties : [booking.parties[1], booking.parties[0]];
    await requireAllowed(booking, first);
    await requireCallable(booking);
    const callflow = outboundCallflow([leg(first), leg(second)], {
      validUntilMs: nowMs() + CALLFLOW_LIFE_MS,
    });
    const call = await sender.sendCallflow(callflow);
    await keep(call, booking.bookingId);
    return { sessionId: call.sessionId, firstParty };
  }

  /** Rings once for a key: whoever begins rings, and whoever comes later gets the answer. */
  async function ringOnce(key: CallRequestKey, work: () => Promise<StartedCall>): Promise<StartedCall> {
    const begun = await callRequests.begin(key, nowMs());
    if (begun.kind === 'answered') return begun.call;
    if (begun.kind === 'other-request') {
      throw new ProblemError('IDEMPOTENCY_KEY_REUSED', 'The key was used for another call of this booking.');
    }
    if (begun.kind === 'under-way') {
      throw new ProblemError(
        'CALL_UNDER_WAY',
        'A request with this key has not been answered by 8x8, so the phone may have rung. The sessions of the ' +
          'booking tell; for another call use another key.',
      );
    }
    try {
      const call = await work();
      await callRequests.finish(key, call, nowMs()).catch((error: unknown) => {
        // The answer can still be given; a repetition will be refused, and rings nobody.
        logger.error('CALL_REQUEST_NOT_KEPT', error, { bookingId: key.bookingId, sessionId: call.sessionId });
      });
      return call;
    } catch (error) {
      const mayHaveRung = error instanceof EightByEightError && error.mayHaveTakenEffect;
      if (!mayHaveRung) await callRequests.abandon(key, nowMs()).catch(() => undefined);
      throw error;
    }
  }

  /** @throws ProblemError when the call is not allowed, EightByEightError when 8x8 does not make it. */
  return async (
    request: RingRequest,
    sender: CallflowSender,
  ): Promise<StartedCall & { booking: Booking }> => {
    const booking = await find(request.bookingId);
    const { bookingId } = booking;
    const firstParty = firstOf(booking, request.firstParty);
    const work = () => ring(booking, firstParty, sender);
    const { idempotencyKey } = request;
    const call =
      idempotencyKey === undefined
        ? await work()
        : await ringOnce({ bookingId, idempotencyKey, requestDigest: String(request.firstParty) }, work);
    return { ...call, booking };
  };
}

function firstOf({ parties, direction }: Booking, wanted: RingRequest['firstParty']): 0 | 1 {
  if (wanted === undefined) return direction === 'second-to-first' ? 1 : 0;
  if (typeof wanted === 'number') return wanted;
  const [first, second] = parties.map(({ label }) => label?.normalize() === wanted.normalize());
  if (first !== second) return first ? 0 : 1;
  throw new ProblemError('INVALID_REQUEST', 'The request has values that cannot be used; see `errors`.', {
    issues: [
      {
        path: 'firstParty',
        message: first
          ? 'must be 0 or 1: both parties have this label'
          : 'must be the label of a party of the booking, or 0 or 1',
      },
    ],
  });
}

function numberOf({ phoneNumbers: [first] }: Party) {
  if (first === undefined) throw new Error('A party of a booking has no phone number.');
  return first;
}

function leg(party: Party) {
  return makeCall({ source: party.virtualNumber, destination: numberOf(party) });
}

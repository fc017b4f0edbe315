import {
  type Booking,
  type CallDirection,
  type Numbering,
  type Party,
  phoneNumbersOf,
} from '../domain/booking.ts';
import type { CallLimits } from '../domain/call-route.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import type { PoolView } from '../domain/pool.ts';
import { ProblemError } from '../domain/problems.ts';
import type { BookingContext, BookingStore } from '../ports/booking-store.ts';
import { type Again, again } from '../ports/retry.ts';
import { type AlterBookingDependencies, refuseCountries, refuseVirtualNumbers } from './alter-booking.ts';
import { type NumberChoice, NumberSearch } from './number-search.ts';
import type { PartyDraft, SearchDependencies } from './number-seeker.ts';
import { erasuresOver, lookAgain, refuseMarked } from './second-look.ts';

/** A booking as it is asked for, validated. */
export interface BookingDraft {
  readonly reference?: string;
  readonly parties: readonly [PartyDraft, PartyDraft];
  readonly numbering: Numbering;
  readonly direction: CallDirection;
  readonly country?: string;
  readonly preferredNumber?: PhoneNumber;
  readonly recordCalls: boolean;
  readonly limits: CallLimits;
  readonly metadata?: Readonly<Record<string, string | number | boolean>>;
  readonly expiresAtMs: number;
  readonly coolDownSeconds: number;
  /** How short a cool-down may be made rather than refuse; absent: it is kept to the second. */
  readonly leastCoolDownSeconds?: number;
  readonly sticky: boolean;
  readonly idempotency?: { readonly key: string; readonly requestDigest: string };
}

export interface MakeBookingDependencies extends AlterBookingDependencies, SearchDependencies {
  readonly store: BookingStore;
  readonly newBookingId: () => string;
  /** Hears of every booking that was made or refused for want of a number; awaited, and must not throw. */
  readonly onChoice?: (choice: NumberChoice) => Promise<void>;
}

/** The answer to a request: the booking, and whether it was made now or had been made before. */
export interface MadeBooking {
  readonly booking: Booking;
  readonly repeated: boolean;
}

/**
 * Makes a booking: one batch read, one transaction and one more look at the marks of its people when nobody is in the
 * way, and one request more for each number lost to a race.
 *
 * @throws ProblemError NO_VIRTUAL_NUMBER_AVAILABLE when every number of the asked pool has been seen and none is
 * free; INVALID_REQUEST, PHONE_NUMBER_NOT_ALLOWED, PHONE_NUMBER_BLOCKED, PARTY_BEING_ERASED, IDEMPOTENCY_KEY_REUSED; STORE_UNAVAILABLE when
 * collisions persist.
 */
export async function makeBooking(draft: BookingDraft, deps: MakeBookingDependencies): Promise<MadeBooking> {
  const bookingId = deps.newBookingId();
  const made = await deps.retry(() => tryToMake(draft, bookingId, deps));
  if (!made.repeated) await lookAgain(made.booking, deps);
  return made;
}

/** One look at the store and every number that it leaves to try. */
async function tryToMake(
  draft: BookingDraft,
  bookingId: string,
  deps: MakeBookingDependencies,
): Promise<MadeBooking | Again> {
  const view = await viewWithWish(draft, deps);
  const search = new NumberSearch(draft, view, deps);
  const context = await deps.store.readContext({
    phoneNumbers: phoneNumbersOf(draft),
    ...search.first,
    sticky: draft.sticky,
    ...(draft.idempotency && { idempotencyKey: draft.idempotency.key }),
  });
  const nowMs = deps.nowMs();
  const earlier = context.earlierAnswer;
  // The key comes before the clock: a repeated request gets its answer also when the booking has expired since.
  if (earlier !== undefined && nowMs < earlier.expiresAtMs) return repeat(earlier, draft);
  refuseUnusable(draft, context, view, nowMs);
  refuseCountries(draft.parties, view, deps.rules?.numbers);
  search.know(context.claims, context.lastGiven, nowMs);
  for (;;) {
    const offer = await search.next(nowMs);
    if (offer === 'contended') return again;
    if (offer === undefined) {
      await deps.onChoice?.(search.choice('refused'));
      refuse(draft, search);
    }
    const booking = bookingOf(draft, bookingId, { numbers: offer.numbers, search, context, nowMs });
    const outcome = await deps.store.claim({
      booking,
      sticky: draft.sticky,
      nowMs,
      ...(offer.restedSinceMs !== undefined && { restedSinceMs: offer.restedSinceMs }),
      ...(draft.idempotency && { idempotency: draft.idempotency }),
    });
    switch (outcome.kind) {
      case 'claimed':
        await deps.onChoice?.(search.choice('made'));
        return { booking, repeated: false };
      case 'repeated': {
        const ownAttempt = outcome.answer.booking.bookingId === bookingId;
        return ownAttempt
          ? { booking: outcome.answer.booking, repeated: false }
          : repeat(outcome.answer, draft);
      }
      case 'taken':
      case 'conflict':
        if (outcome.claims.length === 0) return again;
        search.lost(outcome);
    }
  }
}

/**
 * The pool; read anew where it does not know the number that was wished for, which may have just been added.
 * @throws ProblemError INVALID_REQUEST for a wish that is no number of the pool.
 */
async function viewWithWish({ preferredNumber }: BookingDraft, { pool, nowMs }: MakeBookingDependencies) {
  const view = await pool.view(nowMs());
  if (preferredNumber === undefined || view.has(preferredNumber)) return view;
  const fresh = await pool.refresh(nowMs());
  if (fresh.has(preferredNumber)) return fresh;
  throw new ProblemError('INVALID_REQUEST', 'The wished virtual number cannot be given.', {
    issues: [{ path: 'virtualNumber', message: 'must be a number of the pool' }],
  });
}

function repeat(answer: { requestDigest: string; booking: Booking }, draft: BookingDraft): MadeBooking {
  if (answer.requestDigest !== draft.idempotency?.requestDigest) {
    throw new ProblemError(
      'IDEMPOTENCY_KEY_REUSED',
      'This Idempotency-Key was used for a request with another body. Use a new key for a new booking.',
    );
  }
  return { booking: answer.booking, repeated: true };
}

/** @throws ProblemError for people who cannot be booked and for a time that is over; the party is named by position. */
function refuseUnusable(draft: BookingDraft, context: BookingContext, view: PoolView, nowMs: number): void {
  if (draft.expiresAtMs <= nowMs) {
    throw new ProblemError('INVALID_REQUEST', 'The booking would be over before it begins.', {
      issues: [{ path: 'expiresAt', message: 'must be in the future' }],
    });
  }
  refuseVirtualNumbers(draft.parties, view);
  refuseMarked(phoneNumbersOf(draft), context.marks, nowMs, (number) =>
    draft.parties.findIndex(({ phoneNumbers }) => phoneNumbers.some((one) => one.equals(number))),
  );
}

function refuse(draft: BookingDraft, search: NumberSearch): never {
  const { poolSize } = search.choice('refused');
  throw new ProblemError(
    'NO_VIRTUAL_NUMBER_AVAILABLE',
    poolSize === 0
      ? 'The pool has no active virtual number to give. Add numbers, or ask for another country.'
      : 'Every virtual number of the pool is held by one of the parties, by a live booking or a cool-down. ' +
          'End a booking that is over, wait for the cool-down, or add numbers to the pool.',
    {
      details: {
        virtualNumbersInPool: poolSize,
        virtualNumbersHeldByParty: draft.parties.map(({ phoneNumbers }) => search.heldBy(phoneNumbers)),
      },
    },
  );
}

function bookingOf(
  draft: BookingDraft,
  bookingId: string,
  chosen: {
    readonly numbers: readonly PhoneNumber[];
    readonly search: NumberSearch;
    readonly context: BookingContext;
    readonly nowMs: number;
  },
): Booking {
  const [first, second] = chosen.numbers;
  if (first === undefined || second === undefined) throw new Error('A booking needs a virtual number.');
  const { reference, country, metadata } = draft;
  const party = ({ label, phoneNumbers }: PartyDraft, virtualNumber: PhoneNumber): Party => ({
    ...(label !== undefined && { label }),
    phoneNumbers,
    virtualNumber,
  });
  const erasuresSeen = erasuresOver(chosen.context.marks, chosen.nowMs);
  return {
    bookingId,
    ...(reference !== undefined && { reference }),
    storedStatus: 'active',
    numbering: draft.numbering,
    direction: draft.direction,
    ...(country !== undefined && { country }),
    parties: [party(draft.parties[0], first), party(draft.parties[1], second)],
    recordCalls: draft.recordCalls,
    limits: draft.limits,
    ...(metadata !== undefined && { metadata }),
    createdAtMs: chosen.nowMs,
    expiresAtMs: draft.expiresAtMs,
    coolDownSeconds: draft.coolDownSeconds,
    numberCountries: chosen.search.countriesOf(chosen.numbers),
    busiestPartyHolds: chosen.search.heldByBusiest() + 1,
    ...(erasuresSeen.length > 0 && { erasuresSeen }),
    version: 1,
  };
}

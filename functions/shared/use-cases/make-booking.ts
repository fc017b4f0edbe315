import type { Random } from '../domain/allocation.ts';
import type { Booking, CallDirection, Numbering, Party } from '../domain/booking.ts';
import type { CallLimits } from '../domain/call-route.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import type { SlotContent } from '../domain/pool.ts';
import { ProblemError } from '../domain/problems.ts';
import type { BookingContext, BookingStore } from '../ports/booking-store.ts';
import {
  choiceOf,
  holdingsOf,
  meetInOneSlot,
  type NumberChoice,
  type PartyDraft,
  placeOf,
  searchNumbers,
} from './number-search.ts';

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
  readonly sticky: boolean;
  readonly idempotency?: { readonly key: string; readonly requestDigest: string };
}

export interface MakeBookingDependencies {
  readonly store: BookingStore;
  readonly nowMs: () => number;
  readonly random: Random;
  readonly newBookingId: () => string;
  /** Waits a moment, so that writers who collided come apart. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Hears of every booking that was made or refused for want of a number; awaited, and must not throw. */
  readonly onChoice?: (choice: NumberChoice) => Promise<void>;
}

/** The answer to a request: the booking, and whether it was made now or had been made before. */
export interface MadeBooking {
  readonly booking: Booking;
  readonly repeated: boolean;
}

/** Far more than collisions take to resolve: every round in which one writer loses, another one wins. */
const MAX_ROUNDS = 40;
const LONGEST_PAUSE_MS = 100;

/**
 * Makes a booking: three requests when nobody is in the way, and one more for each number lost to a race.
 *
 * @throws ProblemError NO_VIRTUAL_NUMBER_AVAILABLE when every number of the asked pool has been seen and none is
 * free; INVALID_REQUEST, PHONE_NUMBER_BLOCKED, IDEMPOTENCY_KEY_REUSED; STORE_UNAVAILABLE when collisions persist.
 */
export async function makeBooking(draft: BookingDraft, deps: MakeBookingDependencies): Promise<MadeBooking> {
  const bookingId = deps.newBookingId();
  const left = new Set<string>();
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const made = await tryRound(draft, bookingId, left, deps);
    if (made !== undefined) return made;
    await deps.pause(deps.random() * Math.min(LONGEST_PAUSE_MS, 5 * 2 ** round));
  }
  throw new ProblemError(
    'STORE_UNAVAILABLE',
    'Too many bookings for the same parties at once. Try again in a moment.',
  );
}

/**
 * One look at the store and every number that it leaves to try; undefined asks for another look.
 * @param left the places that numbers turned out to have left; those remembered there are not tried again.
 */
async function tryRound(
  draft: BookingDraft,
  bookingId: string,
  left: Set<string>,
  deps: MakeBookingDependencies,
): Promise<MadeBooking | undefined> {
  const { store, random } = deps;
  const phoneNumbers = draft.parties.flatMap((party) => party.phoneNumbers);
  const context = await store.readContext({
    phoneNumbers,
    sticky: draft.sticky,
    ...(draft.preferredNumber && { preferred: draft.preferredNumber }),
    ...(draft.idempotency && { idempotencyKey: draft.idempotency.key }),
  });
  const nowMs = deps.nowMs();
  const earlier = context.earlierAnswer;
  if (earlier !== undefined && nowMs < earlier.expiresAtMs) return repeat(earlier, draft);
  refuseUnusableNumbers(draft.parties, context);

  const searches = searchNumbers(draft, context, { store, random, left }, nowMs);
  const tell = (outcome: NumberChoice['outcome']) =>
    deps.onChoice?.(choiceOf(outcome, draft, context, nowMs));
  // Asked at the same moment, the searches of two parties read their first draws together.
  const firsts = await Promise.all(searches.map((search) => search.next()));
  const chosen = firsts.flatMap((first) => (first.done ? [] : [first.value]));
  if (chosen.length < searches.length) {
    await tell('refused');
    refuse(draft, context, nowMs);
  }

  for (;;) {
    if (meetInOneSlot(chosen)) {
      for (const content of chosen) left.add(placeOf(content));
      return undefined;
    }
    const booking = bookingOf(draft, bookingId, chosen, nowMs);
    const outcome = await store.claim({
      booking,
      given: chosen,
      holdings: context.holdings,
      sticky: draft.sticky,
      nowMs,
      ...(draft.idempotency && { idempotency: draft.idempotency }),
    });
    if (outcome.kind === 'claimed') {
      await tell('made');
      return { booking, repeated: false };
    }
    if (outcome.kind === 'conflict') return undefined;
    if (outcome.kind === 'repeated') {
      const ownAttempt = outcome.answer.booking.bookingId === bookingId;
      return ownAttempt
        ? { booking: outcome.answer.booking, repeated: false }
        : repeat(outcome.answer, draft);
    }
    const lost = outcome.virtualNumber;
    const lostPlaces = chosen.filter(({ virtualNumber }) => virtualNumber.equals(lost)).map(placeOf);
    // Where two parties were given it at two places, it has left one of them; both are noted before a search ends.
    if (outcome.kind === 'moved') for (const place of lostPlaces) left.add(place);
    for (const [index, search] of searches.entries()) {
      const given = chosen[index];
      if (!given?.virtualNumber.equals(lost)) continue;
      const next = await search.next();
      // What was read is used up. Look again before refusing: what moved or was lost may have made room elsewhere.
      if (next.done) return undefined;
      chosen[index] = next.value;
    }
  }
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

/**
 * Refuses phone numbers that cannot be booked: those of the pool, and those on the blocklist.
 * @throws ProblemError INVALID_REQUEST, PHONE_NUMBER_BLOCKED; both name the party by its position.
 */
export function refuseUnusableNumbers(
  parties: readonly Pick<PartyDraft, 'phoneNumbers'>[],
  context: Pick<BookingContext, 'virtualNumbers' | 'blockedNumbers'>,
): void {
  for (const [party, { phoneNumbers }] of parties.entries()) {
    for (const number of phoneNumbers) {
      const path = `parties.${party}.phoneNumber`;
      if (context.virtualNumbers.has(number.reveal())) {
        throw new ProblemError(
          'INVALID_REQUEST',
          'A party cannot be reached on a virtual number of the pool.',
          {
            issues: [{ path, message: 'must be the phone number of a person, not a virtual number' }],
          },
        );
      }
      if (context.blockedNumbers.has(number.reveal())) {
        throw new ProblemError(
          'PHONE_NUMBER_BLOCKED',
          'A party is on the blocklist. Remove the block to book again.',
          {
            issues: [{ path, message: 'is on the blocklist' }],
          },
        );
      }
    }
  }
}

function refuse(draft: BookingDraft, context: BookingContext, nowMs: number): never {
  const asked = draft.country === undefined ? [...context.sizes.keys()] : [draft.country];
  const poolSize = asked.reduce((sum, country) => sum + (context.sizes.get(country) ?? 0), 0);
  const heldByParty = draft.parties.map(
    (party) =>
      new Set(
        holdingsOf(context, party)
          .filter((holding) => holding.blockedUntilMs > nowMs)
          .map((holding) => holding.virtualNumber.reveal()),
      ).size,
  );
  throw new ProblemError(
    'NO_VIRTUAL_NUMBER_AVAILABLE',
    poolSize === 0
      ? 'The pool has no active virtual number to give. Add numbers, or ask for another country.'
      : 'Every virtual number of the pool is held by one of the parties, by a live booking or a cool-down. ' +
          'End a booking that is over, wait for the cool-down, or add numbers to the pool.',
    { details: { virtualNumbersInPool: poolSize, virtualNumbersHeldByParty: heldByParty } },
  );
}

function bookingOf(
  draft: BookingDraft,
  bookingId: string,
  chosen: readonly SlotContent[],
  nowMs: number,
): Booking {
  const [first, second = first] = chosen;
  if (first === undefined || second === undefined) throw new Error('A booking needs a virtual number.');
  const { reference, country, metadata } = draft;
  const party = ({ label, phoneNumbers }: PartyDraft, given: SlotContent): Party => ({
    ...(label !== undefined && { label }),
    phoneNumbers,
    virtualNumber: given.virtualNumber,
  });
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
    createdAtMs: nowMs,
    expiresAtMs: draft.expiresAtMs,
    coolDownSeconds: draft.coolDownSeconds,
    version: 1,
  };
}

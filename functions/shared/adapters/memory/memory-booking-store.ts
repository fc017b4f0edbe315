import { availabilityOf, type HeldClaim, pairOrder } from '../../domain/allocation.ts';
import {
  type Booking,
  type Claim,
  type ClaimKey,
  claimChanges,
  claimsOf,
  phoneNumbersOf,
} from '../../domain/booking.ts';
import { type CallCount, type ClaimEndReason, countOf, isLimited } from '../../domain/call-route.ts';
import type { PhoneNumber } from '../../domain/phone-number.ts';
import type {
  BookingContext,
  BookingStore,
  ChangeOutcome,
  ClaimOutcome,
  ClaimRequest,
  PersonMarks,
} from '../../ports/booking-store.ts';
import { searchMemory } from './memory-booking-search.ts';
import { claimOn, endOf, freeAt, type MemoryClaim, type MemoryTables, writeClaim } from './memory-tables.ts';

/*
 * The booking store in memory, for planning and for proofs. It keeps the conditions of the DynamoDB store, write by
 * write and in the same order, so that both give the same outcomes; one contract is run over both. Each method does its
 * work in one go, as a transaction does.
 */

const IDEMPOTENCY_SECONDS = 24 * 3600;

const pairKey = (phoneNumbers: readonly PhoneNumber[]): string =>
  phoneNumbers
    .map((number) => number.lineKey())
    .sort()
    .join();

export interface MemoryBookingStoreOptions {
  /** Answers true when a transaction shall be cancelled as if another one were at work on its rows. */
  readonly cancelled?: () => boolean;
}

/** What a claim says to whoever looks for a number. */
const heldClaim = (found: MemoryClaim): HeldClaim => ({
  virtualNumber: found.claim.virtualNumber,
  caller: found.claim.caller,
  bookingId: found.bookingId,
  callee: found.claim.callee,
  endsAtMs: endOf(found),
  freeAtMs: freeAt(found),
});

export function createMemoryBookingStore(
  tables: MemoryTables,
  { cancelled = () => false }: MemoryBookingStoreOptions = {},
): BookingStore {
  const { bookings } = tables;

  const heldClaims = (claims: readonly ClaimKey[]): HeldClaim[] =>
    claims.flatMap((key) => {
      const found = claimOn(tables, key);
      return found === undefined ? [] : [heldClaim(found)];
    });

  const marksOf = (phoneNumbers: readonly PhoneNumber[]): PersonMarks =>
    new Map(
      phoneNumbers.flatMap((number) => {
        const mark = tables.marks.get(number.lineKey());
        return mark === undefined ? [] : [[number.lineKey(), mark] as const];
      }),
    );

  /** Whether somebody else has what the booking wants, or had it too short a time ago. */
  function isTaken(booking: Booking, claim: Claim, nowMs: number, restedSinceMs?: number): boolean {
    const found = claimOn(tables, claim);
    if (found === undefined || found.bookingId === booking.bookingId) return false;
    if (restedSinceMs !== undefined && endOf(found) <= restedSinceMs) return false;
    const {
      parties: [first, second],
    } = booking;
    const isFirst = first.phoneNumbers.some((number) => number.equals(claim.caller));
    const others = (isFirst ? second : first).phoneNumbers;
    return availabilityOf(heldClaim(found), others, nowMs) !== 'free';
  }

  async function claim(request: ClaimRequest): Promise<ClaimOutcome> {
    const { booking, nowMs, idempotency, restedSinceMs } = request;
    if (cancelled()) return { kind: 'conflict', claims: [] };
    const wanted = claimsOf(booking);
    const earlier = idempotency && tables.answers.get(idempotency.key);
    if (earlier !== undefined && earlier.expiresAtMs > nowMs) {
      return { kind: 'repeated', answer: earlier };
    }
    const own = bookings.get(booking.bookingId);
    if (own !== undefined) return { kind: 'repeated', answer: { requestDigest: '', booking: own } };
    const taken = wanted.filter((one) => isTaken(booking, one, nowMs, restedSinceMs));
    if (taken.length > 0) return { kind: 'taken', claims: taken };

    bookings.set(booking.bookingId, booking);
    for (const one of wanted) take(booking, one, nowMs, { answerKey: idempotency?.key });
    if (idempotency !== undefined) {
      tables.answers.set(idempotency.key, {
        requestDigest: idempotency.requestDigest,
        booking,
        expiresAtMs: nowMs + IDEMPOTENCY_SECONDS * 1000,
      });
    }
    if (request.sticky) tables.pairs.set(pairKey(phoneNumbersOf(booking)), givenOf(booking));
    return { kind: 'claimed' };
  }

  function take(
    booking: Booking,
    claim: Claim,
    nowMs: number,
    { count, answerKey }: { count?: CallCount | undefined; answerKey?: string | undefined },
  ): void {
    writeClaim(tables, { claim, bookingId: booking.bookingId, terms: booking, count });
    const caller = claim.caller.lineKey();
    const link = { fromMs: nowMs, bookingId: booking.bookingId, heldNumber: claim.virtualNumber, answerKey };
    const links = tables.links.get(caller);
    if (links === undefined) tables.links.set(caller, [link]);
    else links.push(link);
  }

  async function change(before: Booking, after: Booking, nowMs: number): Promise<ChangeOutcome> {
    if (cancelled()) return { kind: 'conflict', claims: [] };
    if (bookings.get(before.bookingId)?.version !== before.version) return { kind: 'stale' };
    const { kept, redirected, added, dropped } = claimChanges(before, after);
    const isOurs = (one: Claim) => claimOn(tables, one)?.bookingId === after.bookingId;
    const isOver = after.storedStatus !== 'active';
    if (!isOver && ![...kept, ...dropped].every(isOurs)) return { kind: 'stale' };
    const taken = added.filter((one) => isTaken(after, one, nowMs));
    if (taken.length > 0) return { kind: 'taken', claims: taken };

    const counts = claimsOf(before).flatMap((one) => claimOn(tables, one)?.count ?? []);
    const carriesCount = counts.length > 0 && (isLimited(before.limits) || isLimited(after.limits));
    bookings.set(after.bookingId, after);
    const endReason = after.storedStatus === 'active' ? undefined : after.storedStatus;
    for (const one of kept.filter(isOurs)) {
      keep(after, one, nowMs, { endReason, redirected: redirected.includes(one) });
    }
    const left = { ...after, endedAtMs: nowMs };
    for (const one of dropped.filter(isOurs)) {
      keep(left, { ...one, callee: one.caller }, nowMs, { endReason: 'replaced' });
    }
    const count = carriesCount ? countOf(counts) : undefined;
    for (const one of added) take(after, one, nowMs, { count });
    return { kind: 'changed' };
  }

  function keep(
    booking: Booking,
    claim: Claim,
    nowMs: number,
    { endReason, redirected = false }: { endReason?: ClaimEndReason | undefined; redirected?: boolean },
  ): void {
    const { count, blocked } = claimOn(tables, claim) ?? {};
    writeClaim(tables, {
      claim,
      bookingId: booking.bookingId,
      terms: booking,
      count,
      blocked: redirected ? undefined : blocked,
      ...(endReason !== undefined && { ended: { reason: endReason, atMs: booking.endedAtMs ?? nowMs } }),
    });
  }

  return {
    async readContext({ phoneNumbers, claims, sticky, idempotencyKey }): Promise<BookingContext> {
      const earlier = idempotencyKey === undefined ? undefined : tables.answers.get(idempotencyKey);
      return {
        marks: marksOf(phoneNumbers),
        claims: heldClaims(claims),
        lastGiven: (sticky ? tables.pairs.get(pairKey(phoneNumbers)) : undefined) ?? [],
        ...(earlier !== undefined && { earlierAnswer: earlier }),
      };
    },
    readClaims: async (claims) => heldClaims(claims),
    readMarks: async (phoneNumbers) => marksOf(phoneNumbers),
    claim,
    change,
    find: async (bookingId) => bookings.get(bookingId),
    search: async (search) => searchMemory(tables, search),
  };
}

/** What was given to the people of a booking, as it is remembered for the next one. */
function givenOf({ numbering, parties }: Booking): readonly PhoneNumber[] {
  const numbers = parties.map(({ virtualNumber }) => virtualNumber);
  return numbering === 'shared' ? numbers.slice(0, 1) : pairOrder(parties, numbers);
}

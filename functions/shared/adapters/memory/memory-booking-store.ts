import { type Booking, blockedUntilMs, type Claim, claimChanges, claimsOf } from '../../domain/booking.ts';
import { type CallCount, type ClaimEndReason, countOf, isLimited } from '../../domain/call-route.ts';
import type { PhoneNumber } from '../../domain/phone-number.ts';
import type { Holding, SlotContent } from '../../domain/pool.ts';
import type {
  BookingContext,
  BookingContextQuery,
  BookingStore,
  ChangeOutcome,
  ClaimOutcome,
  ClaimRequest,
} from '../../ports/booking-store.ts';
import { pairOrder } from '../../use-cases/number-search.ts';
import { searchMemory } from './memory-booking-search.ts';
import { innerMap, type MemoryTables } from './memory-tables.ts';

/*
 * The booking store in memory, for planning and for proofs: the allocation under test is the product's own
 * (`functions/shared/domain`), so this is the one place of `lib` that implements a port of the functions.
 *
 * It keeps the conditions of the DynamoDB store, write by write and in the same order, so that both give the
 * same outcomes; one contract is run over both. Each method does its work in one go, as a transaction does.
 */

const IDEMPOTENCY_SECONDS = 24 * 3600;
const CLEARED_AT_ONCE = 10;

const pairKey = (phoneNumbers: readonly PhoneNumber[]): string =>
  phoneNumbers
    .map((number) => number.reveal())
    .sort()
    .join();

/** With what a pair is taken. */
interface Taking {
  readonly given: readonly SlotContent[];
  /** What the phone number no longer holds and is cleared in passing. */
  readonly outdated?: readonly Holding[];
  /** The calls that the booking has had over other pairs. */
  readonly count?: CallCount | undefined;
}

/** A transaction may write a slot once. @throws when two numbers were seen in one slot. */
function requireOneEach(given: readonly SlotContent[]): void {
  const places = new Set(given.map(({ country, slot }) => `${country} ${slot}`));
  if (places.size < given.length) throw new Error('Two numbers of one slot were given.');
}

export interface MemoryBookingStoreOptions {
  /** Answers true when a transaction shall be cancelled as if another one were at work on its rows. */
  readonly cancelled?: () => boolean;
}

export function createMemoryBookingStore(
  tables: MemoryTables,
  { cancelled = () => false }: MemoryBookingStoreOptions = {},
): BookingStore {
  const { bookings, claims, holdings, numbers, slots } = tables;

  const claimOn = (claim: Claim) => claims.get(claim.virtualNumber.reveal())?.get(claim.caller.reveal());
  const holdingOf = (claim: Claim) => holdings.get(claim.caller.reveal())?.get(claim.virtualNumber.reveal());
  const isTaken = (claim: Claim, nowMs: number) => (claimOn(claim)?.blockedUntilMs ?? nowMs) > nowMs;
  const hasMoved = (content: SlotContent) =>
    !slots.get(content.country)?.[content.slot]?.virtualNumber.equals(content.virtualNumber);

  async function readContext(query: BookingContextQuery): Promise<BookingContext> {
    const { phoneNumbers, preferred, idempotencyKey } = query;
    const texts = phoneNumbers.map((number) => number.reveal());
    const wished = preferred === undefined ? undefined : numbers.get(preferred.reveal());
    const earlier = idempotencyKey === undefined ? undefined : tables.answers.get(idempotencyKey);
    return {
      sizes: new Map([...slots].map(([country, contents]) => [country, contents.length])),
      holdings: new Map(texts.map((text) => [text, [...(holdings.get(text)?.values() ?? [])]])),
      blockedNumbers: new Set(texts.filter((text) => tables.blocked.has(text))),
      virtualNumbers: new Set(texts.filter((text) => numbers.has(text))),
      ...(wished?.slot !== undefined && {
        preferred: {
          virtualNumber: wished.virtualNumber,
          country: wished.country,
          slot: wished.slot,
          lastGivenAtMs: 0,
        },
      }),
      lastGiven: (query.sticky ? tables.pairs.get(pairKey(phoneNumbers)) : undefined) ?? [],
      ...(earlier !== undefined && { earlierAnswer: earlier }),
    };
  }

  async function claim(request: ClaimRequest): Promise<ClaimOutcome> {
    const { booking, nowMs, idempotency } = request;
    // Both parties may have been given the same number, which stands in one slot.
    const given = [
      ...new Map(request.given.map((content) => [content.virtualNumber.reveal(), content])).values(),
    ];
    requireOneEach(given);
    if (cancelled()) return { kind: 'conflict' };
    const wanted = claimsOf(booking);

    const earlier = idempotency && tables.answers.get(idempotency.key);
    if (earlier !== undefined && earlier.expiresAtMs > nowMs) {
      return { kind: 'repeated', answer: earlier };
    }
    const own = bookings.get(booking.bookingId);
    if (own !== undefined) return { kind: 'repeated', answer: { requestDigest: '', booking: own } };
    const taken = wanted.find((one) => isTaken(one, nowMs));
    if (taken !== undefined) return { kind: 'taken', virtualNumber: taken.virtualNumber };
    const moved = given.find(hasMoved);
    if (moved !== undefined) return { kind: 'moved', virtualNumber: moved.virtualNumber };
    const outdated = wanted.map((one) =>
      outdatedHoldings(request.holdings.get(one.caller.reveal()) ?? [], one, nowMs),
    );
    const mayNote = wanted.every(
      (one, at) => !tables.blocked.has(one.caller.reveal()) && stillThere(one.caller, outdated[at] ?? []),
    );
    if (!mayNote) return { kind: 'conflict' };

    bookings.set(booking.bookingId, booking);
    for (const [at, one] of wanted.entries()) {
      take(booking, one, nowMs, { given, outdated: outdated[at] ?? [] });
    }
    give(given, nowMs);
    if (idempotency !== undefined) {
      tables.answers.set(idempotency.key, {
        requestDigest: idempotency.requestDigest,
        booking,
        expiresAtMs: nowMs + IDEMPOTENCY_SECONDS * 1000,
      });
    }
    if (request.sticky) {
      const everybody = booking.parties.flatMap((party) => party.phoneNumbers);
      tables.pairs.set(pairKey(everybody), pairOrder(booking.parties, request.given));
    }
    return { kind: 'claimed' };
  }

  /** What the phone number no longer holds and is cleared in passing, as it was read. */
  function outdatedHoldings(known: readonly Holding[], claim: Claim, nowMs: number): readonly Holding[] {
    return known
      .filter(
        (holding) => holding.blockedUntilMs <= nowMs && !holding.virtualNumber.equals(claim.virtualNumber),
      )
      .slice(0, CLEARED_AT_ONCE);
  }

  function stillThere(caller: PhoneNumber, outdated: readonly Holding[]): boolean {
    const held = holdings.get(caller.reveal());
    return outdated.every(
      (holding) => held?.get(holding.virtualNumber.reveal())?.bookingId === holding.bookingId,
    );
  }

  function take(
    booking: Booking,
    claim: Claim,
    nowMs: number,
    { given, outdated = [], count }: Taking,
  ): void {
    const caller = claim.caller.reveal();
    const number = claim.virtualNumber.reveal();
    const untilMs = blockedUntilMs(booking);
    innerMap(claims, number).set(caller, {
      claim,
      bookingId: booking.bookingId,
      terms: booking,
      blockedUntilMs: untilMs,
      count,
    });
    const held = innerMap(holdings, caller);
    for (const holding of outdated) held.delete(holding.virtualNumber.reveal());
    const slot = given.find((content) => content.virtualNumber.equals(claim.virtualNumber));
    held.set(number, {
      virtualNumber: claim.virtualNumber,
      bookingId: booking.bookingId,
      blockedUntilMs: untilMs,
      ...(slot !== undefined && { slot: { country: slot.country, slot: slot.slot } }),
    });
    const links = tables.links.get(caller) ?? [];
    links.push({ fromMs: nowMs, bookingId: booking.bookingId });
    tables.links.set(caller, links);
  }

  function give(given: readonly SlotContent[], nowMs: number): void {
    for (const { country, slot, virtualNumber } of given) {
      const contents = slots.get(country);
      if (contents !== undefined) contents[slot] = { virtualNumber, lastGivenAtMs: nowMs };
    }
  }

  async function change(
    before: Booking,
    after: Booking,
    nowMs: number,
    given: readonly SlotContent[] = [],
  ): Promise<ChangeOutcome> {
    requireOneEach(given);
    if (cancelled() || bookings.get(before.bookingId)?.version !== before.version) return 'stale';
    const { kept, redirected, added, dropped } = claimChanges(before, after);
    const isOurs = (one: Claim) =>
      claimOn(one)?.bookingId === after.bookingId && holdingOf(one)?.bookingId === after.bookingId;
    if (![...kept, ...dropped].every(isOurs)) return 'stale';
    // Whoever can newly call or be called must not be on the blocklist.
    const reached = new Set(
      [...added, ...redirected].flatMap(({ caller, callee }) => [caller.reveal(), callee.reveal()]),
    );
    const isRefused = ({ caller }: Claim) =>
      reached.has(caller.reveal()) && tables.blocked.has(caller.reveal());
    if (kept.some(isRefused)) return 'stale';
    if (added.some((one) => isTaken(one, nowMs))) return 'taken';
    if (added.some(isRefused)) return 'stale';
    if (given.some(hasMoved)) return 'taken';

    const counts = claimsOf(before).flatMap((one) => claimOn(one)?.count ?? []);
    const carriesCount = counts.length > 0 && (isLimited(before.limits) || isLimited(after.limits));
    bookings.set(after.bookingId, after);
    const endReason = after.storedStatus === 'active' ? undefined : after.storedStatus;
    for (const one of kept) keep(after, one, nowMs, { endReason, redirected: redirected.includes(one) });
    for (const one of dropped) keep({ ...after, endedAtMs: nowMs }, one, nowMs, { endReason: 'replaced' });
    const count = carriesCount ? countOf(counts) : undefined;
    for (const one of added) take(after, one, nowMs, { given, count });
    give(given, nowMs);
    return 'changed';
  }

  function keep(
    booking: Booking,
    claim: Claim,
    nowMs: number,
    { endReason, redirected = false }: { endReason?: ClaimEndReason | undefined; redirected?: boolean },
  ): void {
    const { count, blocked } = claimOn(claim) ?? {};
    const untilMs = blockedUntilMs(booking);
    const caller = claim.caller.reveal();
    const number = claim.virtualNumber.reveal();
    innerMap(claims, number).set(caller, {
      claim,
      bookingId: booking.bookingId,
      terms: booking,
      blockedUntilMs: untilMs,
      count,
      blocked: redirected ? undefined : blocked,
      ...(endReason !== undefined && {
        ended: { reason: endReason, atMs: booking.endedAtMs ?? nowMs },
      }),
    });
    const holding = holdings.get(caller)?.get(number);
    if (holding !== undefined) {
      holdings.get(caller)?.set(number, { ...holding, blockedUntilMs: untilMs });
    }
  }

  return {
    readContext,
    claim,
    change,
    async readSlots(refs) {
      return refs.flatMap((ref) => {
        const content = slots.get(ref.country)?.[ref.slot];
        return content === undefined ? [] : [{ ...ref, ...content }];
      });
    },
    find: async (bookingId) => bookings.get(bookingId),
    search: async (search) => searchMemory(tables, search),
  };
}

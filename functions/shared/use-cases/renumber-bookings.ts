import { shuffled } from '../domain/allocation.ts';
import { type Booking, statusAt } from '../domain/booking.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import type { SlotContent } from '../domain/pool.ts';
import { type ProblemCode, ProblemError } from '../domain/problems.ts';
import type { BookingContext, NumberStore } from '../ports/booking-store.ts';
import type { NumberBookings } from '../ports/number-bookings.ts';
import type { MakeBookingDependencies } from './make-booking.ts';
import { meetInOneSlot, searchNumbers } from './number-search.ts';

export interface RenumberDependencies
  extends Pick<MakeBookingDependencies, 'store' | 'nowMs' | 'random' | 'pause'> {
  readonly numbers: Pick<NumberStore, 'findNumber'>;
  readonly numberBookings: NumberBookings;
  /** The country of a phone number, ISO 3166-1 alpha-2, where it is known. */
  readonly countryOf: (phoneNumber: PhoneNumber) => string | undefined;
}

/** How much one request does. */
export interface RenumberBounds {
  /** Bookings tried. */
  readonly limit: number;
  /** No booking is begun after this long. */
  readonly budgetMs: number;
}

/** Why a booking stays on its number. */
export interface NotMoved {
  readonly bookingId: string;
  readonly code: ProblemCode;
  readonly reason: string;
}

export interface Renumbering {
  readonly moved: readonly { readonly bookingId: string; readonly virtualNumber: PhoneNumber }[];
  readonly notMoved: readonly NotMoved[];
  /** Live bookings on the number that were not tried. */
  readonly remaining: number;
}

type Move =
  | { readonly kind: 'moved'; readonly virtualNumber: PhoneNumber }
  | ({ readonly kind: 'stays' } & NotMoved);

/** Bookings moved at a time; those on one number have no phone number in common, so they do not collide. */
const AT_ONCE = 8;
const MAX_TRIES = 5;

const reasons = {
  NO_VIRTUAL_NUMBER_AVAILABLE:
    'Every other number that could serve is held by one of the parties. Add numbers, or wait for bookings to end.',
  PHONE_NUMBER_BLOCKED:
    'A party is on the blocklist, so the booking connects no calls. It may be left to end.',
  BOOKING_CHANGED: 'The booking was being changed by other requests. Ask again.',
} as const satisfies Partial<Record<ProblemCode, string>>;

/**
 * Moves the live bookings of a virtual number to other numbers, each in one transaction, chosen as for a new
 * booking. Bookings are tried in random order, so that some that cannot move do not keep a repeated request from
 * the others.
 *
 * @throws ProblemError NUMBER_NOT_FOUND; NUMBER_ACTIVE, since a number that new bookings still get is never emptied.
 */
export async function renumberBookings(
  virtualNumber: PhoneNumber,
  { limit, budgetMs }: RenumberBounds,
  deps: RenumberDependencies,
): Promise<Renumbering> {
  const startedAtMs = deps.nowMs();
  await refuseActive(virtualNumber, deps);
  const live = shuffled(await deps.numberBookings.liveOn(virtualNumber, startedAtMs), deps.random);
  const moved: Renumbering['moved'][number][] = [];
  const notMoved: NotMoved[] = [];
  let tried = 0;
  while (tried < Math.min(limit, live.length) && deps.nowMs() - startedAtMs < budgetMs) {
    const some = live.slice(tried, Math.min(tried + AT_ONCE, limit));
    tried += some.length;
    const moves = await Promise.all(some.map((bookingId) => moveBooking(bookingId, virtualNumber, deps)));
    for (const [index, move] of moves.entries()) {
      if (move?.kind === 'moved')
        moved.push({ bookingId: some[index] ?? '', virtualNumber: move.virtualNumber });
      if (move?.kind === 'stays')
        notMoved.push({ bookingId: move.bookingId, code: move.code, reason: move.reason });
    }
  }
  return { moved, notMoved, remaining: live.length - tried };
}

async function refuseActive(virtualNumber: PhoneNumber, { numbers }: RenumberDependencies): Promise<void> {
  const number = await numbers.findNumber(virtualNumber);
  if (number === undefined) {
    throw new ProblemError('NUMBER_NOT_FOUND', 'The number was never added, or has been removed.');
  }
  if (number.state === 'active') {
    throw new ProblemError(
      'NUMBER_ACTIVE',
      'New bookings still get this number. Set its state to "draining" first, then move its bookings.',
    );
  }
}

/** @returns undefined when the booking is over, or has left the number otherwise. */
async function moveBooking(
  bookingId: string,
  from: PhoneNumber,
  deps: RenumberDependencies,
): Promise<Move | undefined> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const booking = await deps.store.find(bookingId);
    const nowMs = deps.nowMs();
    if (booking === undefined || statusAt(booking, nowMs) !== 'active') return undefined;
    const moving = booking.parties.map((party) => party.virtualNumber.equals(from));
    if (!moving.includes(true)) return undefined;
    const phoneNumbers = booking.parties.flatMap((party) => party.phoneNumbers);
    const context = await deps.store.readContext({ phoneNumbers, sticky: false });
    if (context.blockedNumbers.size > 0) return stays(bookingId, 'PHONE_NUMBER_BLOCKED');

    const searches = searchesFor(booking, context, deps, nowMs);
    const outcome = await tryNumbers(booking, moving, searches, deps, nowMs);
    if (outcome === 'none') return stays(bookingId, 'NO_VIRTUAL_NUMBER_AVAILABLE');
    if (outcome !== 'stale') return { kind: 'moved', virtualNumber: outcome };
    await deps.pause(deps.random() * 20 * (tries + 1));
  }
  return stays(bookingId, 'BOOKING_CHANGED');
}

function stays(bookingId: string, code: keyof typeof reasons): Move {
  return { kind: 'stays', bookingId, code, reason: reasons[code] };
}

/** A search for each party; parties that share their number share its search. */
function searchesFor(booking: Booking, context: BookingContext, deps: RenumberDependencies, nowMs: number) {
  const wished = ({ phoneNumbers }: Booking['parties'][number]) => {
    const country = phoneNumbers[0] && deps.countryOf(phoneNumbers[0]);
    return { phoneNumbers, ...(country !== undefined && { country }) };
  };
  const [first, second] = booking.parties;
  const wish = {
    numbering: booking.numbering,
    parties: [wished(first), wished(second)] as const,
    ...(booking.country !== undefined && { country: booking.country }),
  };
  return searchNumbers(wish, context, deps, nowMs);
}

/** Tries one number after another until a transaction takes one; `stale` asks for another look at the booking. */
async function tryNumbers(
  booking: Booking,
  moving: readonly boolean[],
  searches: readonly AsyncGenerator<SlotContent, void>[],
  deps: RenumberDependencies,
  nowMs: number,
): Promise<PhoneNumber | 'none' | 'stale'> {
  const wanted = booking.numbering === 'shared' ? searches : searches.filter((_, party) => moving[party]);
  // Numbers lost to others are no proof that none is free: what moved may have made room elsewhere.
  for (let usedUp: 'none' | 'stale' = 'none'; ; usedUp = 'stale') {
    const given: SlotContent[] = [];
    for (const search of wanted) {
      const next = await search.next();
      if (next.done) return usedUp;
      given.push(next.value);
    }
    const [first] = given;
    if (first === undefined) return 'none';
    if (meetInOneSlot(given)) return 'stale';
    const after = movedTo(booking, moving, given);
    const outcome = await deps.store.change(booking, after, nowMs, distinct(given));
    if (outcome === 'changed') return first.virtualNumber;
    if (outcome === 'stale') return 'stale';
  }
}

function movedTo(booking: Booking, moving: readonly boolean[], given: readonly SlotContent[]): Booking {
  const rest = [...given];
  const [only] = given;
  const moved = (index: 0 | 1) => {
    const party = booking.parties[index];
    if (!moving[index]) return party;
    const content = booking.numbering === 'shared' ? only : rest.shift();
    return content === undefined ? party : { ...party, virtualNumber: content.virtualNumber };
  };
  return { ...booking, parties: [moved(0), moved(1)], version: booking.version + 1 };
}

/** Both parties may have been given the same number, which stands in one slot. */
function distinct(given: readonly SlotContent[]): SlotContent[] {
  return [...new Map(given.map((content) => [content.virtualNumber.reveal(), content])).values()];
}

import { shuffled } from '../domain/allocation.ts';
import { type Booking, movedBooking, statusAt } from '../domain/booking.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import { type ProblemCode, ProblemError } from '../domain/problems.ts';
import type { NumberBookings } from '../ports/number-bookings.ts';
import type { NumberStore } from '../ports/number-store.ts';
import { again } from '../ports/retry.ts';
import { alterBooking } from './alter-booking.ts';
import type { MakeBookingDependencies } from './make-booking.ts';
import { NumberSearch } from './number-search.ts';
import type { NumberWish } from './number-seeker.ts';
import type { RetryDependencies } from './retry.ts';

export interface RenumberDependencies
  extends Omit<MakeBookingDependencies, 'newBookingId' | 'onChoice'>,
    Pick<RetryDependencies, 'random'> {
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

/** Bookings moved at a time. */
const AT_ONCE = 8;

const reasons = {
  NO_VIRTUAL_NUMBER_AVAILABLE:
    'Every other number that could serve is held by one of the parties. Add numbers, or wait for bookings to end.',
  PHONE_NUMBER_BLOCKED:
    'A party is on the blocklist, so the booking connects no calls. It may be left to end.',
  PARTY_BEING_ERASED: 'Everything about a party is being erased, this booking with it.',
  STORE_UNAVAILABLE: 'The booking was being changed by other requests. Ask again.',
} as const satisfies Partial<Record<ProblemCode, string>>;

/**
 * Moves the live bookings of a virtual number to other numbers, each in one transaction, chosen as for a new
 * booking. Whoever still dials the number that was left is connected as before until the booking ends. Bookings are
 * tried in random order, so that some that cannot move do not keep a repeated request from the others.
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
  let given: PhoneNumber | undefined;
  let search: NumberSearch | undefined;
  let searchedVersion = 0;
  try {
    await alterBooking(
      bookingId,
      {
        async change(booking, nowMs) {
          given = undefined;
          const moving = [0, 1].filter((at) => booking.parties[at === 0 ? 0 : 1].virtualNumber.equals(from));
          if (moving.length === 0 || statusAt(booking, nowMs) !== 'active') return booking;
          if (search === undefined || searchedVersion !== booking.version) {
            search = await searchFor(booking, moving, nowMs, deps);
            searchedVersion = booking.version;
          }
          const offer = await search.next(nowMs);
          if (offer === 'contended') {
            search = undefined;
            return again;
          }
          if (offer === undefined) throw new ProblemError('NO_VIRTUAL_NUMBER_AVAILABLE', 'None is free.');
          const numbers = booking.numbering === 'shared' ? offer.numbers : byParty(moving, offer.numbers);
          given = offer.numbers[0];
          const after = movedBooking(booking, [numbers[0], numbers[1]]);
          return {
            ...after,
            numberCountries: search.countriesOf(after.parties.map((one) => one.virtualNumber)),
          };
        },
        onLost: (lost) => search?.lost(lost),
      },
      deps,
    );
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    if (error.code === 'BOOKING_NOT_FOUND' || error.code === 'BOOKING_ENDED') return undefined;
    if (!isReason(error.code)) throw error;
    return { kind: 'stays', bookingId, code: error.code, reason: reasons[error.code] };
  }
  return given && { kind: 'moved', virtualNumber: given };
}

const isReason = (code: ProblemCode): code is keyof typeof reasons => code in reasons;

/** What was given to the moving parties, by the position of the party. */
function byParty(moving: readonly number[], given: readonly PhoneNumber[]): (PhoneNumber | undefined)[] {
  return [0, 1].map((at) => given[moving.indexOf(at)]);
}

/** A search with what the people of the booking hold; parties that share their number share its search. */
async function searchFor(
  booking: Booking,
  moving: readonly number[],
  nowMs: number,
  deps: RenumberDependencies,
): Promise<NumberSearch> {
  const wished = ({ phoneNumbers }: Booking['parties'][number]) => {
    const country = phoneNumbers[0] && deps.countryOf(phoneNumbers[0]);
    return { phoneNumbers, ...(country !== undefined && { country }) };
  };
  const wish: NumberWish = {
    numbering: booking.numbering,
    parties: [wished(booking.parties[0]), wished(booking.parties[1])],
    ...(booking.country !== undefined && { country: booking.country }),
  };
  const search = new NumberSearch(wish, await deps.pool.view(nowMs), deps, moving);
  const claims = await deps.store.readClaims(search.first.claims);
  search.know(claims, [], nowMs);
  return search;
}

import { type Booking, phoneNumbersOf } from '../domain/booking.ts';
import type { BookingList } from '../ports/booking-list.ts';
import { MOST_READ_AT_ONCE, type PersonMarks } from '../ports/booking-store.ts';
import type { PoolCount, PoolCounts } from '../ports/pool-summary.ts';
import { type SecondLookDependencies, settleMarks } from './second-look.ts';

/** What one write did to a booking; `before` is absent when it is new, `after` when it is gone. */
export interface BookingMove {
  readonly before: Booking | undefined;
  readonly after: Booking | undefined;
}

export interface FollowBookingsDependencies extends SecondLookDependencies {
  readonly list: BookingList;
  readonly counts: PoolCounts;
}

/**
 * Does what follows from bookings, after them and in nobody's way: enters them into the list of all, counts them for
 * the summary of the pool, and looks once more at the marks of their people for those whose request died before it
 * could. May be repeated with the same moves.
 *
 * @param once names these moves, so that repeated ones count once.
 */
export async function followBookings(
  moves: readonly BookingMove[],
  once: string,
  deps: FollowBookingsDependencies,
): Promise<void> {
  const made = moves.flatMap(({ before, after }) => (before === undefined && after ? [after] : []));
  await deps.list.append(made);
  await deps.counts.add(moves.flatMap(countsOf), once);
  const live = moves.flatMap(({ after }) => (after?.storedStatus === 'active' ? [after] : []));
  await settleAll(latestOf(live), deps);
}

/** Each booking once, as it stands last. */
function latestOf(bookings: readonly Booking[]): Booking[] {
  return [...new Map(bookings.map((booking) => [booking.bookingId, booking])).values()];
}

async function settleAll(bookings: readonly Booking[], deps: FollowBookingsDependencies): Promise<void> {
  const people = new Map(bookings.flatMap(phoneNumbersOf).map((number) => [number.lineKey(), number]));
  const marks: PersonMarks[] = [];
  const numbers = [...people.values()];
  for (let from = 0; from < numbers.length; from += MOST_READ_AT_ONCE) {
    marks.push(await deps.store.readMarks(numbers.slice(from, from + MOST_READ_AT_ONCE)));
  }
  const all: PersonMarks = new Map(marks.flatMap((some) => [...some]));
  if (all.size === 0) return;
  for (const booking of bookings) await settleMarks(booking, all, deps);
}

/** The counts of the pool that follow from a move: a booking counts until it would expire, so expiry needs no write. */
export function countsOf({ before, after }: BookingMove): PoolCount[] {
  const live = (booking: Booking | undefined, by: 1 | -1): PoolCount[] =>
    booking?.storedStatus === 'active'
      ? countriesOf(booking).map((country) => ({ kind: 'live', country, untilMs: booking.expiresAtMs, by }))
      : [];
  // What is swept or erased without having been ended was over, and counts no longer by itself.
  if (after === undefined) return [];
  if (before !== undefined && countsAlike(before, after)) return [];
  return [
    ...live(before, -1),
    ...live(after, 1),
    ...(before === undefined && after.busiestPartyHolds !== undefined
      ? countriesOf(after).map(
          (country): PoolCount => ({
            kind: 'degree',
            country,
            untilMs: after.expiresAtMs,
            degree: after.busiestPartyHolds ?? 1,
          }),
        )
      : []),
  ];
}

const countriesOf = ({ numberCountries = [] }: Booking): readonly string[] => numberCountries;

function countsAlike(before: Booking, after: Booking): boolean {
  return (
    before.storedStatus === after.storedStatus &&
    before.expiresAtMs === after.expiresAtMs &&
    countriesOf(before).join() === countriesOf(after).join()
  );
}

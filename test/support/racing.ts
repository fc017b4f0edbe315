import { type Booking, claimsOf } from '../../functions/shared/domain/booking.ts';
import { ProblemError } from '../../functions/shared/domain/problems.ts';
import { makeBooking } from '../../functions/shared/use-cases/make-booking.ts';
import { draftOf, person } from './bookings.ts';
import type { BookingWorld } from './memory-booking-store.ts';

export interface Race {
  readonly made: readonly Booking[];
  /** How many were refused because no number was free. */
  readonly refused: number;
}

/**
 * Lets writers make bookings at the same time, each one after the other.
 * @param sharedDrivers how many second parties the bookings have among them; without it nobody is in two.
 */
export async function race(
  world: BookingWorld,
  options: { readonly writers: number; readonly bookingsEach: number; readonly sharedDrivers?: number },
): Promise<Race> {
  const { writers, bookingsEach, sharedDrivers } = options;
  const made: Booking[] = [];
  let refused = 0;
  const write = async (writer: number): Promise<void> => {
    for (let at = 0; at < bookingsEach; at += 1) {
      const n = writer * bookingsEach + at;
      const driver = sharedDrivers === undefined ? 500_000 + n : 500_000 + (n % sharedDrivers);
      try {
        const { booking } = await makeBooking(draftOf(person(n), person(driver)), world.deps);
        made.push(booking);
      } catch (error) {
        if (!(error instanceof ProblemError) || error.code !== 'NO_VIRTUAL_NUMBER_AVAILABLE') throw error;
        refused += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  return { made, refused };
}

/** How many (virtual number, caller) pairs were given to more than one of the bookings. */
export function doubleClaims(bookings: readonly Booking[]): number {
  const pairs = bookings.flatMap((booking) =>
    claimsOf(booking).map(({ virtualNumber, caller }) => `${virtualNumber.reveal()} ${caller.reveal()}`),
  );
  return pairs.length - new Set(pairs).size;
}

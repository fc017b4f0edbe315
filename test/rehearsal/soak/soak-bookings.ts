import type { Random } from '../../../functions/shared/domain/allocation.ts';
import type { PhoneNumber } from '../../../functions/shared/domain/phone-number.ts';
import { makeBooking } from '../../../functions/shared/use-cases/make-booking.ts';
import { draftOf, NOON_MS, person, type TestStores } from '../../support/bookings.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Over how many days the bookings, and so the calls, are spread: a day is a partition of two indexes. */
const SPAN_DAYS = 30;
/** Never reached; that there is a limit is what makes the calls of a booking be counted. */
const MOST_CALLS = 10_000;

/** When everything that is told has happened. */
export const SOAK_ENDS_AT_MS = NOON_MS + SPAN_DAYS * DAY_MS;

/** Two people who may call each other, for the hour after `bookedAtMs` at least. */
export interface BookedPair {
  readonly bookingId: string;
  readonly virtualNumber: PhoneNumber;
  readonly parties: readonly [PhoneNumber, PhoneNumber];
  readonly bookedAtMs: number;
  /** Whether it still connects at {@link SOAK_ENDS_AT_MS}. */
  readonly isLive: boolean;
  /** Whether its calls are counted against a limit. */
  readonly isLimited: boolean;
}

/**
 * Books people twice: for an hour in the first half of the span, and again, if it can be with the same virtual
 * number, in the second half until after its end. Which booking a call belongs to follows from its time alone.
 */
export async function bookPairs(stores: TestStores, people: number, random: Random): Promise<BookedPair[]> {
  const pairs: BookedPair[] = [];
  const deps = { ...stores.deps, random };
  for (const isLive of [false, true]) {
    for (let n = 0; n < people; n += 1) {
      const parties = [person(2 * n), person(2 * n + 1)] as const;
      const day = (isLive ? SPAN_DAYS / 2 : 0) + Math.floor((n / people) * (SPAN_DAYS / 2));
      const bookedAtMs = NOON_MS + day * DAY_MS;
      const isLimited = isLive && n % 2 === 0;
      stores.clock.nowMs = bookedAtMs;
      const draft = draftOf(...parties, {
        sticky: true,
        expiresAtMs: isLive ? SOAK_ENDS_AT_MS + DAY_MS : bookedAtMs + HOUR_MS,
        limits: isLimited ? { maxCalls: MOST_CALLS } : {},
      });
      const { booking } = await makeBooking(draft, deps);
      const { virtualNumber } = booking.parties[0];
      pairs.push({ bookingId: booking.bookingId, virtualNumber, parties, bookedAtMs, isLive, isLimited });
    }
  }
  stores.clock.nowMs = SOAK_ENDS_AT_MS;
  return pairs;
}

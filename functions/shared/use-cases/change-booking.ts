import { type Booking, endedBooking, statusAt } from '../domain/booking.ts';
import type { EndReason } from '../domain/call-route.ts';
import { ProblemError } from '../domain/problems.ts';
import type { BookingStore, LostClaims } from '../ports/booking-store.ts';
import { type Again, again, type Retry } from '../ports/retry.ts';

export interface ChangeBookingDependencies {
  readonly store: Pick<BookingStore, 'find' | 'change'>;
  readonly nowMs: () => number;
  readonly retry: Retry;
}

/** What a booking is to become. */
export interface Transition {
  /**
   * @returns the booking as it shall be, the very same one where nothing is to change; its version is not to be
   * counted here; or that it shall be read and asked for again.
   * @throws ProblemError where the booking as it stands cannot become that.
   */
  readonly change: (before: Booking, nowMs: number) => Booking | Again | Promise<Booking | Again>;
  /**
   * Hears of claims that could not be had; `change` is asked again unless it throws. By default what others hold is
   * refused.
   */
  readonly onLost?: (lost: LostClaims) => void;
}

/**
 * Writes what becomes of a booking: the one place where a booking passes from one version to the next. Whatever gets
 * in the way, it reads and tries again; a conflict is never taken for anything else.
 *
 * @returns the booking as it stands now and as it stood before; the same where nothing was to change.
 * @throws ProblemError BOOKING_NOT_FOUND; PHONE_NUMBER_TAKEN; STORE_UNAVAILABLE when the time is up.
 */
export async function changeStored(
  bookingId: string,
  { change, onLost = refuseTaken }: Transition,
  { store, nowMs, retry }: ChangeBookingDependencies,
): Promise<{ readonly before: Booking; readonly after: Booking }> {
  return retry(async (): Promise<{ before: Booking; after: Booking } | Again> => {
    const before = await store.find(bookingId);
    if (before === undefined) throw bookingNotFound();
    const atMs = nowMs();
    const wanted = await change(before, atMs);
    if (wanted === again) return again;
    if (wanted === before) return { before, after: before };
    const after = { ...wanted, version: before.version + 1 };
    const outcome = await store.change(before, after, atMs);
    if (outcome.kind === 'changed') return { before, after };
    if (outcome.kind !== 'stale') onLost(outcome);
    return again;
  });
}

/** The booking was never made, or is kept no longer. */
export function bookingNotFound(): ProblemError {
  return new ProblemError(
    'BOOKING_NOT_FOUND',
    'No booking has this id. It may have been removed after its retention.',
  );
}

function refuseTaken({ kind }: LostClaims): void {
  if (kind === 'conflict') return;
  throw new ProblemError(
    'PHONE_NUMBER_TAKEN',
    'The new phone number uses the virtual number of this booking for another one. ' +
      'End that booking first, or cancel this one and book again.',
  );
}

/**
 * Ends a booking; one that has ended in this way, or has expired, is left as it is.
 * @throws ProblemError BOOKING_NOT_FOUND; BOOKING_ENDED where it ended otherwise; STORE_UNAVAILABLE.
 */
export async function endBooking(
  bookingId: string,
  reason: EndReason,
  deps: ChangeBookingDependencies,
): Promise<Booking> {
  const end = (before: Booking, nowMs: number): Booking => {
    const status = statusAt(before, nowMs);
    if (status === reason || status === 'expired') return before;
    if (status !== 'active') throw new ProblemError('BOOKING_ENDED', `The booking was ${status} before.`);
    return endedBooking(before, reason, nowMs);
  };
  return (await changeStored(bookingId, { change: end }, deps)).after;
}

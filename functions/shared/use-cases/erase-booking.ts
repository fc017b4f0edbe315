import { type Booking, endedBooking, isParty, statusAt } from '../domain/booking.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import { ProblemError } from '../domain/problems.ts';
import type { BookingTrace, BookingTraces } from '../ports/person-traces.ts';
import { type ChangeBookingDependencies, changeStored } from './change-booking.ts';

export interface EraseBookingDependencies extends ChangeBookingDependencies {
  readonly traces: BookingTraces;
}

/** What one trace led to. */
export interface ErasedTrace {
  readonly bookings: number;
  readonly claims: number;
  readonly repeatableAnswers: number;
}

/**
 * Erases what a trace leads to, the trace itself last of all: what was cut short is found again. A booking that still
 * names the person goes as a whole, cancelled first if it is live; of another one, the claim that the person left.
 */
export async function eraseTrace(
  person: PhoneNumber,
  trace: BookingTrace,
  deps: EraseBookingDependencies,
): Promise<ErasedTrace> {
  const { traces } = deps;
  const booking = await endedBookingOf(person, trace.bookingId, deps);
  let claims = booking === undefined ? 0 : await traces.deleteBooking(booking);
  if (trace.virtualNumber !== undefined) {
    claims += await traces.deleteClaim(trace.virtualNumber, person, trace.bookingId);
  }
  const repeatableAnswers = await trace.deleteAnswer();
  await trace.forget();
  return { bookings: booking === undefined ? 0 : 1, claims, repeatableAnswers };
}

/** The booking, cancelled if it was live; undefined where there is none, or none that still names the person. */
async function endedBookingOf(
  person: PhoneNumber,
  bookingId: string,
  deps: EraseBookingDependencies,
): Promise<Booking | undefined> {
  const cancel = (before: Booking, nowMs: number) =>
    isParty(before, person) && statusAt(before, nowMs) === 'active'
      ? endedBooking(before, 'cancelled', nowMs)
      : before;
  try {
    const { after } = await changeStored(bookingId, { change: cancel }, deps);
    return isParty(after, person) ? after : undefined;
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'BOOKING_NOT_FOUND') return undefined;
    throw error;
  }
}

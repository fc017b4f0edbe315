import { type Booking, phoneNumbersOf } from '../domain/booking.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import { ProblemError } from '../domain/problems.ts';
import type { BlocklistStore } from '../ports/blocklist.ts';
import type { BookingStore, PersonMarks } from '../ports/booking-store.ts';
import { claimsTouching } from './block-number.ts';
import { type EraseBookingDependencies, eraseTrace } from './erase-booking.ts';

/*
 * A block or an erasure writes its mark first and sweeps afterwards, by the links of the person. Whoever gives a
 * person new claims reads the marks before, and once more after the commit: either the sweep finds the links, or this
 * look finds the mark. What died between the two is looked at by whoever follows the stream of the bookings.
 */

export interface SecondLookDependencies extends EraseBookingDependencies {
  readonly store: EraseBookingDependencies['store'] & Pick<BookingStore, 'readMarks'>;
  readonly blocklist: Pick<BlocklistStore, 'stop'>;
}

/**
 * Refuses people who are blocked or being erased.
 * @param positionOf the party of a phone number, to name it by.
 * @throws ProblemError PHONE_NUMBER_BLOCKED, PARTY_BEING_ERASED.
 */
export function refuseMarked(
  phoneNumbers: readonly PhoneNumber[],
  marks: PersonMarks,
  nowMs: number,
  positionOf: (phoneNumber: PhoneNumber) => number,
): void {
  for (const phoneNumber of phoneNumbers) {
    const mark = marks.get(phoneNumber.lineKey());
    const issues = (message: string) => ({
      issues: [{ path: `parties.${positionOf(phoneNumber)}.phoneNumber`, message }],
    });
    if (mark?.blocked) {
      throw new ProblemError(
        'PHONE_NUMBER_BLOCKED',
        'A party is on the blocklist. Remove the block first.',
        issues('is on the blocklist'),
      );
    }
    if ((mark?.erasure?.openUntilMs ?? 0) > nowMs) throw beingErased(issues('is being erased'));
  }
}

const beingErased = (extra: ConstructorParameters<typeof ProblemError>[2] = {}) =>
  new ProblemError(
    'PARTY_BEING_ERASED',
    'Everything about a party is being erased. Book again when the erasure is complete.',
    extra,
  );

/** The erasures of these people that are over: a booking made now need not fear them. */
export function erasuresOver(marks: PersonMarks, nowMs: number): string[] {
  return [...marks.values()].flatMap(({ erasure }) =>
    erasure !== undefined && erasure.openUntilMs <= nowMs ? [erasure.id] : [],
  );
}

/**
 * Looks at the people of a booking that has just been given claims. Claims of somebody who was blocked meanwhile are
 * stopped, as if the block had come a moment later; the booking of somebody who was erased meanwhile is erased too.
 *
 * @throws ProblemError PARTY_BEING_ERASED where the booking was erased.
 */
export async function lookAgain(booking: Booking, deps: SecondLookDependencies): Promise<void> {
  if ((await settleMarks(booking, await deps.store.readMarks(phoneNumbersOf(booking)), deps)) === 'erased') {
    throw beingErased();
  }
}

/** Does to a booking what the marks of its people ask for. */
export async function settleMarks(
  booking: Booking,
  marks: PersonMarks,
  deps: SecondLookDependencies,
): Promise<'stands' | 'erased'> {
  for (const person of phoneNumbersOf(booking)) {
    const mark = marks.get(person.lineKey());
    if (mark?.erasure !== undefined && !(booking.erasuresSeen ?? []).includes(mark.erasure.id)) {
      await eraseFrom(booking.bookingId, person, deps);
      return 'erased';
    }
    if (mark?.blocked) await deps.blocklist.stop(person, claimsTouching(person, booking));
  }
  return 'stands';
}

async function eraseFrom(
  bookingId: string,
  person: PhoneNumber,
  deps: SecondLookDependencies,
): Promise<void> {
  for await (const trace of deps.traces.bookingTraces(person)) {
    if (trace.bookingId === bookingId) await eraseTrace(person, trace, deps);
  }
}

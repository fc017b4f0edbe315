import { type Booking, claimChanges, isParty, statusAt } from '../domain/booking.ts';
import { countryRefusal, defaultNumberRules, type NumberRules } from '../domain/number-class.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import type { PoolView } from '../domain/pool.ts';
import { numbersNotAllowed, ProblemError } from '../domain/problems.ts';
import type { NumberPool } from '../ports/number-store.ts';
import { again } from '../ports/retry.ts';
import { changeStored, type Transition } from './change-booking.ts';
import { erasuresOver, lookAgain, refuseMarked, type SecondLookDependencies } from './second-look.ts';

export interface AlterBookingDependencies extends SecondLookDependencies {
  readonly pool: NumberPool;
  /** Which numbers may be called; absent: the defaults. */
  readonly rules?: { readonly numbers?: NumberRules };
}

/**
 * Changes the terms of a live booking: its time, its people, its numbers. Whoever gains a way to call or to be called
 * is looked at before and after, as with a new booking.
 *
 * @throws ProblemError BOOKING_NOT_FOUND, BOOKING_ENDED, PHONE_NUMBER_TAKEN, PHONE_NUMBER_BLOCKED, PARTY_BEING_ERASED,
 * INVALID_REQUEST for a virtual number as a person's, STORE_UNAVAILABLE; and what the change itself throws.
 */
export async function alterBooking(
  bookingId: string,
  { change, onLost }: Transition,
  deps: AlterBookingDependencies,
): Promise<Booking> {
  const { before, after } = await changeStored(
    bookingId,
    {
      async change(booking, nowMs) {
        requireLive(booking, nowMs);
        const altered = await change(booking, nowMs);
        if (altered === again || altered === booking) return altered;
        return admitted(booking, altered, nowMs, deps);
      },
      ...(onLost && { onLost }),
    },
    deps,
  );
  if (reachedBy(before, after).length > 0) await lookAgain(after, deps);
  return after;
}

function requireLive(booking: Booking, nowMs: number): void {
  const status = statusAt(booking, nowMs);
  if (status === 'active') return;
  throw new ProblemError(
    'BOOKING_ENDED',
    `The booking is ${status} and can no longer be changed. Make a new one.`,
  );
}

/** The phone numbers that gain a way to call or to be called. */
function reachedBy(before: Booking, after: Booking): PhoneNumber[] {
  const { added, redirected } = claimChanges(before, after);
  const reached = [...added, ...redirected].flatMap(({ caller, callee }) => [caller, callee]);
  return [...new Map(reached.map((number) => [number.reveal(), number])).values()];
}

async function admitted(
  before: Booking,
  after: Booking,
  nowMs: number,
  { store, pool, rules }: AlterBookingDependencies,
): Promise<Booking> {
  const reached = reachedBy(before, after);
  if (reached.length === 0) return after;
  const gained = after.parties.map(({ phoneNumbers }) => ({
    phoneNumbers: phoneNumbers.filter((number) => !isParty(before, number)),
  }));
  const view = await pool.view(nowMs);
  refuseVirtualNumbers(gained, view);
  refuseCountries(gained, view, rules?.numbers);
  const marks = await store.readMarks(reached);
  refuseMarked(reached, marks, nowMs, (number) => partyOf(after, number));
  const seen = erasuresOver(marks, nowMs);
  if (seen.length === 0) return after;
  return { ...after, erasuresSeen: [...new Set([...(after.erasuresSeen ?? []), ...seen])] };
}

const partyOf = ({ parties }: Booking, number: PhoneNumber): number =>
  parties.findIndex(({ phoneNumbers }) => phoneNumbers.some((one) => one.equals(number)));

/** @throws ProblemError INVALID_REQUEST that names the party by its position. */
export function refuseVirtualNumbers(
  parties: readonly { readonly phoneNumbers: readonly PhoneNumber[] }[],
  pool: { has(phoneNumber: PhoneNumber): boolean },
): void {
  for (const [party, { phoneNumbers }] of parties.entries()) {
    if (!phoneNumbers.some((number) => pool.has(number))) continue;
    throw new ProblemError('INVALID_REQUEST', 'A party cannot be reached on a virtual number of the pool.', {
      issues: [
        {
          path: `parties.${party}.phoneNumber`,
          message: 'must be the phone number of a person, not a virtual number',
        },
      ],
    });
  }
}

/** @throws ProblemError PHONE_NUMBER_NOT_ALLOWED that names the party by its position. */
export function refuseCountries(
  parties: readonly { readonly phoneNumbers: readonly PhoneNumber[] }[],
  { active }: Pick<PoolView, 'active'>,
  rules: NumberRules = defaultNumberRules,
): void {
  const issues = parties.flatMap(({ phoneNumbers }, party) =>
    phoneNumbers.flatMap((number) => {
      const message = countryRefusal(number, rules, active);
      return message === undefined ? [] : [{ path: `parties.${party}.phoneNumber`, message }];
    }),
  );
  if (issues.length > 0) throw numbersNotAllowed(issues);
}

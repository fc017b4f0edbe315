import fc from 'fast-check';
import type { ModelLimits } from './booking-model.ts';

export const PEOPLE = 6;
export const SPARE_PHONE_OFFSET = 10;
/** Virtual numbers 1 to 3 are of Singapore, 4 and 5 of Indonesia. */
export const NUMBERS = [1, 2, 3, 4, 5] as const;
export const countryOfNumber = (number: number): string => (number <= 3 ? 'SG' : 'ID');
export const countryOfPerson = (person: number): string => (person % 2 === 1 ? 'SG' : 'ID');

export interface CreateOperation {
  readonly first: number;
  readonly second: number;
  /** The second party has a further phone number. */
  readonly hasSpare: boolean;
  readonly numbering: 'shared' | 'per-party';
  readonly direction: 'both' | 'first-to-second' | 'second-to-first';
  readonly country: 'SG' | 'ID' | undefined;
  readonly preferred: number | undefined;
  readonly sticky: boolean;
  readonly minutes: number;
  readonly coolDownMinutes: number;
  readonly limits: ModelLimits;
}

/** Every phone that may take part. */
export const PHONES = Array.from({ length: PEOPLE }, (_, at) => at + 1).flatMap((one) => [
  one,
  one + SPARE_PHONE_OFFSET,
]);

export function countryOfPhone(phone: number): string {
  return countryOfPerson(phone > SPARE_PHONE_OFFSET ? phone - SPARE_PHONE_OFFSET : phone);
}

export const phonesOf = (one: CreateOperation): number[] => [one.first, ...phonesOfSecond(one)];

export function phonesOfSecond({ second, hasSpare }: CreateOperation): number[] {
  return hasSpare ? [second, second + SPARE_PHONE_OFFSET] : [second];
}

/** What may happen; `pick` chooses among the live bookings, whichever they are by then. */
export type BookingOperation =
  | { readonly kind: 'create'; readonly bookings: readonly CreateOperation[] }
  | { readonly kind: 'move-end'; readonly pick: number; readonly minutes: number }
  | { readonly kind: 'replace'; readonly pick: number; readonly party: 0 | 1; readonly person: number }
  | { readonly kind: 'end'; readonly pick: number; readonly reason: 'completed' | 'cancelled' }
  | { readonly kind: 'wait'; readonly minutes: number }
  /** To the very millisecond in which the next live booking expires. */
  | { readonly kind: 'wait-for-expiry' }
  /** A call of the booking is answered, and counted. */
  | { readonly kind: 'count'; readonly pick: number }
  | { readonly kind: 'block' | 'unblock' | 'erase'; readonly person: number }
  /** The bookings of a number that is no longer given out are moved to others. */
  | { readonly kind: 'renumber'; readonly number: number }
  | { readonly kind: 'number'; readonly number: number; readonly state: 'active' | 'unhealthy' | 'draining' };

const person = fc.integer({ min: 1, max: PEOPLE });
const pick = fc.nat({ max: 20 });
const minutes = fc.integer({ min: 1, max: 120 });

const creation: fc.Arbitrary<CreateOperation> = fc
  .record({
    first: person,
    second: person,
    hasSpare: fc.boolean(),
    numbering: fc.constantFrom('shared' as const, 'per-party' as const),
    direction: fc.constantFrom('both' as const, 'first-to-second' as const, 'second-to-first' as const),
    country: fc.constantFrom(undefined, undefined, 'SG' as const, 'ID' as const),
    preferred: fc.constantFrom(undefined, ...NUMBERS),
    sticky: fc.boolean(),
    minutes,
    coolDownMinutes: fc.constantFrom(0, 0, 10, 60),
    limits: fc.constantFrom({}, {}, { maxCalls: 2 }, { maxCallsPerMinute: 1 }),
  })
  .filter(({ first, second }) => first !== second);

/** A history of the service; a creation of several bookings is a race between them. */
export const operations = (maxLength: number): fc.Arbitrary<BookingOperation[]> =>
  fc.array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant('create' as const),
          bookings: fc.array(creation, { minLength: 1, maxLength: 3 }),
        }),
      },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('move-end' as const), pick, minutes }) },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('replace' as const),
          pick,
          party: fc.constantFrom(0 as const, 1 as const),
          person,
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('end' as const),
          pick,
          reason: fc.constantFrom('completed' as const, 'cancelled' as const),
        }),
      },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait-for-expiry' as const) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('count' as const), pick }) },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constantFrom('block' as const, 'unblock' as const, 'erase' as const),
          person,
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('renumber' as const),
          number: fc.constantFrom(...NUMBERS),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('number' as const),
          number: fc.constantFrom(...NUMBERS),
          state: fc.constantFrom('active' as const, 'unhealthy' as const, 'draining' as const),
        }),
      },
    ),
    { minLength: 1, maxLength, size: 'max' },
  );

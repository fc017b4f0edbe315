import type { ClaimKey } from './booking.ts';
import { callingCodeOf } from './countries.ts';
import type { PhoneNumber } from './phone-number.ts';
import type { PoolView } from './pool.ts';

/*
 * Choosing a virtual number. Phone numbers are vertices, live bookings edges, virtual numbers colours: a number may be
 * given to a booking when none of the booking's phone numbers holds it.
 *
 * Some candidates are drawn, evenly over the numbers; what the phone numbers hold or held on them tells which are free
 * and which was had when. Only when all of them are held are more read, until every number has been seen: a booking is
 * refused because no number is free, never because of bad luck.
 */

/** A number in [0, 1), as `Math.random`. */
export type Random = () => number;

/** What is known of a claim that a candidate may meet. */
export interface HeldClaim extends ClaimKey {
  readonly bookingId: string;
  readonly callee: PhoneNumber;
  /** When it stopped or will stop connecting. */
  readonly endsAtMs: number;
  /** Until when it is kept for those who had it. */
  readonly freeAtMs: number;
}

/** What a claim leaves of a number for a new booking. */
export type Availability = 'free' | 'resting' | 'held';

/**
 * @param claim the claim on the number for one caller, if there ever was one.
 * @param others whom the new booking connects that caller with: people who had the number together may have it back.
 */
export function availabilityOf(
  claim: HeldClaim | undefined,
  others: readonly PhoneNumber[],
  nowMs: number,
): Availability {
  if (claim === undefined || claim.freeAtMs <= nowMs) return 'free';
  if (claim.endsAtMs > nowMs) return 'held';
  return others.some((other) => other.isSameLine(claim.callee)) ? 'free' : 'resting';
}

/** A number that may serve, and when the parties had it last; undefined for one that is new to them. */
export interface Candidate {
  readonly virtualNumber: PhoneNumber;
  readonly lastHadAtMs: number | undefined;
}

/**
 * The best first: numbers that are new to everybody, in the order in which they were drawn, which spreads the load;
 * then those that were had longest ago, so that an old entry in a call log rings a stranger as late as can be.
 */
export function inOrderOfRest(candidates: readonly Candidate[]): Candidate[] {
  const fresh = candidates.filter(({ lastHadAtMs }) => lastHadAtMs === undefined);
  const had = candidates.filter(({ lastHadAtMs }) => lastHadAtMs !== undefined);
  return [...fresh, ...had.sort((one, other) => (one.lastHadAtMs ?? 0) - (other.lastHadAtMs ?? 0))];
}

/** The golden section: steps of this share of a circle never come close to one another. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Draws numbers evenly: from a random start, one step after another around the list, so that every number has its turn
 * once a round. One for each execution environment; nothing is counted anywhere.
 */
export class EvenDraw {
  readonly #random: Random;
  readonly #turns = new Map<string, number>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** The position whose turn it is among the `size` numbers of a country. */
  next(country: string, size: number): number {
    const turn = this.#turns.get(country) ?? Math.floor(this.#random() * size);
    this.#turns.set(country, (turn + 1) % size);
    return (turn * stepFor(size)) % size;
  }

  /** Positions below `size` in random order, `first` at the head, each drawn when it is asked for. */
  *others(size: number, first: number): Generator<number> {
    yield first;
    // Fisher and Yates over the positions without writing them all down: what was swapped is remembered.
    const swapped = new Map<number, number>([[first, 0]]);
    for (let at = 1; at < size; at += 1) {
      const chosen = at + Math.floor(this.#random() * (size - at));
      const position = swapped.get(chosen) ?? chosen;
      swapped.set(chosen, swapped.get(at) ?? at);
      yield position;
    }
  }
}

/** A step near the golden section that visits all of `size` positions before it repeats one. */
function stepFor(size: number): number {
  let step = Math.max(1, Math.round(size * GOLDEN));
  while (greatestCommonDivisor(step, size) !== 1) step += 1;
  return step;
}

function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other);
}

/** A new array in random order (Fisher and Yates). */
export function shuffled<T>(values: readonly T[], random: Random): T[] {
  const result = [...values];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const kept = result[last];
    const moved = result[other];
    if (kept === undefined || moved === undefined) continue;
    result[last] = moved;
    result[other] = kept;
  }
  return result;
}

const sizeOf = (pool: PoolView, country: string): number => pool.active.get(country)?.length ?? 0;

/**
 * The countries whose numbers may serve, best first: the one that was asked for and no other; else those the
 * parties are in, then others of their calling codes, then the rest, the largest first.
 */
export function countriesToTry(
  asked: string | undefined,
  partyCountries: readonly (string | undefined)[],
  pool: PoolView,
): string[] {
  const stocked = (country: string) => sizeOf(pool, country) > 0;
  if (asked !== undefined) return stocked(asked) ? [asked] : [];
  const own = partyCountries.filter((country) => country !== undefined);
  const bySize = [...pool.active.keys()].sort((one, other) => sizeOf(pool, other) - sizeOf(pool, one));
  const codes = own.map(callingCodeOf);
  const ofOwnCode = bySize.filter((country) => codes.includes(callingCodeOf(country)));
  return [...new Set([...own, ...ofOwnCode, ...bySize])].filter(stocked);
}

/**
 * The countries for a number of one party's own: the party's country, then the one that was asked for; when none
 * was asked for, any other.
 */
export function countriesForParty(
  own: string | undefined,
  asked: string | undefined,
  pool: PoolView,
): string[] {
  if (asked === undefined) return countriesToTry(undefined, [own], pool);
  return [...new Set([...countriesToTry(own ?? asked, [], pool), ...countriesToTry(asked, [], pool)])];
}

interface Reachable {
  readonly phoneNumbers: readonly PhoneNumber[];
}

/**
 * What belongs to the two parties, in an order that does not depend on which of them is named first; applied again,
 * in the order of the parties.
 */
export function pairOrder<T>(
  [first, second]: readonly [Reachable, Reachable],
  values: readonly T[],
): readonly T[] {
  const text = ({ phoneNumbers }: Reachable) => phoneNumbers[0]?.reveal() ?? '';
  return text(first) <= text(second) ? values : values.toReversed();
}

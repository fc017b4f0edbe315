import type { Holding, PoolSizes, SlotContent, SlotRef } from './pool.ts';

/**
 * Choosing a virtual number. Phone numbers are vertices, live bookings edges, virtual numbers colours: a number
 * may be given to a booking when none of the booking's phone numbers holds it.
 *
 * The active numbers of a country stand in slots 0 to size - 1 without holes, so a number is found by drawing a
 * slot: the cost does not grow with the pool. What a phone number holds is read with it, so the draw avoids
 * the numbers that are taken. Only when a draw fails are further slots read, until every one has been seen:
 * a booking is refused because no number is free, never because of bad luck.
 */

/** Slots read in the first draw: enough that one of them is free when few of the pool are held. */
export const FIRST_DRAW = 8;
/** Slots read in each further draw: the most keys that one DynamoDB batch read takes. */
export const FURTHER_DRAW = 100;
/** Of the free numbers drawn, the longest-rested of this many is taken. */
const COMPARED = 4;

/** A number in [0, 1), as `Math.random`. */
export type Random = () => number;

/** What the chooser knows of the parties: the virtual numbers they may not be given now. */
export interface HeldNumbers {
  has(revealedVirtualNumber: string): boolean;
  /** Where the held numbers stood when they were given; a hint, since numbers move between slots. */
  readonly slots: readonly SlotRef[];
}

/** Joins what several phone numbers hold, leaving out what was free again at `nowMs`. */
export function heldAt(holdings: Iterable<Holding>, nowMs: number): HeldNumbers {
  const numbers = new Set<string>();
  const slots: SlotRef[] = [];
  for (const holding of holdings) {
    if (holding.blockedUntilMs <= nowMs) continue;
    numbers.add(holding.virtualNumber.reveal());
    if (holding.slot !== undefined) slots.push(holding.slot);
  }
  return { has: (number) => numbers.has(number), slots };
}

/** Draws slots of one country without repeating any, those that are probably free first. */
export class SlotDraw {
  readonly #country: string;
  readonly #size: number;
  readonly #random: Random;
  readonly #drawn = new Set<number>();
  readonly #avoided: Set<number>;

  constructor(country: string, size: number, held: HeldNumbers, random: Random) {
    this.#country = country;
    this.#size = size;
    this.#random = random;
    const inCountry = held.slots.filter((ref) => ref.country === country && ref.slot < size);
    this.#avoided = new Set(inCountry.map((ref) => ref.slot));
  }

  /** Up to `count` slots that were not drawn before; none when all have been. */
  next(count: number): SlotRef[] {
    const probablyFree = this.#size - this.#avoided.size - this.#drawnOutsideAvoided();
    const slots = probablyFree > 0 ? this.#draw(count, probablyFree) : this.#remaining(count);
    for (const slot of slots) this.#drawn.add(slot);
    return slots.map((slot) => ({ country: this.#country, slot }));
  }

  #drawnOutsideAvoided(): number {
    let outside = 0;
    for (const slot of this.#drawn) if (!this.#avoided.has(slot)) outside += 1;
    return outside;
  }

  #draw(count: number, probablyFree: number): number[] {
    // Rejection needs few tries while most slots are open; a crowded country is listed and shuffled instead.
    if (probablyFree * 2 < this.#size || probablyFree <= count) {
      return shuffled(this.#open(), this.#random).slice(0, count);
    }
    const slots = new Set<number>();
    while (slots.size < count) {
      const slot = Math.floor(this.#random() * this.#size);
      if (!this.#avoided.has(slot) && !this.#drawn.has(slot)) slots.add(slot);
    }
    return [...slots];
  }

  #open(): number[] {
    const open: number[] = [];
    for (let slot = 0; slot < this.#size; slot += 1) {
      if (!this.#avoided.has(slot) && !this.#drawn.has(slot)) open.push(slot);
    }
    return open;
  }

  #remaining(count: number): number[] {
    return [...this.#avoided].filter((slot) => !this.#drawn.has(slot)).slice(0, count);
  }
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

/**
 * Orders the free numbers among those drawn: of a few taken at random the longest-rested first, then the others.
 *
 * Resting time spreads the load without any counter to keep; taking only a few into the comparison keeps many
 * writers who drew the same slots from all choosing the same number.
 */
export function orderCandidates(
  drawn: readonly SlotContent[],
  held: HeldNumbers,
  random: Random,
): SlotContent[] {
  const free = shuffled(
    drawn.filter((content) => !held.has(content.virtualNumber.reveal())),
    random,
  );
  const compared = free.slice(0, COMPARED).sort((one, other) => one.lastGivenAtMs - other.lastGivenAtMs);
  return [...compared, ...free.slice(COMPARED)];
}

/**
 * The countries whose numbers may serve, best first: the one that was asked for and no other; else those the
 * parties are in, then the rest by size.
 */
export function countriesToTry(
  asked: string | undefined,
  partyCountries: readonly (string | undefined)[],
  sizes: PoolSizes,
): string[] {
  const stocked = (country: string) => (sizes.get(country) ?? 0) > 0;
  if (asked !== undefined) return stocked(asked) ? [asked] : [];
  const own = partyCountries.filter((country) => country !== undefined);
  const bySize = [...sizes.keys()].sort((one, other) => (sizes.get(other) ?? 0) - (sizes.get(one) ?? 0));
  return [...new Set([...own, ...bySize])].filter(stocked);
}

/**
 * The countries for a number of one party's own: the party's country, then the one that was asked for; when none
 * was asked for, any other.
 */
export function countriesForParty(
  own: string | undefined,
  asked: string | undefined,
  sizes: PoolSizes,
): string[] {
  if (asked === undefined) return countriesToTry(undefined, [own], sizes);
  return [...countriesToTry(own ?? asked, [], sizes), ...countriesToTry(asked, [], sizes)].filter(
    (country, position, all) => all.indexOf(country) === position,
  );
}

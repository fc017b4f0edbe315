import { type HeldClaim, pairOrder } from '../domain/allocation.ts';
import type { ClaimKey } from '../domain/booking.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import type { PoolView } from '../domain/pool.ts';
import { type LostClaims, MOST_READ_AT_ONCE } from '../ports/booking-store.ts';
import { type Caller, NumberSeeker, type NumberWish, type SearchDependencies } from './number-seeker.ts';

/** What a booking found of the pool that it could choose from. */
export interface NumberChoice {
  readonly outcome: 'made' | 'refused';
  /** The country that was asked for, or whose numbers are tried first; undefined when the pool is empty. */
  readonly country: string | undefined;
  /** Active numbers of the countries that could serve. */
  readonly poolSize: number;
  /** How many of them the parties held before, at least; where each gets one of its own, the party with fewest left. */
  readonly taken: number;
}

/** Numbers to try: one for each party that seeks one, twice the same where they share it. */
export interface NumberOffer {
  readonly numbers: readonly PhoneNumber[];
  /** Where a rest is to be made shorter: it must have begun by then. */
  readonly restedSinceMs?: number;
}

/** Rows that are read with the first claims beside the marks: the answer to a key, and what was given last. */
const OTHER_ROWS = 2;

/**
 * The search for the numbers of one booking: one that is free for everybody where numbers are shared, else one for
 * each party. It offers the best that it knows until one is taken, reads more when it knows no more, and ends only
 * when every number of the pool as it now is was seen to be held.
 */
export class NumberSearch {
  readonly #seekers: readonly NumberSeeker[];
  readonly #deps: SearchDependencies;
  readonly #wish: NumberWish;
  readonly #view: PoolView;

  /** @param seeking the parties that need a number, by position; both where nothing else is said. */
  constructor(
    wish: NumberWish,
    view: PoolView,
    deps: SearchDependencies,
    seeking: readonly number[] = [0, 1],
  ) {
    const { parties } = wish;
    const callersOf = (at: number): Caller[] => {
      const others = parties[at === 0 ? 1 : 0].phoneNumbers;
      return parties[at === 0 ? 0 : 1].phoneNumbers.map((phoneNumber) => ({ phoneNumber, others }));
    };
    this.#wish = wish;
    this.#view = view;
    this.#deps = deps;
    this.#seekers =
      wish.numbering === 'shared'
        ? [new NumberSeeker([...callersOf(0), ...callersOf(1)], wish, undefined, deps.draw)]
        : seeking.map((at) => new NumberSeeker(callersOf(at), wish, at, deps.draw));
    const fixedRows = parties.flatMap(({ phoneNumbers }) => phoneNumbers).length + OTHER_ROWS;
    const rowsEach = Math.floor((MOST_READ_AT_ONCE - fixedRows) / this.#seekers.length);
    for (const seeker of this.#seekers) seeker.begin(view, rowsEach);
  }

  /** The claims that the first candidates may meet, and whether they are all that there can be. */
  get first(): { readonly claims: readonly ClaimKey[]; readonly consistent: boolean } {
    return {
      claims: this.#seekers.flatMap((seeker) => seeker.asked),
      consistent: this.#seekers.every((seeker) => seeker.drewAll),
    };
  }

  /** Takes the claims that were asked for; `lastGiven` is tried before other numbers of its kind. */
  know(claims: readonly HeldClaim[], lastGiven: readonly PhoneNumber[], nowMs: number): void {
    const { consistent } = this.first;
    const given = lastGiven.length === this.#seekers.length ? pairOrder(this.#wish.parties, lastGiven) : [];
    for (const [at, seeker] of this.#seekers.entries()) {
      seeker.know(claims, { nowMs, consistent });
      const last = given[at];
      if (last !== undefined) seeker.favour(last, this.#view);
    }
  }

  /** @returns undefined when no number is free; `contended` when some could not be seen to be held. */
  async next(nowMs: number): Promise<NumberOffer | 'contended' | undefined> {
    const offers = [];
    for (const seeker of this.#seekers) {
      const offer = await seeker.offer(this.#deps, nowMs);
      if (offer === 'contended' || offer === undefined) return offer;
      offers.push(offer);
    }
    const rests = offers.flatMap(({ restedSinceMs }) => restedSinceMs ?? []);
    return {
      numbers:
        this.#seekers.length === 1 ? [offers[0], offers[0]].flatMap(numberOf) : offers.flatMap(numberOf),
      ...(rests.length > 0 && { restedSinceMs: Math.min(...rests) }),
    };
  }

  /** What was offered could not be had. */
  lost({ kind, claims }: LostClaims): void {
    for (const seeker of this.#seekers) seeker.lost(claims, kind);
  }

  /** The countries of the numbers, as the pool was seen. */
  countriesOf(numbers: readonly PhoneNumber[]): string[] {
    return [...new Set(numbers.flatMap((number) => this.#view.countryOf(number) ?? []))];
  }

  /** How many numbers one party holds at least, of those that could serve it. */
  heldByBusiest(): number {
    return Math.max(0, ...this.#seekers.map((seeker) => seeker.heldByBusiest()));
  }

  /** How many numbers a party was seen to hold; all of them after a search that found none. */
  heldBy(phoneNumbers: readonly PhoneNumber[]): number {
    return Math.max(0, ...this.#seekers.map((seeker) => seeker.heldBy(phoneNumbers)));
  }

  /** The tightest of the choices that the booking had: of each seeker's countries, how much was taken. */
  choice(outcome: NumberChoice['outcome']): NumberChoice {
    const choices = this.#seekers.map((seeker) => ({
      outcome,
      country: this.#wish.country ?? seeker.countries[0],
      poolSize: seeker.poolSize,
      taken: seeker.taken(),
    }));
    const [tightest] = choices.toSorted(
      (one, other) => one.poolSize - one.taken - (other.poolSize - other.taken),
    );
    return tightest ?? { outcome, country: this.#wish.country, poolSize: 0, taken: 0 };
  }
}

const numberOf = (offer: { readonly virtualNumber: PhoneNumber } | undefined) => offer?.virtualNumber ?? [];

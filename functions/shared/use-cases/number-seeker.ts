import {
  availabilityOf,
  type Candidate,
  countriesForParty,
  countriesToTry,
  type EvenDraw,
  type HeldClaim,
  inOrderOfRest,
} from '../domain/allocation.ts';
import { type ClaimKey, claimText, type Numbering } from '../domain/booking.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import type { PoolView } from '../domain/pool.ts';
import { type BookingStore, type LostClaims, MOST_READ_AT_ONCE } from '../ports/booking-store.ts';
import type { NumberPool } from '../ports/number-store.ts';
import { heldAtLeast } from './held-share.ts';

/** A party as it is asked for; the virtual number is still to be found. */
export interface PartyDraft {
  readonly label?: string;
  readonly phoneNumbers: readonly PhoneNumber[];
  /** The country of the first phone number, ISO 3166-1 alpha-2, where it is known. */
  readonly country?: string;
}

/** What the numbers of a booking are chosen by. */
export interface NumberWish {
  readonly parties: readonly [PartyDraft, PartyDraft];
  readonly numbering: Numbering;
  /** The country that was asked for. */
  readonly country?: string;
  /** A number to give if it is free. */
  readonly preferredNumber?: PhoneNumber;
  /** How short a rest may be made rather than refuse; absent: it is never shortened. */
  readonly leastCoolDownSeconds?: number;
}

export interface SearchDependencies {
  readonly store: Pick<BookingStore, 'readClaims'>;
  readonly pool: NumberPool;
  readonly draw: EvenDraw;
}

/** Somebody who must be able to use a number, and whom it connects them with. */
export interface Caller {
  readonly phoneNumber: PhoneNumber;
  readonly others: readonly PhoneNumber[];
}

/** Candidates of the first draw: enough that one of them is free when few of the pool are held. */
const FIRST_DRAW = 8;

/** A number that may be tried. */
interface Offer extends Candidate {
  readonly restedSinceMs?: number;
}

/** One virtual number to be found, and who must be able to use it. */
export class NumberSeeker {
  countries: readonly string[] = [];
  poolSize = 0;
  /** The claims of the numbers that were drawn last. */
  asked: readonly ClaimKey[] = [];
  drewAll = false;
  #drawn: readonly PhoneNumber[] = [];
  #source: Iterator<PhoneNumber> = [].values();
  #offers: Candidate[] = [];
  #resting: Candidate[] = [];
  #isFresh = false;
  #hasContended = false;
  /** Numbers that were seen, for certain, not to be free. */
  readonly #held = new Set<string>();
  /** By phone number, the numbers that it was seen to hold. */
  readonly #heldBy = new Map<string, Set<string>>();
  readonly #seen = new Set<string>();
  readonly #seenTaken = new Set<string>();

  readonly #callers: readonly Caller[];
  readonly #wish: NumberWish;
  readonly #party: number | undefined;
  readonly #evenly: EvenDraw;

  /** @param party the position of the party that seeks; undefined where both seek one number. */
  constructor(callers: readonly Caller[], wish: NumberWish, party: number | undefined, evenly: EvenDraw) {
    this.#callers = callers;
    this.#wish = wish;
    this.#party = party;
    this.#evenly = evenly;
  }

  begin(view: PoolView, rows: number): void {
    this.#look(view);
    this.#source = this.#everyNumber(view);
    this.#draw(Math.min(FIRST_DRAW, Math.floor(rows / this.#callers.length)));
    this.drewAll = this.#drawn.length === this.poolSize;
  }

  #look(view: PoolView): void {
    const { country, parties } = this.#wish;
    this.countries =
      this.#party === undefined
        ? countriesToTry(
            country,
            parties.map((one) => one.country),
            view,
          )
        : countriesForParty(parties[this.#party === 0 ? 0 : 1].country, country, view);
    this.poolSize = this.countries.reduce((sum, one) => sum + (view.active.get(one)?.length ?? 0), 0);
  }

  #draw(count: number): void {
    const drawn: PhoneNumber[] = [];
    while (drawn.length < count) {
      const next = this.#source.next();
      if (next.done) break;
      drawn.push(next.value);
    }
    this.#drawn = drawn;
    this.asked = drawn.flatMap((virtualNumber) =>
      this.#callers.map(({ phoneNumber }) => ({ virtualNumber, caller: phoneNumber })),
    );
  }

  /** Every number that may serve, once: the preferred one where it belongs, then country by country, drawn evenly. */
  *#everyNumber(view: PoolView): Generator<PhoneNumber> {
    const preferred = this.#wish.preferredNumber;
    const preferredIn = preferred && this.#countryOf(preferred, view);
    if (preferred !== undefined && preferredIn !== undefined && this.#precedesAll()) yield preferred;
    for (const country of this.countries) {
      const numbers = view.active.get(country) ?? [];
      if (preferred !== undefined && preferredIn === country && !this.#precedesAll()) yield preferred;
      const first = this.#evenly.next(country, numbers.length);
      for (const position of this.#evenly.others(numbers.length, first)) {
        const number = numbers[position];
        if (number === undefined || (preferredIn !== undefined && preferred?.equals(number))) continue;
        yield number;
      }
    }
  }

  #countryOf(number: PhoneNumber, view: PoolView): string | undefined {
    const country = view.countryOf(number);
    return country !== undefined && this.countries.includes(country) ? country : undefined;
  }

  /** No wish takes a party's own country away from it. */
  #precedesAll(): boolean {
    if (this.#party === undefined) return true;
    const own = this.#wish.parties[this.#party === 0 ? 0 : 1].country;
    return own === undefined || this.countries[0] !== own;
  }

  know(claims: readonly HeldClaim[], { nowMs, consistent }: { nowMs: number; consistent: boolean }): void {
    const byKey = new Map(claims.map((claim) => [claimText(claim), claim]));
    const free: Candidate[] = [];
    for (const virtualNumber of this.#drawn) {
      const found = this.#callers.map(({ phoneNumber, others }) => {
        const claim = byKey.get(claimText({ virtualNumber, caller: phoneNumber }));
        return { phoneNumber, claim, availability: availabilityOf(claim, others, nowMs) };
      });
      const busy = found.filter(({ availability }) => availability !== 'free');
      this.#note(
        virtualNumber.reveal(),
        busy.map(({ phoneNumber }) => phoneNumber),
      );
      const ends = found.flatMap(({ claim }) =>
        claim === undefined ? [] : [Math.min(claim.endsAtMs, nowMs)],
      );
      const candidate = {
        virtualNumber,
        lastHadAtMs: ends.length === 0 ? undefined : Math.max(...ends),
      };
      if (busy.length === 0) free.push(candidate);
      else {
        if (consistent) this.#held.add(virtualNumber.reveal());
        if (consistent && busy.every(({ availability }) => availability === 'resting'))
          this.#resting.push(candidate);
      }
    }
    this.#offers.push(...this.#preferredFirst(inOrderOfRest(free)));
  }

  #preferredFirst(candidates: Candidate[]): Candidate[] {
    const preferred = this.#wish.preferredNumber;
    if (preferred === undefined) return candidates;
    const isPreferred = ({ virtualNumber }: Candidate) => virtualNumber.equals(preferred);
    return [...candidates.filter(isPreferred), ...candidates.filter((one) => !isPreferred(one))];
  }

  #note(number: string, busy: readonly PhoneNumber[]): void {
    this.#seen.add(number);
    if (busy.length > 0) this.#seenTaken.add(number);
    for (const phoneNumber of busy) {
      const held = this.#heldBy.get(phoneNumber.reveal()) ?? new Set();
      this.#heldBy.set(phoneNumber.reveal(), held.add(number));
    }
  }

  /** Puts a number first that these people had before, unless it was seen that they cannot have it. */
  favour(number: PhoneNumber, view: PoolView): void {
    const preferred = this.#wish.preferredNumber;
    const drawn = this.#drawn.some((one) => one.equals(number));
    const known = this.#offers.find(({ virtualNumber }) => virtualNumber.equals(number));
    const country = this.#countryOf(number, view);
    if (country === undefined || preferred?.equals(number) || (drawn && known === undefined)) return;
    if (!this.#precedesAll() && country !== this.countries[0]) return;
    const [head] = this.#offers;
    const rest = this.#offers.filter((one) => one !== known);
    const favourite = known ?? { virtualNumber: number, lastHadAtMs: 0 };
    this.#offers =
      preferred !== undefined && head?.virtualNumber.equals(preferred)
        ? [head, favourite, ...rest.slice(1)]
        : [favourite, ...rest];
  }

  async offer({ store, pool }: SearchDependencies, nowMs: number): Promise<Offer | 'contended' | undefined> {
    for (;;) {
      const [best] = this.#offers;
      if (best !== undefined) return best;
      this.#draw(Math.floor(MOST_READ_AT_ONCE / this.#callers.length));
      if (this.#drawn.length > 0) {
        this.know(await store.readClaims(this.asked), { nowMs, consistent: true });
        continue;
      }
      if (this.#hasContended) return 'contended';
      const isSettled = this.#isFresh;
      const view = await (isSettled ? pool.view(nowMs) : pool.refresh(nowMs));
      this.#isFresh = true;
      const unseen = this.#unseenIn(view);
      if (unseen.length === 0) return this.#longestRested(nowMs);
      this.#source = unseen.values();
    }
  }

  #unseenIn(view: PoolView): PhoneNumber[] {
    this.#look(view);
    return this.countries
      .flatMap((country) => view.active.get(country) ?? [])
      .filter((number) => !this.#held.has(number.reveal()));
  }

  /** Of the numbers that only rest, the one that has rested longest, if its rest may be made shorter. */
  #longestRested(nowMs: number): Offer | undefined {
    const { leastCoolDownSeconds } = this.#wish;
    if (leastCoolDownSeconds === undefined) return undefined;
    const restedSinceMs = nowMs - leastCoolDownSeconds * 1000;
    const [longest] = this.#resting
      .filter(({ lastHadAtMs }) => (lastHadAtMs ?? 0) <= restedSinceMs)
      .sort((one, other) => (one.lastHadAtMs ?? 0) - (other.lastHadAtMs ?? 0));
    return longest && { ...longest, restedSinceMs };
  }

  lost(claims: readonly ClaimKey[], kind: LostClaims['kind']): void {
    const isMine = ({ caller }: ClaimKey) =>
      this.#callers.some(({ phoneNumber }) => phoneNumber.isSameLine(caller));
    const isLost = ({ virtualNumber }: Candidate) =>
      claims.some((claim) => isMine(claim) && claim.virtualNumber.equals(virtualNumber));
    const lost = [...this.#offers, ...this.#resting].filter(isLost);
    if (kind === 'conflict' && lost.length > 0) this.#hasContended = true;
    if (kind === 'taken') for (const { virtualNumber } of lost) this.#held.add(virtualNumber.reveal());
    this.#offers = this.#offers.filter((one) => !isLost(one));
    this.#resting = this.#resting.filter((one) => !isLost(one));
  }

  heldBy(phoneNumbers: readonly PhoneNumber[]): number {
    const held = phoneNumbers.flatMap((number) => [...(this.#heldBy.get(number.reveal()) ?? [])]);
    return new Set(held).size;
  }

  heldByBusiest(): number {
    return heldAtLeast(
      Math.max(0, ...[...this.#heldBy.values()].map(({ size }) => size)),
      this.#seen.size,
      this.poolSize,
    );
  }

  taken(): number {
    return heldAtLeast(this.#seenTaken.size, this.#seen.size, this.poolSize);
  }
}

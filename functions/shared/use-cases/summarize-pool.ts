import { type Booking, statusAt } from '../domain/booking.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import type { SlotContent } from '../domain/pool.ts';
import type { BookingStore, ClaimRequest, NumberStore } from '../ports/booking-store.ts';
import type { NumbersByState, PoolCount, PoolCounts, PoolTotals } from '../ports/pool-summary.ts';

/** Stands for every country of which the pool has no number; ISO 3166-1 leaves the code to its users. */
export const ELSEWHERE = 'ZZ';
/** Virtual numbers whose country is remembered; it does not change while a number is in the pool. */
const REMEMBERED = 20_000;

/** The pool in one country. */
export interface CountrySummary extends PoolTotals {
  readonly country: string;
  readonly numbers: NumbersByState;
  /** How many more numbers the busiest party could be given: the active numbers that it does not hold. */
  readonly headroom: number;
  /** The same as a share of the active numbers; 0 where there is none. */
  readonly headroomPercent: number;
}

export interface PoolSummary {
  readonly countries: readonly CountrySummary[];
  /** Refusals of the last hour for countries of which the pool has no number. */
  readonly refusalsElsewhereLastHour: number;
}

/** How the pool stands, country by country. */
export async function summarizePool(counts: PoolCounts, nowMs: number): Promise<PoolSummary> {
  const byCountry = await counts.numbersByCountry();
  const countries = await Promise.all(
    [...byCountry]
      .toSorted(([one], [other]) => one.localeCompare(other))
      .map(async ([country, numbers]) => summaryOf(country, numbers, await counts.totals(country, nowMs))),
  );
  const elsewhere = await counts.totals(ELSEWHERE, nowMs);
  return { countries, refusalsElsewhereLastHour: elsewhere.refusalsLastHour };
}

function summaryOf(country: string, numbers: NumbersByState, totals: PoolTotals): CountrySummary {
  const headroom = Math.max(0, numbers.active - totals.busiestPartyHolds);
  const headroomPercent = numbers.active === 0 ? 0 : Math.round((headroom / numbers.active) * 100);
  return { country, numbers, ...totals, headroom, headroomPercent };
}

export interface CountedStoreDependencies {
  readonly numbers: Pick<NumberStore, 'findNumber'>;
  /** Finds and takes the counts that follow from a write; must not throw, since the write has taken place. */
  readonly count: (findCounts: () => Promise<readonly PoolCount[]>) => Promise<void>;
}

/** The same store; what its bookings do to the counts of the pool is counted after each write that took place. */
export function countedStore(store: BookingStore, deps: CountedStoreDependencies): BookingStore {
  const countries = new Map<string, string>();

  function remember(virtualNumber: PhoneNumber, country: string): void {
    if (countries.size >= REMEMBERED) countries.clear();
    countries.set(virtualNumber.reveal(), country);
  }

  async function countriesOf(booking: Booking): Promise<string[]> {
    const found = new Set<string>();
    for (const { virtualNumber } of booking.parties) {
      const country =
        countries.get(virtualNumber.reveal()) ?? (await deps.numbers.findNumber(virtualNumber))?.country;
      // The number has been removed since: its bookings stay counted until they would have expired.
      if (country === undefined) continue;
      remember(virtualNumber, country);
      found.add(country);
    }
    return [...found];
  }

  async function liveCounts(booking: Booking, by: 1 | -1, nowMs: number): Promise<PoolCount[]> {
    if (statusAt(booking, nowMs) !== 'active') return [];
    const untilMs = booking.expiresAtMs;
    return (await countriesOf(booking)).map((country) => ({ kind: 'live', country, untilMs, by }));
  }

  const rememberGiven = (given: readonly SlotContent[]) => {
    for (const content of given) remember(content.virtualNumber, content.country);
  };

  return {
    ...store,
    async claim(request) {
      const outcome = await store.claim(request);
      if (outcome.kind === 'claimed') {
        rememberGiven(request.given);
        await deps.count(async () => claimCounts(request));
      }
      return outcome;
    },
    async change(before, after, nowMs, given) {
      const outcome = await store.change(before, after, nowMs, given);
      if (outcome === 'changed' && movesCounts(before, after)) {
        rememberGiven(given ?? []);
        await deps.count(async () => [
          ...(await liveCounts(before, -1, nowMs)),
          ...(await liveCounts(after, 1, nowMs)),
        ]);
      }
      return outcome;
    },
  };
}

function movesCounts(before: Booking, after: Booking): boolean {
  return (
    before.storedStatus !== after.storedStatus ||
    before.expiresAtMs !== after.expiresAtMs ||
    before.parties.some((party, at) => !after.parties[at]?.virtualNumber.equals(party.virtualNumber))
  );
}

function claimCounts({ booking, given, holdings, nowMs }: ClaimRequest): PoolCount[] {
  const untilMs = booking.expiresAtMs;
  const countries = [...new Set(given.map((content) => content.country))];
  return countries.flatMap((country): PoolCount[] => [
    { kind: 'live', country, untilMs, by: 1 },
    { kind: 'degree', country, untilMs, degree: 1 + mostHeld(holdings, country, nowMs) },
  ]);
}

/** Of the phone numbers of a booking, the most of the country's numbers that one of them held already. */
function mostHeld(holdings: ClaimRequest['holdings'], country: string, nowMs: number): number {
  const held = [...holdings.values()].map(
    (some) =>
      some.filter((holding) => holding.blockedUntilMs > nowMs && holding.slot?.country === country).length,
  );
  return Math.max(0, ...held);
}

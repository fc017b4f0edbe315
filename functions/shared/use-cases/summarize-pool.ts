import type { NumbersByState, PoolCounts, PoolTotals } from '../ports/pool-summary.ts';

/** Stands for every country of which the pool has no number; ISO 3166-1 leaves the code to its users. */
export const ELSEWHERE = 'ZZ';

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

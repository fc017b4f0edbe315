import type { NumberState } from '../domain/pool.ts';

/** A step of the counts of one country. */
export type PoolCount =
  /** So many more, or fewer, bookings that live until then. */
  | { readonly kind: 'live'; readonly country: string; readonly untilMs: number; readonly by: 1 | -1 }
  /** A booking was made for a party that then held about so many of the country's numbers. */
  | { readonly kind: 'degree'; readonly country: string; readonly untilMs: number; readonly degree: number }
  | { readonly kind: 'refused'; readonly country: string; readonly atMs: number };

/** What the counts of one country add up to. */
export interface PoolTotals {
  readonly liveBookings: number;
  /** The most numbers that a party of a booking that may live held when that booking was made; 0 without any. */
  readonly busiestPartyHolds: number;
  readonly refusalsLastHour: number;
}

export type NumbersByState = Readonly<Record<NumberState, number>>;

/**
 * Counts of the pool. No booking waits for them: they follow from the stream of the bookings. Every count belongs to a
 * minute and goes with it, so a wrong one does not stay.
 */
export interface PoolCounts {
  /**
   * One update for each country and hour.
   * @param once names these counts: given twice within ten minutes they are added once.
   */
  add(counts: readonly PoolCount[], once?: string): Promise<void>;
  /** A few small queries; their cost grows with the hours that bookings last, not with the bookings. */
  totals(country: string, nowMs: number): Promise<PoolTotals>;
  /** A query of the whole pool: one request for each 1 MB of its numbers. */
  numbersByCountry(): Promise<ReadonlyMap<string, NumbersByState>>;
}

import type { PhoneNumber } from '../domain/phone-number.ts';
import type { NumberChange, PoolNumber, PoolView } from '../domain/pool.ts';
import type { Page } from './page.ts';

/** The pool of virtual numbers as those know it who choose from it. */
export interface NumberPool {
  /** What is remembered, read anew when it is older than `POOL_REMEMBERED_MS`: at most three requests then. */
  view(nowMs: number): Promise<PoolView>;
  /** Reads it anew, consistently. */
  refresh(nowMs: number): Promise<PoolView>;
}

/** What became of a number that was to leave the pool: it is gone, or it is given to new bookings again. */
export type RemovalOutcome = 'removed' | 'in-use-again';

/** The virtual numbers themselves. Every read is consistent. */
export interface NumberStore {
  findNumber(virtualNumber: PhoneNumber): Promise<PoolNumber | undefined>;
  listNumbers(page: { limit: number; cursor?: string }): Promise<Page<PoolNumber>>;
  /**
   * Adds the number or changes its state, for itself and for those who choose, in one transaction.
   * @returns the number as it stands now, and whether this call changed it: an event older than the last is ignored.
   */
  putNumber(change: NumberChange, nowMs: number): Promise<{ number: PoolNumber; applied: boolean }>;
  /** How many claims on the number are live or resting. */
  countLiveClaims(virtualNumber: PhoneNumber, nowMs: number): Promise<number>;
  /** Deletes a number unless it is given out. */
  removeNumber(virtualNumber: PhoneNumber): Promise<RemovalOutcome>;
}

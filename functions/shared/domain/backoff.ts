import type { Random } from './allocation.ts';

/** How the waits between tries grow. */
export interface Backoff {
  /** After the first try. */
  readonly firstSeconds: number;
  readonly longestSeconds: number;
}

/**
 * How long something waits after its n-th try, in whole seconds: twice as long each time up to a bound, and at
 * random between half of that and all of it, so that what failed together does not come back together.
 *
 * @param tries 1 after the first try; what is no count is taken for 1.
 */
export function backoffSeconds(tries: number, backoff: Backoff, random: Random): number {
  const { firstSeconds, longestSeconds } = backoff;
  const exponent = Number.isFinite(tries) ? Math.max(tries - 1, 0) : 0;
  const full = Math.min(firstSeconds * 2 ** exponent, longestSeconds);
  return Math.ceil((full / 2) * (1 + random()));
}

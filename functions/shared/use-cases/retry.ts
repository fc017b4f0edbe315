import type { Random } from '../domain/allocation.ts';
import { ProblemError } from '../domain/problems.ts';
import { again, type Retry } from '../ports/retry.ts';

/** Where the pauses between attempts come from; given by the entry, so that a rehearsal can repeat them. */
export interface RetryDependencies {
  readonly nowMs: () => number;
  readonly random: Random;
  /** Waits a moment, so that writers who collided come apart. */
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** Well within the time for which the gateway waits. */
const BUDGET_MS = 15_000;
/** Far more than collisions take to resolve: in every round in which one writer loses, another one wins. */
const MOST_ATTEMPTS = 150;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 200;

/** The one way in which this service tries again: at random within a span that doubles up to a bound. */
export function createRetry({ nowMs, random, pause }: RetryDependencies): Retry {
  return async (attempt) => {
    const endMs = nowMs() + BUDGET_MS;
    for (let attempts = 0; attempts < MOST_ATTEMPTS; attempts += 1) {
      const result = await attempt(attempts);
      if (result !== again) return result;
      if (nowMs() >= endMs) break;
      await pause(random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts, 10)));
    }
    throw new ProblemError(
      'STORE_UNAVAILABLE',
      'Too many others are writing the same rows at this moment. Nothing was changed; try again in a moment.',
    );
  };
}

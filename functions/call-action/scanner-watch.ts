import type { PhoneNumber } from '../shared/domain/phone-number.ts';
import { afterTry, rests, type StrangerRules, type StrangerTries } from '../shared/domain/stranger-watch.ts';

/** Strangers that are remembered at once; of more, those that came first are forgotten. */
const MOST_STRANGERS = 10_000;

/**
 * The strangers that this execution environment has met. Each environment counts for itself: a few more tries are
 * answered than one would think, and no answer waits for a count.
 */
export function createScannerWatch(rules: StrangerRules, nowMs: () => number) {
  const met = new Map<string, StrangerTries>();
  return {
    /** Counts a try; `began` is true for the one with which the caller's rest begins. */
    tried(
      caller: PhoneNumber,
      dialled: PhoneNumber,
    ): { readonly hungUpOn: boolean; readonly began: boolean } {
      const key = caller.lineKey();
      const before = met.get(key);
      const after = afterTry(before, dialled.reveal(), nowMs(), rules);
      met.delete(key);
      met.set(key, after);
      if (met.size > MOST_STRANGERS) forgetFirst(met);
      const hungUpOn = rests(after, nowMs());
      return { hungUpOn, began: hungUpOn && after.restsUntilMs !== before?.restsUntilMs };
    },
  };
}

function forgetFirst(met: Map<string, StrangerTries>): void {
  for (const key of met.keys()) {
    met.delete(key);
    return;
  }
}

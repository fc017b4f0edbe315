import type { CachedValue } from '../ports/cached-value.ts';

interface Options<T> {
  readonly fetch: () => Promise<T>;
  /** Older than this, the next `get` starts a refresh and answers with the value at hand. */
  readonly refreshAfterMs: number;
  /** Older than this, a `get` waits for a refresh and fails with it. */
  readonly expireAfterMs: number;
  readonly nowMs?: () => number;
}

/**
 * Keeps a slow value in memory with a bound on its age, so that no request waits for it but the first: a request
 * that finds the value old answers with it while a fresh one is on its way.
 *
 * A failed fetch is forgotten at once, so a passing error at start does not poison the environment.
 */
export function createCachedValue<T>(options: Options<T>): CachedValue<T> {
  const nowMs = options.nowMs ?? Date.now;
  let held: { value: T; fetchedAtMs: number } | undefined;
  let pending: Promise<T> | undefined;

  function refresh(): Promise<T> {
    pending ??= options
      .fetch()
      .then((value) => {
        held = { value, fetchedAtMs: nowMs() };
        return value;
      })
      .finally(() => {
        pending = undefined;
      });
    return pending;
  }

  return {
    async get() {
      const ageMs = held === undefined ? Number.POSITIVE_INFINITY : nowMs() - held.fetchedAtMs;
      if (held === undefined || ageMs >= options.expireAfterMs) return refresh();
      if (ageMs >= options.refreshAfterMs) refresh().catch(() => undefined);
      return held.value;
    },
  };
}

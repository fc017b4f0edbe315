import type { CachedValue } from '../ports/cached-value.ts';

interface Options<T> {
  /** Must end when the signal aborts; what does not is no longer waited for. */
  readonly fetch: (signal: AbortSignal) => Promise<T>;
  /** Older than this, the next `get` starts a refresh and answers with the value at hand. */
  readonly refreshAfterMs: number;
  /** Older than this, a `get` waits a moment for a refresh, and has the value at hand if none comes. */
  readonly expireAfterMs: number;
  /** Older than this, a value is no longer given to anybody. */
  readonly uselessAfterMs: number;
  /** After this a fetch has failed, and the next `get` begins another. */
  readonly patienceMs: number;
  readonly nowMs?: () => number;
}

/** How long a `get` that holds an expired value waits for a fresh one. */
const MOMENT_MS = 250;

/**
 * Keeps a slow value in memory with a bound on its age, so that no request waits for it but the first: a request
 * that finds the value old answers with it while a fresh one is on its way.
 *
 * What one request fetches is shared by all that ask meanwhile, and has a bound in time: a connection that hangs, or
 * that died while the environment was frozen, fails those who wait for it, and nobody after them.
 */
export function createCachedValue<T>(options: Options<T>): CachedValue<T> {
  const { refreshAfterMs, expireAfterMs, uselessAfterMs, patienceMs } = options;
  const nowMs = options.nowMs ?? Date.now;
  let held: { value: T; fetchedAtMs: number } | undefined;
  let pending: { promise: Promise<T>; sinceMs: number } | undefined;

  async function fetchOnce(): Promise<T> {
    const value = await within(patienceMs, options.fetch);
    held = { value, fetchedAtMs: nowMs() };
    return value;
  }

  function refresh(): Promise<T> {
    // A frozen environment stops its timers as well: the clock tells that nobody is coming any more.
    if (pending !== undefined && nowMs() - pending.sinceMs <= patienceMs) return pending.promise;
    const started = { promise: fetchOnce(), sinceMs: nowMs() };
    pending = started;
    const forget = () => {
      if (pending === started) pending = undefined;
    };
    started.promise.then(forget, forget);
    return started.promise;
  }

  return {
    async get() {
      const ageMs = held === undefined ? Number.POSITIVE_INFINITY : nowMs() - held.fetchedAtMs;
      if (held === undefined || ageMs >= uselessAfterMs) return refresh();
      const { value } = held;
      if (ageMs < refreshAfterMs) return value;
      const refreshed = refresh();
      if (ageMs >= expireAfterMs) return within(MOMENT_MS, () => refreshed).catch(() => value);
      refreshed.catch(() => undefined);
      return value;
    },
  };
}

/** Settles as `work` does, or fails after `patienceMs`. */
async function within<T>(patienceMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`No answer within ${patienceMs} ms.`);
      error.name = 'TimeoutError';
      abort.abort(error);
      reject(error);
    }, patienceMs);
  });
  try {
    return await Promise.race([work(abort.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

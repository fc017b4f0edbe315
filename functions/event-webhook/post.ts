/** Long enough for a receiver that stores before it answers; the batch is sent side by side. */
const PATIENCE_MS = 10_000;

/** How a receiver answered. */
export interface ReceiverAnswer {
  readonly status: number;
  /** How long it asks to be left alone; undefined where it does not ask. */
  readonly retryAfterSeconds: number | undefined;
}

/** Sends an event; rejects when there is no answer. */
export type Post = (body: string, headers: Readonly<Record<string, string>>) => Promise<ReceiverAnswer>;

/**
 * Posts to one URL. A redirect counts as the answer it is: followed, it would take a signed event to an address that
 * nobody configured.
 */
export function createPost(url: string, patienceMs: number = PATIENCE_MS): Post {
  return async (body, headers) => {
    const answer = await fetch(url, {
      method: 'POST',
      body,
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(patienceMs),
    });
    await answer.body?.cancel();
    return {
      status: answer.status,
      retryAfterSeconds: secondsOf(answer.headers.get('retry-after'), Date.now()),
    };
  };
}

/** `Retry-After` is a number of seconds or a date; what is neither, or lies in the past, asks for nothing. */
export function secondsOf(retryAfter: string | null, nowMs: number): number | undefined {
  if (retryAfter === null) return undefined;
  const seconds = /^\d+$/.test(retryAfter.trim())
    ? Number(retryAfter)
    : Math.ceil((Date.parse(retryAfter) - nowMs) / 1000);
  return seconds > 0 ? seconds : undefined;
}

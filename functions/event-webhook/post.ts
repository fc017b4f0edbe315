/** Long enough for a receiver that stores before it answers; the batch is sent side by side. */
const PATIENCE_MS = 10_000;

/**
 * Posts to one URL. A redirect counts as the answer it is: followed, it would take a signed event to an address that
 * nobody configured.
 */
export function createPost(url: string, patienceMs: number = PATIENCE_MS) {
  return async (body: string, headers: Readonly<Record<string, string>>): Promise<number> => {
    const answer = await fetch(url, {
      method: 'POST',
      body,
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(patienceMs),
    });
    await answer.body?.cancel();
    return answer.status;
  };
}

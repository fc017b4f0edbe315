/** What an attempt answers that met somebody else's write and shall be made again. */
export const again = Symbol('again');
export type Again = typeof again;

/**
 * Makes an attempt until it is no longer answered with {@link again}, with pauses that let those apart who collided.
 * @param attempt is told how many attempts there were before it.
 * @throws ProblemError STORE_UNAVAILABLE when the time is up.
 */
export type Retry = <Result>(attempt: (attempts: number) => Promise<Result | Again>) => Promise<Result>;

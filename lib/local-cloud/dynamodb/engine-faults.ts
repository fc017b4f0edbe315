/** What goes wrong between the functions and the database. Every field is optional; `{}` is a healthy database. */
export interface EngineFaults {
  /** Connections are cut without an answer, as by a host that went away. */
  readonly stopped?: boolean | undefined;
  /** Every answer comes this much later. */
  readonly latencyMs?: number | undefined;
  /** Every n-th request is refused as throttled, without reaching the engine; 1 refuses all. */
  readonly throttleEvery?: number | undefined;
  /** Requests for rows with this partition key are refused as throttled, wherever else there is room. */
  readonly throttlePartition?: string | undefined;
  /** Every n-th request is answered with an internal error, without reaching the engine. */
  readonly failEvery?: number | undefined;
  /** Every n-th request is carried out, and answered with an internal error all the same. */
  readonly failAfterApplyingEvery?: number | undefined;
  /** Every n-th request is carried out, but its answer is lost: the client cannot know. */
  readonly loseAnswerEvery?: number | undefined;
  /** Every n-th batch is answered for its first half; the rest comes back unprocessed. */
  readonly leaveUnprocessedEvery?: number | undefined;
  /** Reads of an index show rows as they were this long ago: what is new is not there, what changed is as before. */
  readonly indexLagMs?: number | undefined;
  /** Only these operations (such as `GetItem`) are hit; without it all are. */
  readonly operations?: readonly string[] | undefined;
}

/** Requests by what happened to them; those that were only late are in none of these. */
export interface FaultCounts {
  readonly cut: number;
  readonly throttled: number;
  readonly failed: number;
  /** Carried out, but answered with an error. */
  readonly failedAfterApplying: number;
  /** Carried out, but nobody heard of it. */
  readonly unanswered: number;
}

export const NO_FAULTS: FaultCounts = {
  cut: 0,
  throttled: 0,
  failed: 0,
  failedAfterApplying: 0,
  unanswered: 0,
};

/** What becomes of a request. */
export type Fate = 'served' | keyof FaultCounts;

/**
 * Decides on the n-th request that the faults hit.
 * @param hit counts from 1.
 */
export function fateOf(isThere: boolean, faults: EngineFaults, hit: number): Fate {
  if (!isThere || faults.stopped === true) return 'cut';
  if (isHit(faults.throttleEvery, hit)) return 'throttled';
  if (isHit(faults.failEvery, hit)) return 'failed';
  if (isHit(faults.failAfterApplyingEvery, hit)) return 'failedAfterApplying';
  return isHit(faults.loseAnswerEvery, hit) ? 'unanswered' : 'served';
}

/** Whether the n-th of something is one of every so many. */
export function isHit(every: number | undefined, hit: number): boolean {
  return every !== undefined && every > 0 && hit % every === 0;
}

/** An error as DynamoDB answers it. */
export interface RefusedRequest {
  readonly status: 400 | 500;
  readonly error: string;
  readonly message: string;
  /** What the error has beside its message. */
  readonly details?: object;
}

/** What a request that never reached the engine is told. */
export function refusalOf(fate: 'throttled' | 'failed' | 'failedAfterApplying'): RefusedRequest {
  return fate === 'throttled'
    ? {
        status: 400,
        error: 'ProvisionedThroughputExceededException',
        message: 'Rate exceeded, by request.',
      }
    : { status: 500, error: 'InternalServerError', message: 'Internal server error, by request.' };
}

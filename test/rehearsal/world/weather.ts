/** How often things go wrong; every share is of requests, but where it says otherwise. */
export interface Weather {
  /** The request never arrives: the connection ends. */
  readonly lostRequest: number;
  /** The request is carried out, and its answer is lost. */
  readonly lostAnswer: number;
  /** An internal error before, or after, it was carried out. */
  readonly failedBefore: number;
  readonly failedAfter: number;
  readonly throttled: number;
  /** The answer takes seconds. */
  readonly slow: number;
  /** The function dies as it sends a request, or before it hears the answer. */
  readonly death: number;
  /** How many milliseconds the clocks of functions are off at most. */
  readonly clockSkewMs: number;
  /** Entries that the event bus refuses. */
  readonly refusedEntries: number;
  /** Messages and batches that are delivered twice. */
  readonly repeated: number;
  /** Batch reads answered in part, and pages that end early. */
  readonly cutShort: number;
  /** How many milliseconds indexes and eventually consistent reads are behind at most. */
  readonly lagMs: number;
  /** Transactions whose rows stay locked beyond the answer. */
  readonly lingering: number;
}

export const calm: Weather = {
  lostRequest: 0,
  lostAnswer: 0,
  failedBefore: 0,
  failedAfter: 0,
  throttled: 0,
  slow: 0,
  death: 0,
  clockSkewMs: 0,
  refusedEntries: 0,
  repeated: 0,
  cutShort: 0,
  lagMs: 30,
  lingering: 0.05,
};

export const rough: Weather = {
  lostRequest: 0.004,
  lostAnswer: 0.006,
  failedBefore: 0.004,
  failedAfter: 0.004,
  throttled: 0.006,
  slow: 0.001,
  death: 0.002,
  clockSkewMs: 150,
  refusedEntries: 0.03,
  repeated: 0.03,
  cutShort: 0.05,
  lagMs: 1500,
  lingering: 0.15,
};

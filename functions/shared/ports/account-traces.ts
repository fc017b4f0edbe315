/** What set-ups of one stage have registered at 8x8, by which we know it again as ours. */
export interface AccountTraces {
  /** One webhook URL of each set-up. */
  readonly webhookUrls: readonly string[];
  /** Paths of recording push configs. */
  readonly recordingPaths: readonly string[];
}

/**
 * Remembers what was registered at 8x8, outside of everything that a failed deployment takes away: what 8x8 would not
 * delete then points to an address that nobody knows any more.
 */
export interface AccountTracesStore {
  /** Nothing is an answer, too. */
  recall(): Promise<AccountTraces>;
  remember(traces: AccountTraces): Promise<void>;
  /** Once nothing of ours is left there. */
  forget(): Promise<void>;
}

/** How many lines one delivery of the log holds at most. */
const BATCH_SIZE = 5;

/** Takes log lines as CloudWatch Logs delivers them; throws when it could not process all of them. */
export type LogConsumer = (lines: readonly string[]) => Promise<void>;

/** The log of the call-action function and its subscription: a delivery that failed comes again as a whole. */
export interface DecisionLog {
  /** Keeps a line if the filter of the subscription lets it pass. */
  write(line: string): void;
  /** How many lines wait to be delivered. */
  readonly size: () => number;
  /** How many deliveries failed and came again. */
  readonly repeated: () => number;
  /** @returns whether there was anything to deliver. */
  deliver(consumer: LogConsumer): Promise<boolean>;
}

export function createDecisionLog(): DecisionLog {
  const waiting: string[] = [];
  let repeated = 0;
  return {
    write(line) {
      if (JSON.parse(line).code === 'CALL_DECIDED') waiting.push(line);
    },
    size: () => waiting.length,
    repeated: () => repeated,
    async deliver(consumer) {
      const lines = waiting.splice(0, BATCH_SIZE);
      if (lines.length === 0) return false;
      try {
        await consumer(lines);
      } catch {
        repeated += 1;
        waiting.push(...lines);
      }
      return true;
    },
  };
}

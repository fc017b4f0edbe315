/**
 * The rows that transactions hold while they are under way. DynamoDB makes nobody wait for one: whoever meets a held
 * row is turned away.
 */
export interface RowLocks {
  /** For each row, whether a transaction holds it. */
  areHeld(rows: readonly string[]): boolean[];
  /**
   * Holds rows that nobody holds.
   * @returns what gives them back; repeatable.
   */
  hold(rows: readonly string[]): () => void;
}

/** Locks without a clock of their own: how long rows are held is up to the caller. */
export function createRowLocks(): RowLocks {
  const held = new Set<string>();
  return {
    areHeld: (rows) => rows.map((row) => held.has(row)),
    hold(rows) {
      for (const row of rows) held.add(row);
      let isHolding = true;
      return () => {
        if (isHolding) for (const row of rows) held.delete(row);
        isHolding = false;
      };
    },
  };
}

/** What a transaction met that could not go on. */
export const CONFLICT_REASON = {
  Code: 'TransactionConflict',
  Message: 'Transaction is ongoing for the item',
} as const;

/** DynamoDB's sentence for a cancelled transaction. */
export function cancellationMessage(codes: readonly string[]): string {
  return `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(', ')}]`;
}

import type { TestDatabase } from '../../support/dynamodb-engine.ts';

const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems', 'BatchWriteItem']);

/** Runs something and counts the writes that reach the database meanwhile. */
export async function countWrites<Result>(
  database: Pick<TestDatabase, 'proxy'>,
  work: () => Promise<Result>,
): Promise<{ readonly writes: number; readonly result: Result }> {
  database.proxy.resetCounts();
  const result = await work();
  const counts = Object.entries(database.proxy.requestCounts());
  return {
    writes: counts.reduce((sum, [operation, count]) => sum + (WRITES.has(operation) ? count : 0), 0),
    result,
  };
}

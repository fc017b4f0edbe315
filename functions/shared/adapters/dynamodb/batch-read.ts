import {
  BatchGetCommand,
  type BatchGetCommandInput,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { again, type Retry } from '../../ports/retry.ts';

export type Row = Record<string, unknown>;

/** The most keys that DynamoDB takes in one batch read. */
const BATCH_KEYS = 100;

/** What is read of one table. */
export interface TableRead {
  readonly table: string;
  readonly keys: readonly Readonly<Record<string, string>>[];
  readonly consistent: boolean;
}

/**
 * Reads up to 100 rows of some tables in one request; what DynamoDB leaves unprocessed is asked for again.
 * @returns the rows found, for each of the reads.
 */
export async function readTables(
  client: DynamoDBDocumentClient,
  reads: readonly TableRead[],
  retry: Retry,
): Promise<Row[][]> {
  const wanted = reads.filter(({ keys }) => keys.length > 0);
  const count = wanted.reduce((sum, { keys }) => sum + keys.length, 0);
  if (count > BATCH_KEYS) throw new Error(`A batch read takes ${BATCH_KEYS} keys at most.`);
  const found = new Map<string, Row[]>();
  let pending: BatchGetCommandInput['RequestItems'] = Object.fromEntries(
    wanted.map(({ table, keys, consistent }) => [
      table,
      { Keys: distinct(keys), ConsistentRead: consistent },
    ]),
  );
  if (wanted.length > 0) {
    await retry(async () => {
      const { Responses = {}, UnprocessedKeys = {} } = await client.send(
        new BatchGetCommand({ RequestItems: pending }),
      );
      for (const [table, rows] of Object.entries(Responses)) {
        found.set(table, [...(found.get(table) ?? []), ...rows]);
      }
      pending = UnprocessedKeys;
      return Object.keys(UnprocessedKeys).length > 0 ? again : undefined;
    });
  }
  return reads.map(({ table }) => found.get(table) ?? []);
}

function distinct(keys: TableRead['keys']): Row[] {
  return [...new Map(keys.map((key) => [JSON.stringify(Object.values(key)), { ...key }])).values()];
}

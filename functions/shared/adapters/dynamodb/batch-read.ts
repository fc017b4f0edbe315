import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { keyText, type RowKey } from './bookings/keys.ts';

export type Row = Record<string, unknown>;

/** The most keys that DynamoDB takes in one batch read. */
const BATCH_KEYS = 100;
const MAX_PASSES = 6;

/**
 * Reads up to 100 rows in one consistent request; what DynamoDB leaves unprocessed is asked for again.
 * @returns the rows found, by {@link keyText}.
 */
export async function readRows(
  client: DynamoDBDocumentClient,
  tableName: string,
  keys: readonly RowKey[],
): Promise<Map<string, Row>> {
  const distinct = [...new Map(keys.map((key) => [keyText(key), key])).values()];
  if (distinct.length > BATCH_KEYS) throw new Error(`A batch read takes ${BATCH_KEYS} keys at most.`);
  const rows = new Map<string, Row>();
  let pending: Row[] = distinct.map(({ pk, sk }) => ({ pk, sk }));
  for (let pass = 0; pending.length > 0; pass += 1) {
    if (pass === MAX_PASSES) throw new Error('DynamoDB kept leaving keys of a batch read unprocessed.');
    const answer = await client.send(
      new BatchGetCommand({ RequestItems: { [tableName]: { Keys: pending, ConsistentRead: true } } }),
    );
    for (const row of answer.Responses?.[tableName] ?? []) {
      rows.set(keyText({ pk: String(row.pk), sk: String(row.sk) }), row);
    }
    pending = answer.UnprocessedKeys?.[tableName]?.Keys ?? [];
  }
  return rows;
}

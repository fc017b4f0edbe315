import { type DynamoDBDocumentClient, GetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { type PooledNumber, type RememberedPool, rememberPool } from '../../remembered-pool.ts';
import { keys, pagesPartition } from './keys.ts';

/*
 * The numbers of the pool in pages, each some of the numbers of one country: those that new bookings get, and the
 * others. An execution environment remembers them and asks for no more than their version every few seconds, so that
 * no booking reads what all bookings read.
 */

const numbersSet = z.optional(z.set(z.string()));
const pageRow = z.object({ sk: z.string(), active: numbersSet, others: numbersSet });
const versionRow = z.object({ version: z.number() });

/** The pool over DynamoDB, as an execution environment remembers it. */
export function createNumberPool(client: DynamoDBDocumentClient, bookingsTable: string): RememberedPool {
  return rememberPool({
    async readVersion() {
      const { Item: row } = await client.send(
        new GetCommand({ TableName: bookingsTable, Key: keys.pagesVersion(), ConsistentRead: true }),
      );
      return row === undefined ? 0 : versionRow.parse(row).version;
    },

    async readNumbers() {
      const numbers: PooledNumber[] = [];
      const pages = paginateQuery(
        { client },
        {
          TableName: bookingsTable,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': pagesPartition },
          ConsistentRead: true,
        },
      );
      for await (const { Items = [] } of pages) {
        for (const item of Items) numbers.push(...numbersOf(item));
      }
      return numbers;
    },
  });
}

function* numbersOf(item: Record<string, unknown>): Generator<PooledNumber> {
  const { sk, active = new Set<string>(), others = new Set<string>() } = pageRow.parse(item);
  const country = sk.split('#')[0] ?? '';
  for (const number of active) yield { country, number, isActive: true };
  for (const number of others) yield { country, number, isActive: false };
}

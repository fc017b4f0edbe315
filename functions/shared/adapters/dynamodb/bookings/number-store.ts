import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { PhoneNumber } from '../../../domain/phone-number.ts';
import { isOutdated, nextNumber, type PoolNumber } from '../../../domain/pool.ts';
import type { NumberStore } from '../../../ports/number-store.ts';
import { again, type Retry } from '../../../ports/retry.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { type TransactStep, transact } from '../transaction.ts';
import type { TableNames } from './claim-steps.ts';
import { keys, numbersPartition } from './keys.ts';
import { parsePoolNumber, poolNumberAttributes } from './rows.ts';

const NUMBERS_SEARCH = 'numbers';

type Step = TransactStep<'stale'>;
const stale = () => 'stale' as const;

export interface NumberStoreOptions {
  readonly tables: Pick<TableNames, 'bookings'> & Partial<TableNames>;
  readonly retry: Retry;
  /** Hears that the pool has changed. */
  readonly onChange?: () => void;
}

/** The pool of virtual numbers over DynamoDB; the keys are in `keys.ts`. */
export function createNumberStore(
  client: DynamoDBDocumentClient,
  { tables, retry, onChange = () => undefined }: NumberStoreOptions,
): NumberStore {
  const TableName = tables.bookings;

  async function findNumber(virtualNumber: PhoneNumber): Promise<PoolNumber | undefined> {
    const { Item: row } = await client.send(
      new GetCommand({ TableName, Key: keys.number(virtualNumber), ConsistentRead: true }),
    );
    return row === undefined ? undefined : parsePoolNumber(row);
  }

  /** Writes the number's row where it still is what was read. */
  function putRow(before: PoolNumber | undefined, after: PoolNumber): Step {
    return {
      item: {
        Put: {
          TableName,
          Item: { ...keys.number(after.virtualNumber), ...poolNumberAttributes(after) },
          ...(before === undefined
            ? { ConditionExpression: 'attribute_not_exists(pk)' }
            : {
                ConditionExpression: 'updatedAtMs = :seen',
                ExpressionAttributeValues: { ':seen': before.updatedAtMs },
              }),
        },
      },
      onRefused: stale,
    };
  }

  /** Moves a number between the sets of its page. */
  function onPage({ country, virtualNumber }: PoolNumber, to: 'active' | 'others' | undefined): Step {
    const from = (['active', 'others'] as const).filter((name) => name !== to);
    return {
      item: {
        Update: {
          TableName,
          Key: keys.page(country, virtualNumber),
          UpdateExpression: [
            ...(to === undefined ? [] : [`ADD #${to} :number`]),
            `DELETE ${from.map((name) => `#${name} :number`).join(', ')}`,
          ].join(' '),
          ExpressionAttributeNames: { '#active': 'active', '#others': 'others' },
          ExpressionAttributeValues: { ':number': new Set([virtualNumber.reveal()]) },
        },
      },
      onRefused: stale,
    };
  }

  function countChange(): Step {
    return {
      item: {
        Update: {
          TableName,
          Key: keys.pagesVersion(),
          UpdateExpression: 'ADD version :one',
          ExpressionAttributeValues: { ':one': 1 },
        },
      },
      onRefused: stale,
    };
  }

  function stepsOf(before: PoolNumber | undefined, after: PoolNumber): Step[] {
    const row = putRow(before, after);
    const stood = before && setOf(before);
    if (before?.country === after.country && stood === setOf(after)) return [row];
    const leaves = before !== undefined && before.country !== after.country;
    return [row, ...(leaves ? [onPage(before, undefined)] : []), onPage(after, setOf(after)), countChange()];
  }

  return {
    findNumber,

    async listNumbers({ limit, cursor }) {
      const position = readCursor(cursor, NUMBERS_SEARCH);
      const page = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': numbersPartition },
          Limit: limit,
          ConsistentRead: true,
          ExclusiveStartKey: position && { pk: numbersPartition, sk: `+${position.digits}` },
        }),
      );
      const items = (page.Items ?? []).map(parsePoolNumber);
      const last = items.at(-1);
      return {
        items,
        nextCursor:
          page.LastEvaluatedKey && last
            ? writeCursor({ digits: last.virtualNumber.revealDigits() }, NUMBERS_SEARCH)
            : null,
      };
    },

    putNumber: (change, nowMs) =>
      retry(async () => {
        const before = await findNumber(change.virtualNumber);
        if (before !== undefined && isOutdated(change, before)) return { number: before, applied: false };
        const after = nextNumber(before, change, nowMs);
        const outcome = await transact(client, stepsOf(before, after));
        if (outcome.kind !== 'written') return again;
        onChange();
        return { number: after, applied: true };
      }),

    async countLiveClaims(virtualNumber, nowMs) {
      if (tables.callRoutes === undefined)
        throw new Error('This store was made without the table of claims.');
      let count = 0;
      let startKey: Record<string, unknown> | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: tables.callRoutes,
            KeyConditionExpression: 'virtualNumber = :number',
            FilterExpression: 'freeAtMs > :now',
            ExpressionAttributeValues: { ':number': virtualNumber.lineKey(), ':now': nowMs },
            Select: 'COUNT',
            ConsistentRead: true,
            ExclusiveStartKey: startKey,
          }),
        );
        count += page.Count ?? 0;
        startKey = page.LastEvaluatedKey;
      } while (startKey !== undefined);
      return count;
    },

    removeNumber: (virtualNumber) =>
      retry(async () => {
        const before = await findNumber(virtualNumber);
        if (before === undefined) return 'removed' as const;
        if (before.state === 'active') return 'in-use-again' as const;
        const outcome = await transact(client, [
          {
            item: {
              Delete: {
                TableName,
                Key: keys.number(virtualNumber),
                ConditionExpression: 'updatedAtMs = :seen',
                ExpressionAttributeValues: { ':seen': before.updatedAtMs },
              },
            },
            onRefused: stale,
          },
          onPage(before, undefined),
          countChange(),
        ]);
        if (outcome.kind !== 'written') return again;
        onChange();
        return 'removed' as const;
      }),
  };
}

const setOf = ({ state }: PoolNumber) => (state === 'active' ? 'active' : 'others');

import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { PhoneNumber } from '../../../domain/phone-number.ts';
import type { PoolNumber, PoolSizes, SlotRef } from '../../../domain/pool.ts';
import { ProblemError } from '../../../domain/problems.ts';
import type { NumberChange, NumberStore } from '../../../ports/booking-store.ts';
import { readRows } from '../batch-read.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { type TransactStep, transact } from '../transaction.ts';
import type { TableNames } from './claim-steps.ts';
import { keys, keyText } from './keys.ts';
import { parsePoolNumber, parseSizes, parseSlot, poolNumberAttributes } from './rows.ts';

/** Changes of the pool contend for its sizes; each round, one of them gets through. */
const MAX_ROUNDS = 60;
const NUMBERS_SEARCH = 'numbers';

type Step = TransactStep<'stale'>;
const stale = () => 'stale' as const;

/** The pool of virtual numbers over DynamoDB; the keys are in `keys.ts`. */
export function createNumberStore(
  client: DynamoDBDocumentClient,
  tables: Pick<TableNames, 'bookings'> & Partial<TableNames>,
): NumberStore {
  const TableName = tables.bookings;

  async function readPool(virtualNumber: PhoneNumber): Promise<{ number?: PoolNumber; sizes: PoolSizes }> {
    const rows = await readRows(client, TableName, [keys.number(virtualNumber), keys.sizes()]);
    const row = rows.get(keyText(keys.number(virtualNumber)));
    return {
      ...(row !== undefined && { number: parsePoolNumber(row) }),
      sizes: parseSizes(rows.get(keyText(keys.sizes()))),
    };
  }

  function resize(country: string, from: number, to: number): Step {
    return {
      item: {
        Update: {
          TableName,
          Key: keys.sizes(),
          UpdateExpression: 'SET #country = :to',
          ConditionExpression:
            from === 0 ? 'attribute_not_exists(#country) OR #country = :from' : '#country = :from',
          ExpressionAttributeNames: { '#country': country },
          ExpressionAttributeValues: { ':from': from, ':to': to },
        },
      },
      onRefused: stale,
    };
  }

  function fillSlot(ref: SlotRef, virtualNumber: PhoneNumber, lastGivenAtMs: number): Step {
    const Item = { ...keys.slot(ref), virtualNumber: virtualNumber.reveal(), lastGivenAtMs };
    return { item: { Put: { TableName, Item } }, onRefused: stale };
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
                ConditionExpression: `updatedAtMs = :seen AND ${
                  before.slot === undefined ? 'attribute_not_exists(slot)' : 'slot = :slot'
                }`,
                ExpressionAttributeValues: {
                  ':seen': before.updatedAtMs,
                  ...(before.slot !== undefined && { ':slot': before.slot }),
                },
              }),
        },
      },
      onRefused: stale,
    };
  }

  /** Closes the gap that the number in `gap` leaves with the number that stands last. */
  async function leaveSlot(leaving: PoolNumber, gap: SlotRef, size: number): Promise<Step[]> {
    const lastRef = { country: gap.country, slot: size - 1 };
    const rows = await readRows(client, TableName, [keys.slot(lastRef)]);
    const row = rows.get(keyText(keys.slot(lastRef)));
    const shrink = resize(gap.country, size, size - 1);
    const remove = (ref: SlotRef, stands: PhoneNumber): Step => ({
      item: {
        Delete: {
          TableName,
          Key: keys.slot(ref),
          ConditionExpression: 'virtualNumber = :number',
          ExpressionAttributeValues: { ':number': stands.reveal() },
        },
      },
      onRefused: stale,
    });
    if (row === undefined || gap.slot === lastRef.slot) return [remove(gap, leaving.virtualNumber), shrink];
    const last = parseSlot(lastRef, row);
    return [
      fillSlot(gap, last.virtualNumber, last.lastGivenAtMs),
      remove(lastRef, last.virtualNumber),
      {
        item: {
          Update: {
            TableName,
            Key: keys.number(last.virtualNumber),
            UpdateExpression: 'SET slot = :gap',
            ConditionExpression: 'slot = :last',
            ExpressionAttributeValues: { ':gap': gap.slot, ':last': lastRef.slot },
          },
        },
        onRefused: stale,
      },
      shrink,
    ];
  }

  async function steps(before: PoolNumber | undefined, after: PoolNumber, sizes: PoolSizes, nowMs: number) {
    const size = (country: string) => sizes.get(country) ?? 0;
    const row = putRow(before, after);
    const given = before?.slot !== undefined;
    const wanted = after.state === 'active';
    if (before !== undefined && given && !wanted) {
      const gap = { country: before.country, slot: before.slot ?? 0 };
      return [row, ...(await leaveSlot(before, gap, size(before.country)))];
    }
    if (!given && wanted) {
      const ref = { country: after.country, slot: size(after.country) };
      // A number that comes back starts as just given, or every booking of the hour would go to it.
      return [row, fillSlot(ref, after.virtualNumber, nowMs), resize(ref.country, ref.slot, ref.slot + 1)];
    }
    return [row];
  }

  return {
    async findNumber(virtualNumber) {
      return (await readPool(virtualNumber)).number;
    },

    async listNumbers({ limit, cursor }) {
      const position = readCursor(cursor, NUMBERS_SEARCH);
      const page = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': 'NUMBERS' },
          Limit: limit,
          ConsistentRead: true,
          ExclusiveStartKey: position && { pk: 'NUMBERS', sk: `+${position.digits}` },
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

    async putNumber(change, nowMs) {
      for (let round = 0; round < MAX_ROUNDS; round += 1) {
        const { number: before, sizes } = await readPool(change.virtualNumber);
        if (before !== undefined && isOutdated(change, before)) return { number: before, applied: false };
        const after = nextNumber(before, change, sizes, nowMs);
        const outcome = await transact(client, await steps(before, after, sizes, nowMs));
        if (outcome.kind === 'written') return { number: after, applied: true };
        await pause(round);
      }
      throw new ProblemError(
        'STORE_UNAVAILABLE',
        'Too many changes of the pool at once. Try again in a moment.',
      );
    },

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
            FilterExpression: 'blockedUntilMs > :now',
            ExpressionAttributeValues: { ':number': virtualNumber.reveal(), ':now': nowMs },
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

    async removeNumber(virtualNumber) {
      await transact(client, [
        {
          item: {
            Delete: {
              TableName,
              Key: keys.number(virtualNumber),
              ConditionExpression: 'attribute_not_exists(slot)',
            },
          },
          onRefused: stale,
        },
      ]);
    },
  };
}

/** An event that 8x8 sent earlier than the last one applied; a change of ours always applies. */
function isOutdated({ platformUpdatedAtMs }: NumberChange, before: PoolNumber): boolean {
  return platformUpdatedAtMs !== undefined && platformUpdatedAtMs < (before.platformUpdatedAtMs ?? 0);
}

function nextNumber(
  before: PoolNumber | undefined,
  change: NumberChange,
  sizes: PoolSizes,
  nowMs: number,
): PoolNumber {
  const { virtualNumber, state, platformUpdatedAtMs } = change;
  const country = before?.slot === undefined ? change.country : before.country;
  const slot = state === 'active' ? (before?.slot ?? sizes.get(country) ?? 0) : undefined;
  const platformTime = platformUpdatedAtMs ?? before?.platformUpdatedAtMs;
  return {
    virtualNumber,
    country,
    state,
    ...(slot !== undefined && { slot }),
    ...(platformTime !== undefined && { platformUpdatedAtMs: platformTime }),
    addedAtMs: before?.addedAtMs ?? nowMs,
    updatedAtMs: Math.max(nowMs, (before?.updatedAtMs ?? 0) + 1),
  };
}

/** Lets the writers apart who collided; longer the more often it happened. */
function pause(round: number): Promise<void> {
  const mostMs = Math.min(200, 5 * 2 ** round);
  return new Promise((resolve) => setTimeout(resolve, Math.random() * mostMs));
}

import { createHash } from 'node:crypto';
import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { Random } from '../../../domain/allocation.ts';
import { type NumberState, numberStates } from '../../../domain/pool.ts';
import type { NumbersByState, PoolCount, PoolCounts, PoolTotals } from '../../../ports/pool-summary.ts';
import { again, type Retry } from '../../../ports/retry.ts';
import type { Row } from '../batch-read.ts';
import { MOST_STEPS, type TransactStep, transact } from '../transaction.ts';
import { keys, numbersPartition } from './keys.ts';

/*
 * One row for each country, hour and shard. Its attributes are the counts of that hour's minutes:
 *
 *   live05     bookings that live until the hour's minute 5
 *   held3      bookings of the hour made for a party that held 3 numbers with it
 *   refused17  bookings refused in the hour's minute 17
 *
 * A booking is counted where it expires, so the count of the living is a sum over the hours to come, and expiry
 * needs no write. They come by the hundred from whoever follows the stream; shards keep those from one partition.
 */

const SHARDS = 8;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** An hour's row serves until an hour after it, for the refusals. */
const KEPT_MS = 3 * HOUR_MS;

const numberRow = z.object({ country: z.string(), state: z.enum(numberStates) });

const hourText = (atMs: number): string => new Date(atMs).toISOString().slice(0, 13);
const hourStartMs = (text: string): number => Date.parse(`${text}:00:00Z`);
const minuteText = (atMs: number): string => new Date(atMs).toISOString().slice(14, 16);

function placeOf(count: PoolCount): { atMs: number; attribute: string; by: number } {
  switch (count.kind) {
    case 'live':
      return { atMs: count.untilMs, attribute: `live${minuteText(count.untilMs)}`, by: count.by };
    case 'degree':
      return { atMs: count.untilMs, attribute: `held${count.degree}`, by: 1 };
    case 'refused':
      return { atMs: count.atMs, attribute: `refused${minuteText(count.atMs)}`, by: 1 };
  }
}

/** The counts of one country and hour. */
interface HourCounts {
  readonly country: string;
  readonly hour: string;
  readonly steps: Map<string, number>;
}

export interface PoolCountsOptions {
  readonly table: string;
  readonly random: Random;
  readonly retry: Retry;
}

/** The counts of the pool over DynamoDB, in the table of bookings. */
export function createPoolCounts(
  client: DynamoDBDocumentClient,
  { table: bookingsTable, random, retry }: PoolCountsOptions,
): PoolCounts {
  async function queryAll(input: {
    readonly condition: string;
    readonly values: Record<string, unknown>;
    readonly consistent: boolean;
    readonly projection?: string;
    readonly names?: Record<string, string>;
  }): Promise<Row[]> {
    const rows: Row[] = [];
    let startKey: Row | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: bookingsTable,
          KeyConditionExpression: input.condition,
          ExpressionAttributeValues: input.values,
          ...(input.projection !== undefined && { ProjectionExpression: input.projection }),
          ...(input.names && { ExpressionAttributeNames: input.names }),
          ConsistentRead: input.consistent,
          ExclusiveStartKey: startKey,
        }),
      );
      rows.push(...(page.Items ?? []));
      startKey = page.LastEvaluatedKey;
    } while (startKey !== undefined);
    return rows;
  }

  function increment({ country, hour, steps }: HourCounts, shard: number): TransactStep<undefined> {
    const attributes = [...steps];
    const Update = {
      TableName: bookingsTable,
      Key: keys.poolCounts(country, shard, hour),
      UpdateExpression: `SET ttlEpochSeconds = :ttl ADD ${attributes.map((_, at) => `#a${at} :a${at}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(attributes.map(([name], at) => [`#a${at}`, name])),
      ExpressionAttributeValues: {
        ':ttl': (hourStartMs(hour) + KEPT_MS) / 1000,
        ...Object.fromEntries(attributes.map(([, by], at) => [`:a${at}`, by])),
      },
    };
    return { item: { Update }, onRefused: () => undefined };
  }

  return {
    async add(counts, once) {
      const rows = new Map<string, HourCounts>();
      for (const count of counts) {
        const { atMs, attribute, by } = placeOf(count);
        const { country } = count;
        const hour = hourText(atMs);
        const row = rows.get(`${country} ${hour}`) ?? { country, hour, steps: new Map<string, number>() };
        row.steps.set(attribute, (row.steps.get(attribute) ?? 0) + by);
        rows.set(`${country} ${hour}`, row);
      }
      // What is repeated must be the same to the letter, the shard included.
      const digest = once === undefined ? undefined : createHash('sha256').update(once).digest();
      const shard = digest === undefined ? Math.floor(random() * SHARDS) : digest.readUInt8(0) % SHARDS;
      const updates = [...rows.values()].map((row) => increment(row, shard));
      for (let from = 0; from < updates.length; from += MOST_STEPS) {
        const some = updates.slice(from, from + MOST_STEPS);
        const token = digest && `${digest.toString('hex').slice(0, 28)}-${from}`;
        await retry(async () =>
          (await transact(client, some, token)).kind === 'conflict' ? again : undefined,
        );
      }
    },

    async totals(country, nowMs) {
      const rows = await Promise.all(
        Array.from({ length: SHARDS }, (_, shard) => {
          const { pk, sk } = keys.poolCounts(country, shard, hourText(nowMs - HOUR_MS));
          return queryAll({
            condition: 'pk = :pk AND sk >= :from',
            values: { ':pk': pk, ':from': sk },
            consistent: true,
          });
        }),
      );
      return totalsOf(rows.flat(), nowMs);
    },

    async numbersByCountry() {
      const rows = await queryAll({
        condition: 'pk = :pk',
        values: { ':pk': numbersPartition },
        consistent: false,
        projection: 'country, #state',
        names: { '#state': 'state' },
      });
      const byCountry = new Map<string, Record<NumberState, number>>();
      for (const row of rows) {
        const { country, state } = numberRow.parse(row);
        const numbers = byCountry.get(country) ?? noNumbers();
        numbers[state] += 1;
        byCountry.set(country, numbers);
      }
      return byCountry satisfies ReadonlyMap<string, NumbersByState>;
    },
  };
}

function noNumbers(): Record<NumberState, number> {
  return { active: 0, draining: 0, unhealthy: 0, expiring: 0, inactive: 0 };
}

function totalsOf(rows: readonly Row[], nowMs: number): PoolTotals {
  const thisHour = hourText(nowMs);
  let liveBookings = 0;
  let busiestPartyHolds = 0;
  let refusalsLastHour = 0;
  for (const row of rows) {
    const hour = String(row.sk);
    for (const [name, value] of Object.entries(row)) {
      const [, kind, digits] = /^(live|held|refused)(\d+)$/.exec(name) ?? [];
      if (kind === undefined || typeof value !== 'number') continue;
      const number = Number(digits);
      const minuteEndMs = hourStartMs(hour) + (number + 1) * MINUTE_MS;
      if (kind === 'live' && minuteEndMs > nowMs) liveBookings += value;
      if (kind === 'refused' && minuteEndMs > nowMs - HOUR_MS) refusalsLastHour += value;
      if (kind === 'held' && hour >= thisHour) busiestPartyHolds = Math.max(busiestPartyHolds, number);
    }
  }
  return { liveBookings: Math.max(0, liveBookings), busiestPartyHolds, refusalsLastHour };
}

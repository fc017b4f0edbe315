import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { BookingList, ListedBooking } from '../../../ports/booking-list.ts';
import type { Retry } from '../../../ports/retry.ts';
import { listTtl } from '../retention.ts';
import { sendWrite } from '../transaction.ts';
import { keys, utcMonth } from './keys.ts';

/*
 * The list of all bookings. Ten thousand bookings a second would be ten thousand writes on the partition of one index;
 * whoever follows the stream has them by the hundred and writes a row for each second and batch, so a partition takes a
 * few hundred. Rows of one second come from several batches and overlap in time, so a second is read as a whole.
 */

/** What is read of the list at a time. */
const ROWS_AT_ONCE = 200;

export interface BookingListOptions {
  readonly table: string;
  readonly retentionSeconds: number;
  readonly retry: Retry;
}

const secondOf = (atMs: number): string => String(Math.floor(atMs / 1000)).padStart(11, '0');

export function createBookingList(
  client: DynamoDBDocumentClient,
  { table, retentionSeconds, retry }: BookingListOptions,
): BookingList {
  return {
    async append(bookings) {
      const seconds = Map.groupBy(bookings, ({ createdAtMs }) => secondOf(createdAtMs));
      await Promise.all(
        [...seconds].map(([second, some]) => sendWrite(retry, () => client.send(listed(second, some)))),
      );
    },
  };

  function listed(second: string, bookings: readonly ListedBooking[]): PutCommand {
    const ids = bookings.map(({ bookingId }) => bookingId).sort();
    const createdAtMs = Number(second) * 1000;
    const Item = {
      ...keys.list(utcMonth(createdAtMs), second, ids[0] ?? ''),
      bookingIds: ids,
      ttlEpochSeconds: listTtl(createdAtMs, retentionSeconds),
    };
    return new PutCommand({ TableName: table, Item });
  }
}

const listRow = z.object({ sk: z.string(), bookingIds: z.array(z.string()) });

/** The bookings of one second, newest first. */
export interface ListedSecond {
  readonly second: string;
  readonly bookingIds: readonly string[];
}

/**
 * Reads a month of the list backwards.
 * @param before the second to begin before; absent: at the end of the month.
 * @returns whole seconds, and whether there is more in the month.
 */
export async function readListedSeconds(
  client: DynamoDBDocumentClient,
  table: string,
  month: string,
  before: string | undefined,
): Promise<{ readonly seconds: readonly ListedSecond[]; readonly more: boolean }> {
  const bookingsOf = new Map<string, string[]>();
  let startKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: before === undefined ? 'pk = :pk' : 'pk = :pk AND sk < :before',
        ExpressionAttributeValues: {
          ':pk': keys.list(month, '', '').pk,
          ...(before !== undefined && { ':before': before }),
        },
        ScanIndexForward: false,
        Limit: ROWS_AT_ONCE,
        ExclusiveStartKey: startKey,
      }),
    );
    for (const item of page.Items ?? []) {
      const { sk, bookingIds } = listRow.parse(item);
      const second = sk.split('#')[0] ?? '';
      bookingsOf.set(second, [...(bookingsOf.get(second) ?? []), ...bookingIds]);
    }
    startKey = page.LastEvaluatedKey;
    // A second may be cut in two by the end of what was read; alone, it must be read to its end.
  } while (startKey !== undefined && bookingsOf.size < 2);
  const seconds = [...bookingsOf].map(([second, ids]) => ({
    second,
    bookingIds: [...new Set(ids)].sort().reverse(),
  }));
  return { seconds: startKey === undefined ? seconds : seconds.slice(0, -1), more: startKey !== undefined };
}

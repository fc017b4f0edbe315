import { type DynamoDBDocumentClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { type Booking, statusAt } from '../../../domain/booking.ts';
import type { BookingSearch } from '../../../ports/booking-store.ts';
import type { Page } from '../../../ports/page.ts';
import type { Retry } from '../../../ports/retry.ts';
import { type Row, readTables } from '../batch-read.ts';
import { type CursorPosition, readCursor, writeCursor } from '../cursor.ts';
import { type ListedSecond, readListedSeconds } from './booking-list.ts';
import { afterLinks, bookingIdOfLink, keys, linkPrefix, linksPartition, utcMonth } from './keys.ts';
import { parseBooking } from './rows.ts';

/** Queries that one request makes at most; then it answers with what it has and a cursor. */
const MAX_QUERIES = 31;
/** How far back a search without an index of its own goes: longer than any booking is kept. */
const OLDEST_MONTHS = 25;
/** Bookings looked at in one step: the most keys of one batch read. */
const STEP = 100;

/** One query's worth of an access path, newest first. */
interface Slice {
  readonly bookings: readonly Booking[];
  /** Where each booking stands, to continue after it; as long as `bookings`. */
  readonly positions: readonly CursorPosition[];
  /** Where the next slice begins; undefined when there is none. */
  readonly next: CursorPosition | undefined;
}

type Walk = (position: CursorPosition | undefined) => Promise<Slice>;

/** Where bookings are looked for. */
export interface SearchedTable {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  readonly retry: Retry;
}

/** What a cursor is tied to; the numbers in it are hashed with it and cannot be read back. */
function fingerprint(search: BookingSearch): string {
  return JSON.stringify([
    search.phoneNumber?.reveal(),
    search.reference,
    search.virtualNumber?.reveal(),
    search.status,
  ]);
}

/** Finds bookings by the narrowest filter given; the others are applied to what it finds. */
export async function searchBookings(searched: SearchedTable, search: BookingSearch): Promise<Page<Booking>> {
  const walk = chooseWalk(searched, search);
  const seal = fingerprint(search);
  const seen = new Set<string>();
  const items: Booking[] = [];
  let position = readCursor(search.cursor, seal);
  for (let queries = 0; queries < MAX_QUERIES; queries += 1) {
    const slice = await walk(position);
    for (const [index, booking] of slice.bookings.entries()) {
      if (!matches(booking, search) || seen.has(booking.bookingId)) continue;
      seen.add(booking.bookingId);
      items.push(booking);
      const here = slice.positions[index];
      if (items.length === search.limit && here !== undefined) {
        const last = index === slice.bookings.length - 1 && slice.next === undefined;
        return { items, nextCursor: last ? null : writeCursor(here, seal) };
      }
    }
    if (slice.next === undefined) return { items, nextCursor: null };
    position = slice.next;
  }
  return { items, nextCursor: position === undefined ? null : writeCursor(position, seal) };
}

function matches(booking: Booking, search: BookingSearch): boolean {
  const { phoneNumber, virtualNumber, reference, status, nowMs } = search;
  if (status !== undefined && statusAt(booking, nowMs) !== status) return false;
  if (reference !== undefined && booking.reference !== reference) return false;
  const { parties } = booking;
  if (virtualNumber && !parties.some((party) => party.virtualNumber.isSameLine(virtualNumber))) return false;
  if (!phoneNumber) return true;
  return parties.some((party) => party.phoneNumbers.some((number) => number.isSameLine(phoneNumber)));
}

function chooseWalk(searched: SearchedTable, search: BookingSearch): Walk {
  const { client, table } = searched;
  const query = (input: Omit<QueryCommandInput, 'TableName'>) =>
    client.send(new QueryCommand({ TableName: table, ScanIndexForward: false, Limit: STEP, ...input }));

  const { phoneNumber, virtualNumber, reference } = search;
  if (phoneNumber !== undefined) {
    const pk = linksPartition(phoneNumber);
    return async (position) => {
      const page = await query({
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':pk': pk,
          ':from': linkPrefix,
          // A cursor travels in URLs and so names the moment and the booking of a link, never its number.
          ':to': position === undefined ? afterLinks : `${position.link}`,
        },
        ConsistentRead: true,
      });
      const links = (page.Items ?? []).map((link) => String(link.sk));
      const ids = links.map(bookingIdOfLink);
      const found = await readBookings(searched, ids);
      return sliceOf(links, found, ids, page.LastEvaluatedKey, (link) => ({ link: withoutNumber(link) }));
    };
  }
  if (virtualNumber !== undefined) {
    const number = virtualNumber.reveal();
    return async (position) => {
      const page = await query({
        IndexName: 'byVirtualNumber',
        KeyConditionExpression: position
          ? 'virtualNumber = :number AND bookingOrder < :before'
          : 'virtualNumber = :number',
        ExpressionAttributeValues: { ':number': number, ...(position && { ':before': position.order }) },
      });
      const ids = (page.Items ?? []).map((link) => String(link.bookingOrder));
      const found = await readBookings(searched, ids);
      return sliceOf(ids, found, ids, page.LastEvaluatedKey, (order) => ({ order }));
    };
  }
  if (reference !== undefined) {
    return async (position) => {
      const page = await query({
        IndexName: 'byReference',
        KeyConditionExpression: position
          ? '#reference = :reference AND bookingOrder < :before'
          : '#reference = :reference',
        ExpressionAttributeNames: { '#reference': 'reference' },
        ExpressionAttributeValues: {
          ':reference': reference,
          ...(position && { ':before': position.order }),
        },
      });
      const rows = page.Items ?? [];
      const positions = rows.map((row) => ({ order: String(row.bookingOrder) }));
      return {
        bookings: rows.map(parseBooking),
        positions,
        next: page.LastEvaluatedKey && positions.at(-1),
      };
    };
  }
  return (position) => listedSlice(searched, position ?? { month: utcMonth(search.nowMs) }, search.nowMs);
}

/** The start of a link's key: its moment and its booking. Links of one booking and moment follow it. */
function withoutNumber(link: string): string {
  return link.slice(0, link.lastIndexOf('#'));
}

/** The next hundred of the list of all bookings. */
async function listedSlice(
  searched: SearchedTable,
  { month = '', before, order }: CursorPosition,
  nowMs: number,
): Promise<Slice> {
  const { seconds, more } = await readListedSeconds(searched.client, searched.table, month, before);
  const listed = seconds
    .flatMap(({ second, bookingIds }: ListedSecond) => bookingIds.map((id) => ({ second, id })))
    .filter(({ second, id }, _, all) => order === undefined || second !== all[0]?.second || id < order);
  const some = listed.slice(0, STEP);
  const found = await readBookings(
    searched,
    some.map(({ id }) => id),
  );
  const positionOf = ({ second, id }: { second: string; id: string }): CursorPosition => ({
    month,
    // `$` comes after `#`: the rest of this second comes first.
    before: `${second}$`,
    order: id,
  });
  const here = some.filter(({ id }) => found.has(id));
  const last = some.at(-1);
  const oldest = seconds.at(-1);
  const rest = listed.length > some.length && last !== undefined ? positionOf(last) : undefined;
  const older = more && oldest ? { month, before: oldest.second } : monthBefore(month, nowMs);
  return {
    bookings: here.flatMap(({ id }) => found.get(id) ?? []),
    positions: here.map(positionOf),
    next: rest ?? older,
  };
}

/** Bookings are kept for a time and then swept, so the walk back through the months ends. */
function monthBefore(month: string, nowMs: number): CursorPosition | undefined {
  const [year = 0, number = 1] = month.split('-').map(Number);
  const before = Date.UTC(year, number - 2, 1);
  const now = new Date(nowMs);
  const oldest = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - OLDEST_MONTHS, 1);
  return before < oldest ? undefined : { month: utcMonth(before) };
}

async function readBookings(
  { client, table, retry }: SearchedTable,
  bookingIds: readonly string[],
): Promise<Map<string, Booking>> {
  const wanted = bookingIds.map((id) => ({ ...keys.booking(id) }));
  const [rows = []] = await readTables(client, [{ table, keys: wanted, consistent: true }], retry);
  return new Map(rows.map(parseBooking).map((booking) => [booking.bookingId, booking]));
}

function sliceOf(
  links: readonly string[],
  found: ReadonlyMap<string, Booking>,
  ids: readonly string[],
  lastKey: Row | undefined,
  positionOf: (link: string) => CursorPosition,
): Slice {
  const here = links.flatMap((link, index) => {
    const booking = found.get(ids[index] ?? '');
    return booking === undefined ? [] : [{ booking, position: positionOf(link) }];
  });
  const last = links.at(-1);
  return {
    bookings: here.map(({ booking }) => booking),
    positions: here.map(({ position }) => position),
    next: lastKey && last !== undefined ? positionOf(last) : undefined,
  };
}

import { type DynamoDBDocumentClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { type Booking, statusAt } from '../../../domain/booking.ts';
import type { BookingSearch, Page } from '../../../ports/booking-store.ts';
import { type Row, readRows } from '../batch-read.ts';
import { type CursorPosition, readCursor, writeCursor } from '../cursor.ts';
import { afterLinks, bookingIdOfLink, keys, keyText, linkPrefix, utcMonth } from './keys.ts';
import { parseBooking } from './rows.ts';

/** Queries that one request makes at most; then it answers with what it has and a cursor. */
const MAX_QUERIES = 31;
/** How far back a search without an index of its own goes: longer than any booking is kept. */
const OLDEST_MONTHS = 25;

/** One query's worth of an access path, newest first. */
interface Slice {
  readonly bookings: readonly Booking[];
  /** Where each booking stands, to continue after it; as long as `bookings`. */
  readonly positions: readonly CursorPosition[];
  /** Where the next slice begins; undefined when there is none. */
  readonly next: CursorPosition | undefined;
}

type Walk = (position: CursorPosition | undefined) => Promise<Slice>;

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
export async function searchBookings(
  client: DynamoDBDocumentClient,
  tableName: string,
  search: BookingSearch,
): Promise<Page<Booking>> {
  const walk = chooseWalk(client, tableName, search);
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
  if (virtualNumber && !parties.some((party) => party.virtualNumber.equals(virtualNumber))) return false;
  if (!phoneNumber) return true;
  return parties.some((party) => party.phoneNumbers.some((number) => number.equals(phoneNumber)));
}

function chooseWalk(client: DynamoDBDocumentClient, tableName: string, search: BookingSearch): Walk {
  const query = (input: Omit<QueryCommandInput, 'TableName'>) =>
    client.send(new QueryCommand({ TableName: tableName, ScanIndexForward: false, Limit: 100, ...input }));

  const { phoneNumber, virtualNumber, reference } = search;
  if (phoneNumber !== undefined) {
    const { pk } = keys.holdings(phoneNumber);
    return async (position) => {
      const page = await query({
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': pk, ':from': linkPrefix, ':to': afterLinks },
        ExclusiveStartKey: position && { pk, sk: position.sk },
        ConsistentRead: true,
      });
      const links = page.Items ?? [];
      const ids = links.map((link) => bookingIdOfLink(String(link.sk)));
      const found = await readBookings(client, tableName, ids);
      return sliceOf(links, found, ids, page.LastEvaluatedKey, (link) => ({ sk: String(link.sk) }));
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
      const links = page.Items ?? [];
      const ids = links.map((link) => String(link.bookingId));
      const found = await readBookings(client, tableName, ids);
      return sliceOf(links, found, ids, page.LastEvaluatedKey, (link) => ({
        order: String(link.bookingOrder),
      }));
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
      return rowsSlice(page.Items ?? [], page.LastEvaluatedKey, (row) => ({
        order: String(row.bookingOrder),
      }));
    };
  }
  return async (position) => {
    const month = position?.month ?? utcMonth(search.nowMs);
    const page = await query({
      IndexName: 'byCreationMonth',
      KeyConditionExpression: position?.order
        ? 'creationMonth = :month AND bookingOrder < :before'
        : 'creationMonth = :month',
      ExpressionAttributeValues: { ':month': month, ...(position?.order && { ':before': position.order }) },
    });
    const slice = rowsSlice(page.Items ?? [], page.LastEvaluatedKey, (row) => ({
      month,
      order: String(row.bookingOrder),
    }));
    return slice.next === undefined ? { ...slice, next: monthBefore(month, search.nowMs) } : slice;
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
  client: DynamoDBDocumentClient,
  tableName: string,
  bookingIds: readonly string[],
): Promise<Map<string, Booking>> {
  const rows = await readRows(client, tableName, bookingIds.map(keys.booking));
  const found = new Map<string, Booking>();
  for (const id of bookingIds) {
    const row = rows.get(keyText(keys.booking(id)));
    if (row !== undefined) found.set(id, parseBooking(row));
  }
  return found;
}

function sliceOf(
  links: readonly Row[],
  found: ReadonlyMap<string, Booking>,
  ids: readonly string[],
  lastKey: Row | undefined,
  positionOf: (link: Row) => CursorPosition,
): Slice {
  const bookings: Booking[] = [];
  const positions: CursorPosition[] = [];
  for (const [index, link] of links.entries()) {
    const booking = found.get(ids[index] ?? '');
    if (booking === undefined) continue;
    bookings.push(booking);
    positions.push(positionOf(link));
  }
  const last = links.at(-1);
  return { bookings, positions, next: lastKey && last && positionOf(last) };
}

function rowsSlice(rows: readonly Row[], lastKey: Row | undefined, positionOf: (row: Row) => CursorPosition) {
  const last = rows.at(-1);
  return {
    bookings: rows.map(parseBooking),
    positions: rows.map(positionOf),
    next: lastKey && last && positionOf(last),
  };
}

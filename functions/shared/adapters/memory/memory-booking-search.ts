import { type Booking, statusAt } from '../../domain/booking.ts';
import { ProblemError } from '../../domain/problems.ts';
import type { BookingSearch } from '../../ports/booking-store.ts';
import type { Page } from '../../ports/page.ts';
import type { MemoryTables } from './memory-tables.ts';

/** Finds bookings, newest first; a cursor says how many matches were given before and for which search. */
export function searchMemory(tables: MemoryTables, search: BookingSearch): Page<Booking> {
  const seal = JSON.stringify([
    search.phoneNumber?.reveal(),
    search.reference,
    search.virtualNumber?.reveal(),
    search.status,
  ]);
  const start = readCursor(search.cursor, seal);
  const found = candidates(tables, search).filter((booking) => matches(booking, search));
  const end = start + search.limit;
  return {
    items: found.slice(start, end),
    nextCursor: end < found.length ? Buffer.from(JSON.stringify([end, seal])).toString('base64url') : null,
  };
}

function candidates(tables: MemoryTables, { phoneNumber }: BookingSearch): Booking[] {
  if (phoneNumber === undefined) {
    return [...tables.bookings.values()].sort((one, other) => (one.bookingId < other.bookingId ? 1 : -1));
  }
  const links = tables.links.get(phoneNumber.lineKey()) ?? [];
  const ids = new Set(links.toReversed().map((link) => link.bookingId));
  return [...ids].flatMap((bookingId) => tables.bookings.get(bookingId) ?? []);
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

function readCursor(cursor: string | undefined, seal: string): number {
  if (cursor === undefined) return 0;
  try {
    const [start, given]: unknown[] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (typeof start === 'number' && given === seal) return start;
  } catch {
    // Falls through: an unreadable cursor and one of another search are the same mistake.
  }
  throw new ProblemError('INVALID_REQUEST', 'The cursor does not belong to this search.', {
    issues: [
      { path: 'cursor', message: 'must be the `nextCursor` of the page before, with the same filters' },
    ],
  });
}

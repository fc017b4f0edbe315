import { type MemoryTables, writeClaim } from '../../functions/shared/adapters/memory/memory-tables.ts';
import { type Booking, claimsOf } from '../../functions/shared/domain/booking.ts';
import type { PhoneNumber } from '../../functions/shared/domain/phone-number.ts';
import { NOON_MS, phone } from '../support/bookings.ts';

const rider = (n: number) => phone(`+6598${String(n).padStart(7, '0')}`);
const driver = (n: number) => phone(`+6588${String(n).padStart(7, '0')}`);

/**
 * Lays live bookings into a store in memory, round and round over its numbers, without choosing: so that there can
 * be a million of them in seconds. Every driver has two, unless all are one party's.
 */
export function layLiveBookings(
  tables: MemoryTables,
  from: number,
  count: number,
  party?: PhoneNumber,
): void {
  const numbers = [...tables.numbers.values()];
  for (let n = from; n < count; n += 1) {
    const virtualNumber = numbers[n % numbers.length]?.virtualNumber;
    if (virtualNumber === undefined) throw new Error('The pool is empty.');
    const bookingId = `live-${n}`;
    const booking: Booking = {
      bookingId,
      storedStatus: 'active',
      numbering: 'shared',
      direction: 'both',
      parties: [
        { phoneNumbers: [rider(n)], virtualNumber },
        { phoneNumbers: [party ?? driver(Math.floor(n / 2))], virtualNumber },
      ],
      recordCalls: false,
      limits: {},
      createdAtMs: NOON_MS,
      expiresAtMs: NOON_MS + 3_600_000,
      coolDownSeconds: 0,
      version: 1,
    };
    tables.bookings.set(bookingId, booking);
    for (const claim of claimsOf(booking)) writeClaim(tables, { claim, bookingId, terms: booking });
  }
}

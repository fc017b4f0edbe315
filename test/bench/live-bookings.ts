import { innerMap, type MemoryTables } from '../../functions/shared/adapters/memory/memory-tables.ts';
import { type Booking, blockedUntilMs, claimsOf } from '../../functions/shared/domain/booking.ts';
import { NOON_MS, phone } from '../support/bookings.ts';

const rider = (n: number) => phone(`+6598${String(n).padStart(7, '0')}`);
const driver = (n: number) => phone(`+6588${String(n).padStart(7, '0')}`);

/**
 * Lays live bookings into a store in memory, round and round over its numbers, without choosing: so that there can
 * be a million of them in seconds. Every driver has two.
 */
export function layLiveBookings(tables: MemoryTables, from: number, count: number): void {
  const slots = tables.slots.get('SG') ?? [];
  for (let n = from; n < count; n += 1) {
    const virtualNumber = slots[n % slots.length]?.virtualNumber;
    if (virtualNumber === undefined) throw new Error('The pool is empty.');
    const bookingId = `live-${n}`;
    const booking: Booking = {
      bookingId,
      storedStatus: 'active',
      numbering: 'shared',
      direction: 'both',
      parties: [
        { phoneNumbers: [rider(n)], virtualNumber },
        { phoneNumbers: [driver(Math.floor(n / 2))], virtualNumber },
      ],
      recordCalls: false,
      limits: {},
      createdAtMs: NOON_MS,
      expiresAtMs: NOON_MS + 3_600_000,
      coolDownSeconds: 0,
      version: 1,
    };
    tables.bookings.set(bookingId, booking);
    const untilMs = blockedUntilMs(booking);
    for (const claim of claimsOf(booking)) {
      const caller = claim.caller.reveal();
      const number = virtualNumber.reveal();
      const holding = { virtualNumber, bookingId, blockedUntilMs: untilMs };
      innerMap(tables.claims, number).set(caller, {
        claim,
        bookingId,
        terms: booking,
        blockedUntilMs: untilMs,
      });
      innerMap(tables.holdings, caller).set(number, holding);
    }
  }
}

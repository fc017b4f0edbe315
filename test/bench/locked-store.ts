import { claimRow } from '../../functions/shared/adapters/memory/memory-tables.ts';
import type { Random } from '../../functions/shared/domain/allocation.ts';
import { type Booking, type Claim, claimsOf } from '../../functions/shared/domain/booking.ts';
import type { BookingStore, LostClaims } from '../../functions/shared/ports/booking-store.ts';

/** Turns of the event loop that a request takes: reads a few, transactions more. */
const READ_TURNS = 2;
const TRANSACTION_TURNS = 5;

/** The rows that a transaction touches besides those that are its booking's alone. */
interface Touched {
  readonly bookingId: string;
  readonly claims: readonly Claim[];
}

const touchedBy = (...bookings: readonly Booking[]): Touched => ({
  bookingId: bookings[0]?.bookingId ?? '',
  claims: bookings.flatMap(claimsOf),
});

/**
 * Makes requests take turns of the event loop, and cancels a transaction when another one holds a row that it writes,
 * as DynamoDB does with transactions that overlap.
 */
export function lockRows(store: BookingStore, random: Random): { store: BookingStore; count: () => number } {
  const locked = new Set<string>();
  let requests = 0;
  const take = async (turns: number): Promise<void> => {
    requests += 1;
    for (let turn = 0; turn < turns + random() * turns; turn += 1) await new Promise(setImmediate);
  };
  async function read<T>(work: () => Promise<T>): Promise<T> {
    await take(READ_TURNS);
    return work();
  }
  async function transact<Outcome>(
    { bookingId, claims }: Touched,
    work: () => Promise<Outcome>,
  ): Promise<Outcome | LostClaims> {
    const rows = [`booking ${bookingId}`, ...new Set(claims.map(claimRow))];
    if (rows.some((row) => locked.has(row))) {
      await take(READ_TURNS);
      return { kind: 'conflict', claims: claims.filter((claim) => locked.has(claimRow(claim))) };
    }
    for (const row of rows) locked.add(row);
    try {
      await take(TRANSACTION_TURNS);
      return await work();
    } finally {
      for (const row of rows) locked.delete(row);
    }
  }
  return {
    count: () => requests,
    store: {
      readContext: (query) => read(() => store.readContext(query)),
      readClaims: (claims) => read(() => store.readClaims(claims)),
      readMarks: (phoneNumbers) => read(() => store.readMarks(phoneNumbers)),
      find: (bookingId) => read(() => store.find(bookingId)),
      search: (search) => read(() => store.search(search)),
      claim: (request) => transact(touchedBy(request.booking), () => store.claim(request)),
      change: (before, after, nowMs) =>
        transact(touchedBy(before, after), () => store.change(before, after, nowMs)),
    },
  };
}

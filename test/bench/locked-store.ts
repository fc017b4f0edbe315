import type { Random } from '../../functions/shared/domain/allocation.ts';
import { claimsOf } from '../../functions/shared/domain/booking.ts';
import type { BookingStore, ClaimRequest } from '../../functions/shared/ports/booking-store.ts';

/** Turns of the event loop that a request takes: reads a few, transactions more. */
const READ_TURNS = 2;
const TRANSACTION_TURNS = 5;

function rowsOf({ booking, given }: ClaimRequest): string[] {
  const claims = claimsOf(booking).flatMap(({ virtualNumber, caller }) => [
    `pair ${virtualNumber.reveal()} ${caller.reveal()}`,
    `holdings ${caller.reveal()}`,
  ]);
  return [...claims, ...given.map(({ country, slot }) => `slot ${country} ${slot}`)];
}

/**
 * Makes requests take turns of the event loop, and cancels a claim when another one holds a row that it writes, as
 * DynamoDB does with transactions that overlap.
 */
export function lockRows(store: BookingStore, random: Random): { store: BookingStore; count: () => number } {
  const locked = new Set<string>();
  let requests = 0;
  const take = async (turns: number): Promise<void> => {
    requests += 1;
    for (let turn = 0; turn < turns + random() * turns; turn += 1) await new Promise(setImmediate);
  };
  return {
    count: () => requests,
    store: {
      ...store,
      async readContext(query) {
        await take(READ_TURNS);
        return store.readContext(query);
      },
      async readSlots(slots) {
        await take(READ_TURNS);
        return store.readSlots(slots);
      },
      async claim(request) {
        const rows = rowsOf(request);
        if (rows.some((row) => locked.has(row))) {
          await take(READ_TURNS);
          return { kind: 'conflict' };
        }
        for (const row of rows) locked.add(row);
        try {
          await take(TRANSACTION_TURNS);
          return await store.claim(request);
        } finally {
          for (const row of rows) locked.delete(row);
        }
      },
    },
  };
}

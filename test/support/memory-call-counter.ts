import { innerMap, type MemoryTables } from '../../functions/shared/adapters/memory/memory-tables.ts';
import { claimsOf } from '../../functions/shared/domain/booking.ts';
import { countOf, isLimited, withCall } from '../../functions/shared/domain/call-route.ts';
import { isConnection } from '../../functions/shared/domain/session.ts';
import type { CallCounter } from '../../functions/shared/ports/call-record.ts';

/** Counts calls in memory: each session once, on every pair that its booking still holds. */
export function createMemoryCallCounter(tables: MemoryTables): CallCounter {
  const counted = new Set<string>();
  return {
    async count(sessionId, decision) {
      const booking = tables.bookings.get(decision.bookingId ?? '');
      if (!isConnection(decision) || booking === undefined || !isLimited(booking.limits)) return;
      if (counted.has(sessionId)) return;
      counted.add(sessionId);
      const pairs = claimsOf(booking).flatMap(({ virtualNumber, caller }) => {
        const pair = tables.claims.get(virtualNumber.reveal())?.get(caller.reveal());
        return pair?.bookingId === booking.bookingId ? [pair] : [];
      });
      const count = withCall(countOf(pairs.flatMap((pair) => pair.count ?? [])), {
        sessionId,
        atMs: decision.atMs,
      });
      for (const pair of pairs) {
        const { virtualNumber, caller } = pair.claim;
        innerMap(tables.claims, virtualNumber.reveal()).set(caller.reveal(), { ...pair, count });
      }
    },
  };
}

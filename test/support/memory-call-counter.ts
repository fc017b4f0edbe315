import {
  claimOn,
  type MemoryTables,
  writeClaim,
} from '../../functions/shared/adapters/memory/memory-tables.ts';
import { claimsOf } from '../../functions/shared/domain/booking.ts';
import { countOf, isLimited, withCall } from '../../functions/shared/domain/call-route.ts';
import { isConnection } from '../../functions/shared/domain/session.ts';
import type { CallCounter } from '../../functions/shared/ports/call-record.ts';

/** Counts calls in memory: each session once, on every claim that its booking still holds. */
export function createMemoryCallCounter(tables: MemoryTables): CallCounter {
  const counted = new Set<string>();
  return {
    async count(sessionId, decision) {
      const booking = tables.bookings.get(decision.bookingId ?? '');
      if (!isConnection(decision) || booking === undefined || !isLimited(booking.limits)) return;
      if (counted.has(sessionId)) return;
      counted.add(sessionId);
      const claims = claimsOf(booking).flatMap((claim) => {
        const found = claimOn(tables, claim);
        return found?.bookingId === booking.bookingId ? [found] : [];
      });
      const count = withCall(countOf(claims.flatMap((found) => found.count ?? [])), {
        sessionId,
        atMs: decision.atMs,
      });
      for (const found of claims) writeClaim(tables, { ...found, count });
    },
  };
}

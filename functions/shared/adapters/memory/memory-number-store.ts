import { isOutdated, nextNumber } from '../../domain/pool.ts';
import type { NumberBookings } from '../../ports/number-bookings.ts';
import type { NumberStore } from '../../ports/number-store.ts';
import { type RememberedPool, rememberPool } from '../remembered-pool.ts';
import { freeAt, type MemoryTables } from './memory-tables.ts';

/** The pool in memory, remembered for as long as over DynamoDB. */
export function createMemoryNumberPool(tables: MemoryTables): RememberedPool {
  return rememberPool({
    readVersion: async () => tables.pool.version,
    readNumbers: async () =>
      [...tables.numbers.values()].map(({ virtualNumber, country, state }) => ({
        country,
        number: virtualNumber.reveal(),
        isActive: state === 'active',
      })),
  });
}

/**
 * The virtual numbers in memory.
 * @param onChange hears that the pool has changed.
 */
export function createMemoryNumberStore(
  tables: MemoryTables,
  onChange: () => void = () => undefined,
): NumberStore {
  const { numbers } = tables;
  const changed = () => {
    tables.pool.version += 1;
    onChange();
  };

  return {
    findNumber: async (virtualNumber) => numbers.get(virtualNumber.reveal()),

    async listNumbers({ limit, cursor }) {
      const sorted = [...numbers.keys()].sort();
      const start = cursor === undefined ? 0 : Number(cursor);
      const items = sorted.slice(start, start + limit).flatMap((number) => numbers.get(number) ?? []);
      const end = start + items.length;
      return { items, nextCursor: end < sorted.length ? String(end) : null };
    },

    async putNumber(change, nowMs) {
      const key = change.virtualNumber.reveal();
      const before = numbers.get(key);
      if (before !== undefined && isOutdated(change, before)) return { number: before, applied: false };
      const number = nextNumber(before, change, nowMs);
      numbers.set(key, number);
      changed();
      return { number, applied: true };
    },

    async countLiveClaims(virtualNumber, nowMs) {
      const claims = tables.claims.get(virtualNumber.lineKey())?.values() ?? [];
      let live = 0;
      for (const one of claims) if (freeAt(one) > nowMs) live += 1;
      return live;
    },

    async removeNumber(virtualNumber) {
      const key = virtualNumber.reveal();
      if (numbers.get(key)?.state === 'active') return 'in-use-again';
      numbers.delete(key);
      changed();
      return 'removed';
    },
  };
}

/** The bookings on a number, in memory. */
export function createMemoryNumberBookings(tables: MemoryTables): NumberBookings {
  return {
    async liveOn(virtualNumber, nowMs) {
      const claims = [...(tables.claims.get(virtualNumber.lineKey())?.values() ?? [])];
      const live = claims.filter(
        ({ ended, terms, claim }) => ended === undefined && terms.expiresAtMs > nowMs && !claim.former,
      );
      return [...new Set(live.map(({ bookingId }) => bookingId))];
    },
  };
}

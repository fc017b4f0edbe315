import type { PoolNumber } from '../../domain/pool.ts';
import type { NumberChange, NumberStore } from '../../ports/booking-store.ts';
import type { MemoryTables } from './memory-tables.ts';

/** The pool of virtual numbers in memory, with slots kept without holes as the DynamoDB store keeps them. */
export function createMemoryNumberStore(tables: MemoryTables): NumberStore {
  const { numbers, slots } = tables;

  /** The number that stands last closes the gap. */
  function leaveSlot(country: string, slot: number): void {
    const contents = slots.get(country) ?? [];
    const last = contents.pop();
    if (last === undefined || slot === contents.length) return;
    contents[slot] = last;
    const row = numbers.get(last.virtualNumber.reveal());
    if (row !== undefined) numbers.set(last.virtualNumber.reveal(), { ...row, slot });
  }

  function enterSlot(change: NumberChange, nowMs: number): number {
    const contents = slots.get(change.country) ?? [];
    slots.set(change.country, contents);
    return contents.push({ virtualNumber: change.virtualNumber, lastGivenAtMs: nowMs }) - 1;
  }

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
      const { virtualNumber, state, platformUpdatedAtMs } = change;
      const key = virtualNumber.reveal();
      const before = numbers.get(key);
      if (before !== undefined && (platformUpdatedAtMs ?? Infinity) < (before.platformUpdatedAtMs ?? 0)) {
        return { number: before, applied: false };
      }
      const wanted = state === 'active';
      if (before?.slot !== undefined && !wanted) leaveSlot(before.country, before.slot);
      const slot = wanted ? (before?.slot ?? enterSlot(change, nowMs)) : undefined;
      const platformTime = platformUpdatedAtMs ?? before?.platformUpdatedAtMs;
      const number: PoolNumber = {
        virtualNumber,
        country: before?.slot === undefined ? change.country : before.country,
        state,
        ...(slot !== undefined && { slot }),
        ...(platformTime !== undefined && { platformUpdatedAtMs: platformTime }),
        addedAtMs: before?.addedAtMs ?? nowMs,
        updatedAtMs: nowMs,
      };
      numbers.set(key, number);
      return { number, applied: true };
    },

    async countLiveClaims(virtualNumber, nowMs) {
      const claims = tables.claims.get(virtualNumber.reveal())?.values() ?? [];
      let live = 0;
      for (const { blockedUntilMs } of claims) if (blockedUntilMs > nowMs) live += 1;
      return live;
    },

    async removeNumber(virtualNumber) {
      const key = virtualNumber.reveal();
      if (numbers.get(key)?.slot === undefined) numbers.delete(key);
    },
  };
}

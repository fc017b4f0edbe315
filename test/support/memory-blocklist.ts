import {
  innerMap,
  type MemoryClaim,
  type MemoryTables,
} from '../../functions/shared/adapters/memory/memory-tables.ts';
import type { Claim } from '../../functions/shared/domain/booking.ts';
import type { BlocklistStore } from '../../functions/shared/ports/blocklist.ts';

/** A booking that ended this lately may still be found by the DynamoDB store, and is found here. */
const JUST_ENDED_MS = 60_000;

/** The blocklist in memory, with the conditions of the DynamoDB store. */
export function createMemoryBlocklist(tables: MemoryTables): BlocklistStore {
  const { blocked, bookings, claims, holdings } = tables;

  /** The claim if the booking still has it and it reaches the same number. */
  function find(bookingId: string, { virtualNumber, caller, callee }: Claim): MemoryClaim | undefined {
    const found = claims.get(virtualNumber.reveal())?.get(caller.reveal());
    return found?.bookingId === bookingId && found.claim.callee.equals(callee) ? found : undefined;
  }

  function mark(found: MemoryClaim, isBlocked: boolean): void {
    const { virtualNumber, caller } = found.claim;
    innerMap(claims, virtualNumber.reveal()).set(caller.reveal(), { ...found, blocked: isBlocked });
  }

  return {
    find: async (phoneNumber) => blocked.get(phoneNumber.reveal()),

    async list() {
      return { items: [...blocked.values()], nextCursor: null };
    },

    async add(phoneNumber, reason, nowMs) {
      const before = blocked.get(phoneNumber.reveal());
      const block = { phoneNumber, reason, blockedAtMs: before?.blockedAtMs ?? nowMs };
      blocked.set(phoneNumber.reveal(), block);
      return block;
    },

    remove: async (phoneNumber) => blocked.delete(phoneNumber.reveal()),

    async bookingsOf(phoneNumber, nowMs) {
      const held = [...(holdings.get(phoneNumber.reveal())?.values() ?? [])];
      return held
        .filter((holding) => holding.blockedUntilMs > nowMs - JUST_ENDED_MS)
        .flatMap((holding) => bookings.get(holding.bookingId) ?? [])
        .filter((booking) => booking.storedStatus === 'active');
    },

    async stop({ bookingId }, claim) {
      const found = find(bookingId, claim);
      if (found !== undefined) mark(found, true);
    },

    async release({ bookingId }, claim) {
      const found = find(bookingId, claim);
      const isFree = !blocked.has(claim.caller.reveal()) && !blocked.has(claim.callee.reveal());
      if (!found?.blocked || !isFree) return false;
      mark(found, false);
      return true;
    },
  };
}

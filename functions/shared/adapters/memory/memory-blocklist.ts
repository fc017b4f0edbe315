import type { Booking } from '../../domain/booking.ts';
import type { PhoneNumber } from '../../domain/phone-number.ts';
import type { BlocklistStore, SeenClaim } from '../../ports/blocklist.ts';
import { claimOn, type MemoryClaim, type MemoryTables, writeClaim } from './memory-tables.ts';

/** Bookings given at a time. */
const BATCH = 100;

/** The blocklist in memory, with the conditions of the DynamoDB store. */
export function createMemoryBlocklist(tables: MemoryTables): BlocklistStore {
  const { marks, blocks } = tables;

  /** The claim if the booking still has it and it reaches the same number. */
  function find({ bookingId, claim }: SeenClaim): MemoryClaim | undefined {
    const found = claimOn(tables, claim);
    return found?.bookingId === bookingId && found.claim.callee.equals(claim.callee) ? found : undefined;
  }

  const isBlocked = (person: PhoneNumber) => marks.get(person.lineKey())?.blocked === true;
  function mark(person: PhoneNumber, blocked: boolean): void {
    marks.set(person.lineKey(), { ...marks.get(person.lineKey()), blocked });
  }

  return {
    find: async (phoneNumber) => blocks.get(phoneNumber.lineKey()),

    async list() {
      return { items: [...blocks.values()], nextCursor: null };
    },

    async add(phoneNumber, reason, nowMs) {
      const before = blocks.get(phoneNumber.lineKey());
      const block = { phoneNumber, reason, blockedAtMs: before?.blockedAtMs ?? nowMs };
      blocks.set(phoneNumber.lineKey(), block);
      mark(phoneNumber, true);
      return block;
    },

    async remove(phoneNumber) {
      if (!blocks.delete(phoneNumber.lineKey())) return false;
      mark(phoneNumber, false);
      return true;
    },

    async *bookingsOf(phoneNumber) {
      const links = tables.links.get(phoneNumber.lineKey()) ?? [];
      const ids = [...new Set(links.map(({ bookingId }) => bookingId))];
      for (let from = 0; from < ids.length; from += BATCH) {
        const some = ids.slice(from, from + BATCH);
        yield some
          .flatMap((id): Booking[] => [tables.bookings.get(id)].filter((one) => one !== undefined))
          .filter(({ storedStatus }) => storedStatus === 'active');
      }
    },

    async stop(person, claims) {
      if (!isBlocked(person)) return;
      for (const seen of claims) {
        const found = find(seen);
        if (found !== undefined) writeClaim(tables, { ...found, blocked: true });
      }
    },

    async release(claims) {
      let released = 0;
      for (const seen of claims) {
        const found = find(seen);
        if (!found?.blocked || isBlocked(seen.claim.caller) || isBlocked(seen.claim.callee)) continue;
        writeClaim(tables, { ...found, blocked: false });
        released += 1;
      }
      return released;
    },
  };
}

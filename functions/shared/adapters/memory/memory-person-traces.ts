import { type ClaimKey, claimsOf, phoneNumbersOf } from '../../domain/booking.ts';
import type { ErasureCounts, PersonTraces } from '../../ports/person-traces.ts';
import { claimOn, type MemoryTables } from './memory-tables.ts';

/** An erasure that nobody goes on with stands in the way of bookings for so long, as over DynamoDB. */
const OPEN_MS = 15 * 60_000;

/** What the bookings in memory keep of a person; there are no calls. */
export function createMemoryPersonTraces(tables: MemoryTables): PersonTraces {
  const progress = new Map<string, ErasureCounts>();

  function deleteClaimOf(key: ClaimKey, bookingId: string): number {
    if (claimOn(tables, key)?.bookingId !== bookingId) return 0;
    tables.claims.get(key.virtualNumber.lineKey())?.delete(key.caller.lineKey());
    return 1;
  }

  return {
    async beginErasure(person, newId, nowMs) {
      const line = person.lineKey();
      const mark = tables.marks.get(line) ?? { blocked: false };
      const isOpen = (mark.erasure?.openUntilMs ?? 0) > nowMs;
      if (!isOpen) progress.delete(line);
      const id = isOpen ? (mark.erasure?.id ?? newId) : newId;
      tables.marks.set(line, { ...mark, erasure: { id, openUntilMs: nowMs + OPEN_MS } });
      return { id, erased: progress.get(line) };
    },

    async saveProgress(person, erased) {
      progress.set(person.lineKey(), erased);
    },

    async completeErasure(person, id) {
      const mark = tables.marks.get(person.lineKey());
      progress.delete(person.lineKey());
      if (mark?.erasure?.id === id) {
        tables.marks.set(person.lineKey(), { ...mark, erasure: { id, openUntilMs: 0 } });
      }
    },

    async *bookingTraces(person) {
      const line = person.lineKey();
      for (const link of [...(tables.links.get(line) ?? [])]) {
        const { bookingId, heldNumber, answerKey } = link;
        yield {
          bookingId,
          virtualNumber: heldNumber,
          async deleteAnswer() {
            const answer = answerKey === undefined ? undefined : tables.answers.get(answerKey);
            if (answerKey === undefined || answer?.booking.bookingId !== bookingId) return 0;
            tables.answers.delete(answerKey);
            return 1;
          },
          async forget() {
            const rest = (tables.links.get(line) ?? []).filter((one) => one !== link);
            tables.links.set(line, rest);
          },
        };
      }
    },

    async deleteBooking(booking) {
      const deleted = claimsOf(booking).map((claim) => deleteClaimOf(claim, booking.bookingId));
      const people = phoneNumbersOf(booking).map((number) => number.lineKey());
      tables.pairs.delete(people.sort().join());
      tables.bookings.delete(booking.bookingId);
      return deleted.reduce<number>((sum, one) => sum + one, 0);
    },

    deleteClaim: async (virtualNumber, caller, bookingId) =>
      deleteClaimOf({ virtualNumber, caller }, bookingId),

    async *sessionIds() {},
    deleteSession: async () => ({ sessions: 0, recordings: 0 }),

    async deletePersonRows(person) {
      const mark = tables.marks.get(person.lineKey());
      if (mark !== undefined) tables.marks.set(person.lineKey(), { ...mark, blocked: false });
      return tables.blocks.delete(person.lineKey()) ? 1 : 0;
    },
  };
}

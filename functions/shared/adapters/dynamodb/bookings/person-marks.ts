import * as z from 'zod/mini';
import type { PhoneNumber } from '../../../domain/phone-number.ts';
import type { PersonMark, PersonMarks } from '../../../ports/booking-store.ts';
import type { Row } from '../batch-read.ts';
import { keys } from './keys.ts';

/*
 * The marks of a person, in one row: `blockedAtMs` while the number is on the blocklist; `erasureId` of the
 * latest erasure, and `openUntilMs` while it is at work. Bookings read it and never write it or make it a condition, so the bookings of one busy person
 * do not meet on it.
 */

const markRow = z.object({
  blockedAtMs: z.optional(z.number()),
  erasureId: z.optional(z.string()),
  openUntilMs: z.optional(z.number()),
});

function parseMark(row: Row): PersonMark {
  const { blockedAtMs, erasureId, openUntilMs = 0 } = markRow.parse(row);
  return {
    blocked: blockedAtMs !== undefined,
    ...(erasureId !== undefined && { erasure: { id: erasureId, openUntilMs } }),
  };
}

/** The marks among the rows that were read, by whose they are. */
export function parseMarks(phoneNumbers: readonly PhoneNumber[], rows: readonly Row[]): PersonMarks {
  const found = new Map(rows.map((row) => [row.pk, row]));
  return new Map(
    phoneNumbers.flatMap((number) => {
      const row = found.get(keys.marks(number).pk);
      return row === undefined ? [] : [[number.lineKey(), parseMark(row)] as const];
    }),
  );
}

import { type Booking, freeAtMs } from '../../domain/booking.ts';

/*
 * When the rows of a booking may be swept, in epoch seconds. A row by which others are found is kept longer than
 * those, also where the sweep is some days late: a claim goes before its booking, a booking and the answer to its
 * idempotency key before the links of its phone numbers. So whoever follows the links of a number, as an erasure
 * does, finds everything that is kept of it.
 */

const DAY_SECONDS = 24 * 3600;
const WEEK_SECONDS = 7 * DAY_SECONDS;
/** How long a claim is kept after it may be given again, so that a late caller hears that the booking has ended. */
const LATE_CALLER_SECONDS = WEEK_SECONDS;
/** Longer than the sweep is ever late. */
const SWEEP_SECONDS = WEEK_SECONDS;
/** How long the answer to an idempotency key is kept. */
const ANSWER_SECONDS = DAY_SECONDS;
/** How long it is known that a person was erased: longer than a booking can be on its way, and its stream. */
const MARK_SECONDS = WEEK_SECONDS;
/** How long a booking stays in the list of all after its making, if it is not kept longer: as long as any can live. */
const LISTED_SECONDS = 400 * DAY_SECONDS;

export const epochSeconds = (atMs: number): number => Math.ceil(atMs / 1000);

const freeAt = (booking: Booking): number => epochSeconds(freeAtMs(booking));

export function claimTtl(booking: Booking, retentionSeconds: number): number {
  return freeAt(booking) + Math.min(LATE_CALLER_SECONDS, retentionSeconds);
}

export function bookingTtl(booking: Booking, retentionSeconds: number): number {
  return freeAt(booking) + retentionSeconds;
}

/** The end is rounded up to a week, so that a booking which is extended by little keeps its links as they are. */
export function linkTtl(booking: Booking, retentionSeconds: number): number {
  const weekEnd = Math.ceil(freeAt(booking) / WEEK_SECONDS) * WEEK_SECONDS;
  return weekEnd + retentionSeconds + SWEEP_SECONDS;
}

/** Whether a link says by its own sweep that its booking was over more than a week ago. */
export function isLongOver(linkTtlSeconds: number, nowMs: number, retentionSeconds: number): boolean {
  return linkTtlSeconds < epochSeconds(nowMs) - WEEK_SECONDS + retentionSeconds + SWEEP_SECONDS;
}

export function answerTtl(nowMs: number): number {
  return epochSeconds(nowMs) + ANSWER_SECONDS;
}

export function markTtl(nowMs: number): number {
  return epochSeconds(nowMs) + MARK_SECONDS;
}

export function listTtl(createdAtMs: number, retentionSeconds: number): number {
  return epochSeconds(createdAtMs) + LISTED_SECONDS + retentionSeconds;
}

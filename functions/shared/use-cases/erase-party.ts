import { type Booking, statusAt } from '../domain/booking.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import type { SessionRecording } from '../domain/session.ts';

/** What was erased of a person, as counts. */
export interface ErasureCounts {
  readonly bookings: number;
  /** Pairs of virtual number and caller that named the person. */
  readonly claims: number;
  readonly sessions: number;
  /** Recorded files, each with all its versions. */
  readonly recordings: number;
  /** Answers kept for repeated requests. */
  readonly repeatableAnswers: number;
  /** What was kept under the number itself: what it holds, and whether it is blocked. */
  readonly personRows: number;
}

/** What one request did; an erasure that is not complete goes on with the next request. */
export interface ErasureReport {
  readonly erased: ErasureCounts;
  readonly complete: boolean;
}

/** That the person was in a booking: the keys of the note and of what it leads to are the store's own. */
export interface BookingTrace {
  readonly bookingId: string;
  /** The virtual number that the person used, where the trace tells. */
  readonly virtualNumber?: PhoneNumber;
  /** Deletes the answer that was kept for a repetition of the request for this booking. @returns 1 or 0. */
  deleteAnswer(): Promise<number>;
  forget(): Promise<void>;
}

/** Finds and deletes what the store keeps of a person. */
export interface PersonTraces {
  /** What earlier requests of an erasure that is not complete have erased. */
  readProgress(person: PhoneNumber): Promise<ErasureCounts | undefined>;
  saveProgress(person: PhoneNumber, erased: ErasureCounts, nowMs: number): Promise<void>;
  forgetProgress(person: PhoneNumber): Promise<void>;
  /** The bookings that the person was ever in, as far as they are kept. */
  bookingTraces(person: PhoneNumber): AsyncIterable<BookingTrace>;
  /** Ids of the calls that the person was on. */
  sessionIds(person: PhoneNumber): AsyncIterable<string>;
  /** Deletes the booking with everything that follows from it. @returns how many claims were deleted. */
  deleteBooking(booking: Booking): Promise<number>;
  /** Deletes one claim if it is the booking's. @returns 1 or 0. */
  deleteClaim(virtualNumber: PhoneNumber, caller: PhoneNumber, bookingId: string): Promise<number>;
  /** Deletes a call with its recordings, the note by which it is found last. */
  deleteSession(sessionId: string, person: PhoneNumber): Promise<{ sessions: number; recordings: number }>;
  /** Deletes what is kept under the number itself. @returns how many rows there were. */
  deletePersonRows(person: PhoneNumber): Promise<number>;
}

/** Deletes the files of recordings. */
export interface RecordingEraser {
  /**
   * Deletes every version of every file of a call.
   * @returns how many files there were.
   */
  erase(session: {
    readonly sessionId: string;
    readonly recordings: readonly SessionRecording[];
    /** Days in UTC on which the call may have been recorded, as `2026-12-01`. */
    readonly days: readonly string[];
  }): Promise<number>;
}

/** What erasing needs of the bookings. */
export interface ErasableBookings {
  find(bookingId: string): Promise<Booking | undefined>;
  change(before: Booking, after: Booking, nowMs: number): Promise<'changed' | 'stale' | 'taken'>;
}

export interface ErasureDependencies {
  readonly bookings: ErasableBookings;
  readonly traces: PersonTraces;
  readonly nowMs: () => number;
  /** How long one request may work. */
  readonly patienceMs: number;
}

const MAX_TRIES = 5;

const NOTHING: ErasureCounts = {
  bookings: 0,
  claims: 0,
  sessions: 0,
  recordings: 0,
  repeatableAnswers: 0,
  personRows: 0,
};

/**
 * Erases a person: every booking, call and recording that names the number, and whatever else is kept of it. Bookings
 * that are live are cancelled first, so that nobody is connected meanwhile and other systems hear of their end.
 *
 * Each step deletes the note by which it was found last of all, so an erasure that was cut short, by time or by a
 * crash, goes on with the next request; repeating a complete one finds nothing. Everything is found by keys, so what
 * it costs grows with what is kept of the person and not with the tables.
 */
export async function eraseParty(
  person: PhoneNumber,
  { bookings, traces, nowMs, patienceMs }: ErasureDependencies,
): Promise<ErasureReport> {
  const endMs = nowMs() + patienceMs;
  const earlier = await traces.readProgress(person);
  const erased: Record<keyof ErasureCounts, number> = { ...NOTHING, ...earlier };

  async function pauseErasure(): Promise<ErasureReport> {
    await traces.saveProgress(person, erased, nowMs());
    return { erased, complete: false };
  }

  async function eraseBooking(bookingId: string): Promise<void> {
    const booking = await endedBookingOf(person, bookingId, { bookings, nowMs });
    if (booking === undefined) return;
    erased.claims += await traces.deleteBooking(booking);
    erased.bookings += 1;
  }

  for await (const trace of traces.bookingTraces(person)) {
    if (nowMs() >= endMs) return pauseErasure();
    await eraseBooking(trace.bookingId);
    if (trace.virtualNumber !== undefined) {
      erased.claims += await traces.deleteClaim(trace.virtualNumber, person, trace.bookingId);
    }
    erased.repeatableAnswers += await trace.deleteAnswer();
    await trace.forget();
  }

  for await (const sessionId of traces.sessionIds(person)) {
    if (nowMs() >= endMs) return pauseErasure();
    const deleted = await traces.deleteSession(sessionId, person);
    erased.sessions += deleted.sessions;
    erased.recordings += deleted.recordings;
  }

  erased.personRows += await traces.deletePersonRows(person);

  await traces.forgetProgress(person);
  return { erased, complete: true };
}

function isParty(booking: Booking, person: PhoneNumber): boolean {
  return booking.parties.some(({ phoneNumbers }) => phoneNumbers.some((number) => number.equals(person)));
}

/** The booking, cancelled if it was live; undefined where there is none, or none that still names the person. */
async function endedBookingOf(
  person: PhoneNumber,
  bookingId: string,
  { bookings, nowMs }: Pick<ErasureDependencies, 'bookings' | 'nowMs'>,
): Promise<Booking | undefined> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const before = await bookings.find(bookingId);
    const atMs = nowMs();
    if (before === undefined || !isParty(before, person)) return undefined;
    if (statusAt(before, atMs) !== 'active') return before;
    const after: Booking = {
      ...before,
      storedStatus: 'cancelled',
      endedAtMs: atMs,
      version: before.version + 1,
    };
    if ((await bookings.change(before, after, atMs)) === 'changed') return after;
  }
  throw new Error('A booking of the person kept being changed by others; ask again.');
}

import type { Booking } from '../domain/booking.ts';
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
  /** What was kept under the number itself: whether it is blocked, and why. */
  readonly personRows: number;
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

/** Finds and deletes what the bookings keep of a person. */
export interface BookingTraces {
  /** The bookings that the person was ever in, as far as they are kept; consistent. */
  bookingTraces(person: PhoneNumber): AsyncIterable<BookingTrace>;
  /** Deletes the booking with everything that follows from it. @returns how many claims were deleted. */
  deleteBooking(booking: Booking): Promise<number>;
  /** Deletes one claim if it is the booking's. @returns 1 or 0. */
  deleteClaim(virtualNumber: PhoneNumber, caller: PhoneNumber, bookingId: string): Promise<number>;
}

/** The erasure of a person, as the mark says that is read with every booking of the person. */
export interface ErasureMark {
  readonly id: string;
  /** What earlier requests of this erasure have erased. */
  readonly erased: ErasureCounts | undefined;
}

/** Finds and deletes what is kept of a person. */
export interface PersonTraces extends BookingTraces {
  /** Marks the person as being erased for a while, unless an erasure is at work already, which goes on then. */
  beginErasure(person: PhoneNumber, newId: string, nowMs: number): Promise<ErasureMark>;
  saveProgress(person: PhoneNumber, erased: ErasureCounts): Promise<void>;
  /**
   * Says that the erasure is over. The mark is kept for as long as a booking may be on its way that began before, and
   * names nobody.
   */
  completeErasure(person: PhoneNumber, id: string, nowMs: number): Promise<void>;
  /** Ids of the calls that the person was on. */
  sessionIds(person: PhoneNumber): AsyncIterable<string>;
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

import type { SessionUsage } from '../domain/booking-totals.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import type {
  CallDecision,
  SessionInput,
  SessionOutcome,
  SessionRecording,
  SessionView,
} from '../domain/session.ts';
import type { Page } from './page.ts';

/** A part of a list, newest first. */
export interface PageRequest {
  /** 1 to 100. */
  readonly limit: number;
  /** Where the page before ended, as its answer said. */
  readonly cursor?: string;
}

/**
 * What sessions are searched by: a party's phone number, or a day in UTC (`2026-12-01`), or an outcome, or a day with
 * an outcome. An outcome alone goes back as far as calls are kept.
 */
export interface SessionSearch extends PageRequest {
  readonly phoneNumber?: PhoneNumber;
  readonly day?: string;
  readonly outcome?: SessionOutcome;
  readonly nowMs: number;
}

/** A recording with the session it belongs to. */
export interface FoundRecording extends SessionRecording {
  readonly sessionId: string;
}

/**
 * Reads the record of calls. Sessions are read consistently and made of everything known of them; lists find them
 * through indexes, which follow within a second, and may leave out events that change nothing else of a session.
 */
export interface CallRecord {
  /** One consistent query. */
  findSession(sessionId: string): Promise<SessionView | undefined>;
  /** @throws ProblemError `INVALID_REQUEST` at `cursor` for a cursor that no answer of this list gave. */
  sessionsOfBooking(bookingId: string, page: PageRequest): Promise<Page<SessionView>>;
  /** @throws ProblemError `INVALID_REQUEST` as above, and for a search without any criterion. */
  searchSessions(search: SessionSearch): Promise<Page<SessionView>>;
  /** @returns undefined when there is no such session. */
  recordingsOf(sessionId: string): Promise<readonly SessionRecording[] | undefined>;
  findRecording(recordingId: string): Promise<FoundRecording | undefined>;
}

/** Reads what calls used, for adding it up. */
export interface CallUsage {
  /** One entry a call, as the index tells it: what happened in the last second may be missing. */
  usageOfBooking(bookingId: string): Promise<readonly SessionUsage[]>;
}

/** Adds to the record of calls. */
export interface SessionRecorder {
  /**
   * Keeps one input of a session for good and brings the session up to date. An input that is there already changes
   * nothing, so every call may be repeated.
   * @throws when the store failed; the input may have been kept then, and repeating the call finishes the work.
   */
  record(sessionId: string, input: SessionInput, options: RecordOptions): Promise<void>;
}

export interface RecordOptions {
  /** When the input reached us, epoch milliseconds. */
  readonly receivedAtMs: number;
  readonly signal?: AbortSignal;
}

/** Tells which booking held a pair. */
export interface BookingLinks {
  /** The booking through which `phoneNumber` used `virtualNumber` at a moment; undefined when there was none. */
  findHolderAt(
    virtualNumber: PhoneNumber,
    phoneNumber: PhoneNumber,
    atMs: number,
    signal?: AbortSignal,
  ): Promise<string | undefined>;
}

/** Counts calls against the limits of their booking. */
export interface CallCounter {
  /**
   * Counts a connected call once, whatever is repeated, on every pair of its booking. Does nothing for a booking
   * that has no limits.
   * @throws when the store failed or was contended; nothing is counted then.
   */
  count(sessionId: string, decision: CallDecision, receivedAtMs: number): Promise<void>;
}

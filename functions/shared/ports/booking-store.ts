import type { HeldClaim } from '../domain/allocation.ts';
import type { Booking, ClaimKey, StoredStatus } from '../domain/booking.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import type { Page } from './page.ts';

/** What was answered to an earlier request with the same idempotency key. */
export interface EarlierAnswer {
  /** Digest of the body of that request. */
  readonly requestDigest: string;
  readonly booking: Booking;
}

/** An earlier answer as it was read; the sweep of those that no longer count may be late. */
export interface KeptAnswer extends EarlierAnswer {
  /** From then on the key may be used anew. */
  readonly expiresAtMs: number;
}

/** What stands against a person whoever books: written before anything is swept, and looked at again after a commit. */
export interface PersonMark {
  readonly blocked: boolean;
  /** The latest erasure of the person, and until when it is taken to be at work; in the past for one that is over. */
  readonly erasure?: { readonly id: string; readonly openUntilMs: number };
}

/** The marks of those people who have one, by `lineKey()` of their phone number. */
export type PersonMarks = ReadonlyMap<string, PersonMark>;

/** What must be known to choose numbers for a booking. */
export interface BookingContextQuery {
  readonly phoneNumbers: readonly PhoneNumber[];
  /** The claims that the candidates may meet. */
  readonly claims: readonly ClaimKey[];
  /** Whether the claims are read as they are now, or as they were a moment ago for half the price. */
  readonly consistent: boolean;
  /** Whether the numbers that these people had the last time are wanted. */
  readonly sticky: boolean;
  readonly idempotencyKey?: string;
}

export interface BookingContext {
  readonly marks: PersonMarks;
  /** Those that there are, live or over. */
  readonly claims: readonly HeldClaim[];
  /**
   * What was given to the last booking of the same people: the number that they shared, or one for each party, in the
   * order of `pairOrder`.
   */
  readonly lastGiven: readonly PhoneNumber[];
  readonly earlierAnswer?: KeptAnswer;
}

/** What is written with a booking. */
export interface ClaimRequest {
  readonly booking: Booking;
  readonly sticky: boolean;
  readonly idempotency?: { readonly key: string; readonly requestDigest: string };
  /** Claims that rest are taken as well if they ended by then; absent: those of the same two parties only. */
  readonly restedSinceMs?: number;
  readonly nowMs: number;
}

/** Claims that could not be had: held by others, or others are at work on them at this moment. */
export type LostClaims =
  | { readonly kind: 'taken'; readonly claims: readonly ClaimKey[] }
  /** Without claims: on another row, or the store had no room. */
  | { readonly kind: 'conflict'; readonly claims: readonly ClaimKey[] };

/** How a claim ended. Only `claimed` and `repeated` leave a booking behind. */
export type ClaimOutcome =
  | { readonly kind: 'claimed' }
  | LostClaims
  /** The request, or this very attempt, was answered before. */
  | { readonly kind: 'repeated'; readonly answer: EarlierAnswer };

/** How a change of a booking ended: `stale` means that another change came first. */
export type ChangeOutcome = { readonly kind: 'changed' } | { readonly kind: 'stale' } | LostClaims;

/** What bookings are searched by; at most one of the first three, newest first. */
export interface BookingSearch {
  readonly phoneNumber?: PhoneNumber;
  readonly reference?: string;
  readonly virtualNumber?: PhoneNumber;
  readonly status?: StoredStatus | 'expired';
  readonly limit: number;
  /** Where the page before ended, as its answer said. */
  readonly cursor?: string;
  readonly nowMs: number;
}

/** Bookings and their claims. Each method says how many requests it costs; the keys are in the adapter's header. */
export interface BookingStore {
  /** One batch read of at most {@link MOST_READ_AT_ONCE} rows: marks, answers and what was given are consistent. */
  readContext(query: BookingContextQuery): Promise<BookingContext>;
  /** One batch read, consistent, of at most {@link MOST_READ_AT_ONCE} claims. */
  readClaims(claims: readonly ClaimKey[]): Promise<readonly HeldClaim[]>;
  /** One batch read, consistent. */
  readMarks(phoneNumbers: readonly PhoneNumber[]): Promise<PersonMarks>;
  /** One transaction: the booking with all its claims, or nothing. */
  claim(request: ClaimRequest): Promise<ClaimOutcome>;
  /** One read, consistent. */
  find(bookingId: string): Promise<Booking | undefined>;
  /**
   * One transaction: writes `after` where `before` still stands, with the claims that follow from it. Claims that
   * `after` no longer has are ended, new ones are taken. Where `after` is over, a claim that is no longer the
   * booking's stands in nobody's way: it is left out, in a second transaction. New claims of a booking with limits go
   * on with the calls counted so far, which are read first, one by key for each claim.
   */
  change(before: Booking, after: Booking, nowMs: number): Promise<ChangeOutcome>;
  /** A page costs two requests at most where its bookings are among those of the first hundred that are looked at. */
  search(search: BookingSearch): Promise<Page<Booking>>;
}

/** The most rows of one batch read. */
export const MOST_READ_AT_ONCE = 100;

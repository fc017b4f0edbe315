import type { Booking, StoredStatus } from '../domain/booking.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import type { Holding, PoolNumber, PoolSizes, SlotContent, SlotRef } from '../domain/pool.ts';

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

/** What must be known to choose numbers for a booking. */
export interface BookingContextQuery {
  readonly phoneNumbers: readonly PhoneNumber[];
  /** A virtual number that the caller would like. */
  readonly preferred?: PhoneNumber;
  /** Whether the numbers that these people had the last time are wanted. */
  readonly sticky: boolean;
  readonly idempotencyKey?: string;
}

export interface BookingContext {
  readonly sizes: PoolSizes;
  /** Everything each phone number holds or held lately, free again or not; by `reveal()`. */
  readonly holdings: ReadonlyMap<string, readonly Holding[]>;
  readonly blockedNumbers: ReadonlySet<string>;
  /** Those of the asked phone numbers that are themselves virtual numbers of the pool. */
  readonly virtualNumbers: ReadonlySet<string>;
  /** The preferred number, if the pool gives it out. */
  readonly preferred?: SlotContent;
  /**
   * What was given to the last booking of the same people, where it stood then: the number that they shared, or one
   * for each party, in the order of `pairOrder`.
   */
  readonly lastGiven: readonly SlotContent[];
  readonly earlierAnswer?: KeptAnswer;
}

/** What is written with a booking. */
export interface ClaimRequest {
  readonly booking: Booking;
  /** The slots of the numbers given, so that a number that has left the pool is not given. */
  readonly given: readonly SlotContent[];
  /** The holdings that were read; those that are free again are cleared in passing. */
  readonly holdings: ReadonlyMap<string, readonly Holding[]>;
  readonly sticky: boolean;
  readonly idempotency?: { readonly key: string; readonly requestDigest: string };
  readonly nowMs: number;
}

/** How a claim ended. Only `claimed` and `repeated` leave a booking behind. */
export type ClaimOutcome =
  | { readonly kind: 'claimed' }
  /** A party already holds this virtual number: try another one. */
  | { readonly kind: 'taken'; readonly virtualNumber: PhoneNumber }
  /** This virtual number is no longer where it was drawn: try another one. */
  | { readonly kind: 'moved'; readonly virtualNumber: PhoneNumber }
  /** Another writer was busy with the same rows, or what was read is out of date: read again. */
  | { readonly kind: 'conflict' }
  /** The request, or this very attempt, was answered before. */
  | { readonly kind: 'repeated'; readonly answer: EarlierAnswer };

/** How a change of a booking ended: `stale` means that another change came first. */
export type ChangeOutcome = 'changed' | 'stale' | 'taken';

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

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** Bookings and their claims. Each method says how many requests it costs; the keys are in the adapter's header. */
export interface BookingStore {
  /** One batch read, consistent. */
  readContext(query: BookingContextQuery): Promise<BookingContext>;
  /** One batch read for up to 100 slots, consistent. Slots that are empty are left out. */
  readSlots(slots: readonly SlotRef[]): Promise<SlotContent[]>;
  /** One transaction: the booking with all its claims, or nothing. */
  claim(request: ClaimRequest): Promise<ClaimOutcome>;
  /** One read, consistent. */
  find(bookingId: string): Promise<Booking | undefined>;
  /**
   * One transaction: writes `after` where `before` still stands, with the claims that follow from it. Claims that
   * `after` no longer has are ended, new ones are taken, on numbers `given` where the number is new to the booking.
   * New claims of a booking with limits go on with the calls counted so far, which are read first, one by key for
   * each claim.
   */
  change(
    before: Booking,
    after: Booking,
    nowMs: number,
    given?: readonly SlotContent[],
  ): Promise<ChangeOutcome>;
  /** One query a page, and one batch read where the index holds references only. */
  search(search: BookingSearch): Promise<Page<Booking>>;
}

/** What is asked of the pool when a number is added or changed. */
export interface NumberChange {
  readonly virtualNumber: PhoneNumber;
  readonly country: string;
  readonly state: PoolNumber['state'];
  /** When 8x8 changed it; absent for a change of ours, which always applies. */
  readonly platformUpdatedAtMs?: number;
}

/** The pool of virtual numbers. */
export interface NumberStore {
  findNumber(virtualNumber: PhoneNumber): Promise<PoolNumber | undefined>;
  listNumbers(page: { limit: number; cursor?: string }): Promise<Page<PoolNumber>>;
  /**
   * Adds the number or changes its state, keeping the slots of its country without holes.
   * @returns the number as it stands now, and whether this call changed it: an event older than the last is ignored.
   */
  putNumber(change: NumberChange, nowMs: number): Promise<{ number: PoolNumber; applied: boolean }>;
  /** How many claims on the number are live or resting. */
  countLiveClaims(virtualNumber: PhoneNumber, nowMs: number): Promise<number>;
  /** Deletes a number that is no longer given out. */
  removeNumber(virtualNumber: PhoneNumber): Promise<void>;
}

import type { Booking, Claim } from '../domain/booking.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import type { Page } from './page.ts';

/** A phone number that is never connected, and why. */
export interface Block {
  readonly phoneNumber: PhoneNumber;
  readonly reason: string;
  readonly blockedAtMs: number;
}

/** A claim with the booking that was seen to hold it. */
export interface SeenClaim {
  readonly bookingId: string;
  readonly claim: Claim;
}

/** The phone numbers that are never connected. Every read is consistent. */
export interface BlocklistStore {
  find(phoneNumber: PhoneNumber): Promise<Block | undefined>;
  /** In an order of its own that does not change. */
  list(page: { readonly limit: number; readonly cursor?: string }): Promise<Page<Block>>;
  /**
   * Marks the person as blocked and enters the block into the list, in one transaction.
   * @returns the block as it stands: one that stood before keeps its time and takes the new reason.
   */
  add(phoneNumber: PhoneNumber, reason: string, nowMs: number): Promise<Block>;
  /**
   * Undoes {@link BlocklistStore.add}, in one transaction.
   * @returns whether there was a block.
   */
  remove(phoneNumber: PhoneNumber, nowMs: number): Promise<boolean>;
  /** The live bookings of this number, some at a time, found by its links; those that ended this minute are among them. */
  bookingsOf(phoneNumber: PhoneNumber, nowMs: number): AsyncIterable<readonly Booking[]>;
  /** Stops calls over those of the claims that their bookings still have, while `person` is marked as blocked. */
  stop(person: PhoneNumber, claims: readonly SeenClaim[]): Promise<void>;
  /**
   * Lets calls over those of the claims connect again of whose two numbers none is marked at that moment.
   * @returns how many had been stopped and no longer are.
   */
  release(claims: readonly SeenClaim[]): Promise<number>;
}

import type { Booking, Claim } from '../domain/booking.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import type { Page } from './booking-store.ts';

/** A phone number that is never connected, and why. */
export interface Block {
  readonly phoneNumber: PhoneNumber;
  readonly reason: string;
  readonly blockedAtMs: number;
}

/** The phone numbers that are never connected. Every read is consistent. */
export interface BlocklistStore {
  find(phoneNumber: PhoneNumber): Promise<Block | undefined>;
  /** In an order of its own that does not change. */
  list(page: { readonly limit: number; readonly cursor?: string }): Promise<Page<Block>>;
  /**
   * Writes the block and refuses the number to new claims, in one transaction.
   * @returns the block as it stands: one that stood before keeps its time and takes the new reason.
   */
  add(phoneNumber: PhoneNumber, reason: string, nowMs: number): Promise<Block>;
  /**
   * Undoes {@link BlocklistStore.add}, in one transaction.
   * @returns whether there was a block.
   */
  remove(phoneNumber: PhoneNumber, nowMs: number): Promise<boolean>;
  /** The bookings that may still connect calls of this number; those that ended this minute are among them. */
  bookingsOf(phoneNumber: PhoneNumber, nowMs: number): Promise<Booking[]>;
  /** Stops calls over the claim if the booking still has it. */
  stop(booking: Booking, claim: Claim): Promise<void>;
  /**
   * Lets calls over the claim connect again unless one of its two numbers is on the blocklist at that moment.
   * @returns whether it had been stopped and is no longer.
   */
  release(booking: Booking, claim: Claim): Promise<boolean>;
}

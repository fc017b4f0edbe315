import type { PhoneNumber } from '../domain/phone-number.ts';

/** Which bookings answer calls to a virtual number. */
export interface NumberBookings {
  /**
   * A consistent query: one request for each 1 MB of claims, which are thousands.
   * @returns the ids of the bookings that are alive on the number, each once.
   */
  liveOn(virtualNumber: PhoneNumber, nowMs: number): Promise<string[]>;
}

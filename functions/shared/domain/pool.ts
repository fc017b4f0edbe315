import type { PhoneNumber } from './phone-number.ts';

/**
 * The life of a virtual number. Only `active` ones are given to new bookings; all but `inactive` keep answering
 * the bookings they have. `draining` is ours (somebody is taking the number out); the others are 8x8's.
 */
export const numberStates = ['active', 'draining', 'unhealthy', 'expiring', 'inactive'] as const;
export type NumberState = (typeof numberStates)[number];

/** A virtual number of the pool. */
export interface PoolNumber {
  readonly virtualNumber: PhoneNumber;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly state: NumberState;
  /** Where the number stands among the active ones of its country; undefined when it may not be given out. */
  readonly slot?: number;
  /** When 8x8 last changed it, epoch ms; an older event is ignored. */
  readonly platformUpdatedAtMs?: number;
  readonly addedAtMs: number;
  readonly updatedAtMs: number;
}

/** The place of a number among the active numbers of a country: 0 to size - 1, without holes. */
export interface SlotRef {
  readonly country: string;
  readonly slot: number;
}

/** What stands in a slot. */
export interface SlotContent extends SlotRef {
  readonly virtualNumber: PhoneNumber;
  /** When the number was last given to a booking, epoch ms; the longest-rested number is preferred. */
  readonly lastGivenAtMs: number;
}

/** A virtual number that a phone number cannot take now: a live booking or a cool-down holds it. */
export interface Holding {
  readonly virtualNumber: PhoneNumber;
  readonly bookingId: string;
  readonly blockedUntilMs: number;
  /** The slot the number stood in when it was given, where that is known; it may have moved since. */
  readonly slot?: SlotRef;
}

/** How many active numbers each country has. */
export type PoolSizes = ReadonlyMap<string, number>;

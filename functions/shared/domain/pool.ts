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
  /** When it was last taken from new bookings, epoch ms; undefined while they get it. */
  readonly withdrawnAtMs?: number;
  /** When 8x8 last changed it, epoch ms; an older event is ignored. */
  readonly platformUpdatedAtMs?: number;
  readonly addedAtMs: number;
  readonly updatedAtMs: number;
}

/** What is asked of the pool when a number is added or changed. */
export interface NumberChange {
  readonly virtualNumber: PhoneNumber;
  readonly country: string;
  readonly state: NumberState;
  /** When 8x8 changed it; absent for a change of ours, which always applies. */
  readonly platformUpdatedAtMs?: number;
}

/** An event that 8x8 sent earlier than the last one applied; a change of ours always applies. */
export function isOutdated({ platformUpdatedAtMs }: NumberChange, before: PoolNumber): boolean {
  return platformUpdatedAtMs !== undefined && platformUpdatedAtMs < (before.platformUpdatedAtMs ?? 0);
}

/** The number after a change. */
export function nextNumber(before: PoolNumber | undefined, change: NumberChange, nowMs: number): PoolNumber {
  const { virtualNumber, country, state, platformUpdatedAtMs } = change;
  const platformTime = platformUpdatedAtMs ?? before?.platformUpdatedAtMs;
  const updatedAtMs = Math.max(nowMs, (before?.updatedAtMs ?? 0) + 1);
  const withdrawnAtMs = before?.withdrawnAtMs ?? nowMs;
  return {
    virtualNumber,
    country: before?.state === 'active' ? before.country : country,
    state,
    ...(state !== 'active' && { withdrawnAtMs }),
    ...(platformTime !== undefined && { platformUpdatedAtMs: platformTime }),
    addedAtMs: before?.addedAtMs ?? nowMs,
    updatedAtMs,
  };
}

/** The virtual numbers as one execution environment knows them: some seconds old at most. */
export interface PoolView {
  /** The numbers that new bookings may get, by country, in an order that lasts while none comes or goes. */
  readonly active: ReadonlyMap<string, readonly PhoneNumber[]>;
  /** The country of a number that new bookings may get. */
  countryOf(virtualNumber: PhoneNumber): string | undefined;
  /** Whether this is a number of the pool, whatever its state. */
  has(phoneNumber: PhoneNumber): boolean;
}

/** How long an execution environment goes by what it knows of the pool before it looks again. */
export const POOL_REMEMBERED_MS = 3_000;

/**
 * How long a number must have been withdrawn before it may leave the pool: longer than anybody goes by what it knew of
 * the pool, and then tries to write it.
 */
export const WITHDRAWN_BEFORE_REMOVAL_MS = POOL_REMEMBERED_MS + 12_000;

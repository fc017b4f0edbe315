import type { Booking, Claim } from '../../domain/booking.ts';
import { type CallCount, type CallRoute, type ClaimEndReason, countOf } from '../../domain/call-route.ts';
import type { PhoneNumber } from '../../domain/phone-number.ts';
import type { Holding, PoolNumber, SlotContent } from '../../domain/pool.ts';
import type { Block } from '../../ports/blocklist.ts';
import type { KeptAnswer } from '../../ports/booking-store.ts';

/** A claim on a pair: what a call is answered with, and until when nobody else may have the pair. */
export interface MemoryClaim {
  readonly claim: Claim;
  readonly bookingId: string;
  /** The booking as it stood when the claim was last written: its terms are those of the claim. */
  readonly terms: Booking;
  readonly blockedUntilMs: number;
  readonly ended?: { readonly reason: ClaimEndReason; readonly atMs: number };
  /** Absent until a call was counted. */
  readonly count?: CallCount | undefined;
  /** One of its two people is on the blocklist. */
  readonly blocked?: boolean | undefined;
}

export interface MemorySlot {
  readonly virtualNumber: PhoneNumber;
  readonly lastGivenAtMs: number;
}

/** Everything a store in memory holds; one object, so that several ports look at the same state. */
export interface MemoryTables {
  readonly bookings: Map<string, Booking>;
  /** By virtual number, then by caller. */
  readonly claims: Map<string, Map<string, MemoryClaim>>;
  /** By phone number, then by virtual number. */
  readonly holdings: Map<string, Map<string, Holding>>;
  /** By phone number, oldest first. */
  readonly links: Map<string, { readonly fromMs: number; readonly bookingId: string }[]>;
  readonly numbers: Map<string, PoolNumber>;
  /** By country; the position is the slot. */
  readonly slots: Map<string, MemorySlot[]>;
  /** By phone number. */
  readonly blocked: Map<string, Block>;
  readonly answers: Map<string, KeptAnswer>;
  readonly pairs: Map<string, readonly SlotContent[]>;
}

export function emptyTables(): MemoryTables {
  return {
    bookings: new Map(),
    claims: new Map(),
    holdings: new Map(),
    links: new Map(),
    numbers: new Map(),
    slots: new Map(),
    blocked: new Map(),
    answers: new Map(),
    pairs: new Map(),
  };
}

/** The inner map of a key, made when it is missing. */
export function innerMap<V>(outer: Map<string, Map<string, V>>, key: string): Map<string, V> {
  let inner = outer.get(key);
  if (inner === undefined) {
    inner = new Map();
    outer.set(key, inner);
  }
  return inner;
}

/** What a call on the pair is decided from. */
export function routeOf({ claim, bookingId, terms, ended, count, blocked = false }: MemoryClaim): CallRoute {
  return {
    bookingId,
    callee: claim.callee,
    callerId: claim.callerId,
    mayCall: claim.mayCall,
    recordCalls: terms.recordCalls,
    expiresAtMs: terms.expiresAtMs,
    ...(ended !== undefined && { ended }),
    blocked,
    limits: terms.limits,
    ...countOf(count === undefined ? [] : [count]),
  };
}

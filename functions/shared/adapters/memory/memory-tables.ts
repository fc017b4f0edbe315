import {
  type Booking,
  type Claim,
  type ClaimKey,
  claimText,
  endsAtMs,
  freeAtMs,
} from '../../domain/booking.ts';
import { type CallCount, type CallRoute, type ClaimEndReason, countOf } from '../../domain/call-route.ts';
import type { PhoneNumber } from '../../domain/phone-number.ts';
import type { PoolNumber } from '../../domain/pool.ts';
import type { Block } from '../../ports/blocklist.ts';
import type { KeptAnswer, PersonMark } from '../../ports/booking-store.ts';

/** A claim: what a call is answered with, and until when nobody else may have it. */
export interface MemoryClaim {
  readonly claim: Claim;
  readonly bookingId: string;
  /** The booking as it stood when the claim was last written: its terms are those of the claim. */
  readonly terms: Booking;
  readonly ended?: { readonly reason: ClaimEndReason; readonly atMs: number };
  /** Absent until a call was counted. */
  readonly count?: CallCount | undefined;
  /** One of its two people is on the blocklist. */
  readonly blocked?: boolean | undefined;
}

/** That a phone number had a claim. */
export interface MemoryLink {
  readonly fromMs: number;
  readonly bookingId: string;
  readonly heldNumber: PhoneNumber;
  readonly answerKey?: string | undefined;
}

/** Everything a store in memory holds; one object, so that several ports look at the same state. */
export interface MemoryTables {
  readonly bookings: Map<string, Booking>;
  /** By virtual number, then by caller, as lines. */
  readonly claims: Map<string, Map<string, MemoryClaim>>;
  /** By phone number as a line, oldest first. */
  readonly links: Map<string, MemoryLink[]>;
  readonly numbers: Map<string, PoolNumber>;
  /** How often the numbers have changed. */
  readonly pool: { version: number };
  /** By phone number as a line. */
  readonly marks: Map<string, PersonMark>;
  readonly blocks: Map<string, Block>;
  readonly answers: Map<string, KeptAnswer>;
  readonly pairs: Map<string, readonly PhoneNumber[]>;
}

export function emptyTables(): MemoryTables {
  return {
    bookings: new Map(),
    claims: new Map(),
    links: new Map(),
    numbers: new Map(),
    pool: { version: 0 },
    marks: new Map(),
    blocks: new Map(),
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

export function claimOn(tables: MemoryTables, { virtualNumber, caller }: ClaimKey): MemoryClaim | undefined {
  return tables.claims.get(virtualNumber.lineKey())?.get(caller.lineKey());
}

export function writeClaim(tables: MemoryTables, written: MemoryClaim): void {
  const { virtualNumber, caller } = written.claim;
  innerMap(tables.claims, virtualNumber.lineKey()).set(caller.lineKey(), written);
}

/** The row of a claim, as others lock it. */
export const claimRow = (claim: ClaimKey): string => `claim ${claimText(claim)}`;

/** When a claim stops connecting, and until when it is kept for those who had it. */
export const endOf = ({ terms }: MemoryClaim): number => endsAtMs(terms);
export const freeAt = ({ terms }: MemoryClaim): number => freeAtMs(terms);

/** What a call on the claim is decided from. */
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

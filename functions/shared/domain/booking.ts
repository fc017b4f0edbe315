import type { CallLimits, EndReason } from './call-route.ts';
import type { PhoneNumber } from './phone-number.ts';

/** `shared` shows both parties one virtual number; `per-party` gives each the one that suits it. */
export type Numbering = 'shared' | 'per-party';

/** Who may call whom, by the order of the parties. */
export type CallDirection = 'both' | 'first-to-second' | 'second-to-first';

/** One of the two people of a booking. */
export interface Party {
  readonly label?: string;
  /** Calls from any of them connect; calls to the party ring the first. Never empty. */
  readonly phoneNumbers: readonly PhoneNumber[];
  /** The number this party dials and sees. */
  readonly virtualNumber: PhoneNumber;
}

/** What is stored of a booking's life; that it has expired follows from the clock. */
export type StoredStatus = 'active' | EndReason;
export type BookingStatus = StoredStatus | 'expired';

/** Two parties and the virtual number through which they talk, for a time. */
export interface Booking {
  readonly bookingId: string;
  readonly reference?: string;
  readonly storedStatus: StoredStatus;
  readonly numbering: Numbering;
  readonly direction: CallDirection;
  readonly country?: string;
  readonly parties: readonly [Party, Party];
  readonly recordCalls: boolean;
  readonly limits: CallLimits;
  readonly metadata?: Readonly<Record<string, string | number | boolean>>;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly endedAtMs?: number;
  /** How long a virtual number rests for a party after the booking, as it was configured when booked. */
  readonly coolDownSeconds: number;
  /** Counts the changes; a write names the version it saw, so two changes never mix. */
  readonly version: number;
}

/** The status a reader sees at `nowMs`: expiry is exact and needs no sweep. */
export function statusAt(booking: Booking, nowMs: number): BookingStatus {
  if (booking.storedStatus !== 'active') return booking.storedStatus;
  return nowMs >= booking.expiresAtMs ? 'expired' : 'active';
}

/** When the virtual number may be given to the same parties again: the end of the booking plus the cool-down. */
export function blockedUntilMs(booking: Booking): number {
  return (booking.endedAtMs ?? booking.expiresAtMs) + booking.coolDownSeconds * 1000;
}

/** One claim that a booking holds: this caller on this virtual number, and whom it reaches. */
export interface Claim {
  readonly virtualNumber: PhoneNumber;
  readonly caller: PhoneNumber;
  readonly callee: PhoneNumber;
  readonly callerId: PhoneNumber;
  readonly mayCall: boolean;
}

/** Every (virtual number, caller) pair that the booking answers, one per phone number of each party. */
export function claimsOf(booking: Pick<Booking, 'parties' | 'direction'>): Claim[] {
  const [first, second] = booking.parties;
  return [
    ...claimsOfParty(first, second, booking.direction !== 'second-to-first'),
    ...claimsOfParty(second, first, booking.direction !== 'first-to-second'),
  ];
}

function claimsOfParty(party: Party, other: Party, mayCall: boolean): Claim[] {
  const callee = other.phoneNumbers[0];
  if (callee === undefined) throw new Error('A party of a booking has no phone number.');
  return party.phoneNumbers.map((caller) => ({
    virtualNumber: party.virtualNumber,
    caller,
    callee,
    callerId: other.virtualNumber,
    mayCall,
  }));
}

/** What becomes of the claims of a booking when it changes. */
export interface ClaimChanges {
  /** As they stand after the change. */
  readonly kept: readonly Claim[];
  /** Those of the kept ones that reach another number than before. */
  readonly redirected: readonly Claim[];
  readonly added: readonly Claim[];
  /** As they stood before the change. */
  readonly dropped: readonly Claim[];
}

/** Compares the claims of a booking before and after a change. */
export function claimChanges(before: Booking, after: Booking): ClaimChanges {
  const old = claimsOf(before);
  const wanted = claimsOf(after);
  const counterpart = (one: Claim, claims: readonly Claim[]) =>
    claims.find((other) => isSamePair(one, other));
  const kept = wanted.filter((one) => counterpart(one, old) !== undefined);
  return {
    kept,
    redirected: kept.filter((one) => !counterpart(one, old)?.callee.equals(one.callee)),
    added: wanted.filter((one) => counterpart(one, old) === undefined),
    dropped: old.filter((one) => counterpart(one, wanted) === undefined),
  };
}

/** Whether two claims are on the same (virtual number, caller). */
export function isSamePair(one: Claim, other: Claim): boolean {
  return one.virtualNumber.equals(other.virtualNumber) && one.caller.equals(other.caller);
}

/** The fields of a booking whose change is told. */
export const tellableChanges = [
  'expiresAt',
  'parties',
  'recordCalls',
  'limits',
  'metadata',
  'reference',
  'virtualNumbers',
] as const;

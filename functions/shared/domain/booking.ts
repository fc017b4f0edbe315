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
  /** Numbers that the party has left, newest first. */
  readonly formerNumbers?: readonly FormerNumber[];
}

/** A virtual number that a party has left, and the phones that are connected as before when they dial it. */
export interface FormerNumber {
  readonly virtualNumber: PhoneNumber;
  readonly phoneNumbers: readonly PhoneNumber[];
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
  /** The countries of the virtual numbers given, each once, for the counts of the pool. */
  readonly numberCountries?: readonly string[];
  /** About how many of those countries' numbers the busier party held with this booking, when it was made. */
  readonly busiestPartyHolds?: number;
  /** The erasures of its people that were over when it was made: what they left, it need not fear. */
  readonly erasuresSeen?: readonly string[];
  /** Counts the changes; a write names the version it saw, so two changes never mix. */
  readonly version: number;
}

/** The status a reader sees at `nowMs`: expiry is exact and needs no sweep. */
export function statusAt(booking: Booking, nowMs: number): BookingStatus {
  if (booking.storedStatus !== 'active') return booking.storedStatus;
  return nowMs >= booking.expiresAtMs ? 'expired' : 'active';
}

/** When the booking connects no more, as far as is known. */
export function endsAtMs(booking: Booking): number {
  return booking.endedAtMs ?? booking.expiresAtMs;
}

/** When the virtual number may be given to the same parties again: the end of the booking plus the cool-down. */
export function freeAtMs(booking: Booking): number {
  return endsAtMs(booking) + booking.coolDownSeconds * 1000;
}

/** The booking with its end: the one place where a booking ends. */
export function endedBooking(booking: Booking, reason: EndReason, nowMs: number): Booking {
  return { ...booking, storedStatus: reason, endedAtMs: nowMs };
}

/** Everybody's phone numbers, of a booking that is or of one that is asked for. */
export const phoneNumbersOf = ({
  parties,
}: {
  readonly parties: readonly { readonly phoneNumbers: readonly PhoneNumber[] }[];
}): PhoneNumber[] => parties.flatMap(({ phoneNumbers }) => phoneNumbers);

export function isParty(booking: Booking, person: PhoneNumber): boolean {
  return phoneNumbersOf(booking).some((number) => number.isSameLine(person));
}

/** Where a claim stands: who dials what. */
export interface ClaimKey {
  readonly virtualNumber: PhoneNumber;
  readonly caller: PhoneNumber;
}

/** One claim that a booking holds: this caller on this virtual number, and whom it reaches. */
export interface Claim extends ClaimKey {
  readonly callee: PhoneNumber;
  readonly callerId: PhoneNumber;
  readonly mayCall: boolean;
  /** On a number that the booking has left. */
  readonly former: boolean;
}

/** The same for two claims on the same (virtual number, caller), as a key of maps. */
export const claimText = ({ virtualNumber, caller }: ClaimKey): string =>
  `${virtualNumber.lineKey()} ${caller.lineKey()}`;

/** Every claim that the booking holds: one for each phone number of a party on each number that answers it. */
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
  const on = ({ virtualNumber, phoneNumbers }: FormerNumber, former: boolean) =>
    phoneNumbers.map((caller) => ({
      virtualNumber,
      caller,
      callee,
      callerId: other.virtualNumber,
      mayCall,
      former,
    }));
  return [...on(party, false), ...(party.formerNumbers ?? []).flatMap((number) => on(number, true))];
}

/** The party with other phone numbers; one that is new does not get the numbers that the party has left. */
export function withPhoneNumbers(party: Party, phoneNumbers: readonly PhoneNumber[]): Party {
  const { formerNumbers, ...rest } = party;
  const kept = (formerNumbers ?? [])
    .map((former) => ({
      ...former,
      phoneNumbers: former.phoneNumbers.filter((one) => phoneNumbers.some((other) => other.equals(one))),
    }))
    .filter((former) => former.phoneNumbers.length > 0);
  return { ...rest, phoneNumbers, ...(kept.length > 0 && { formerNumbers: kept }) };
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
  const old = new Map(claimsOf(before).map((claim) => [claimText(claim), claim]));
  const wanted = new Map(claimsOf(after).map((claim) => [claimText(claim), claim]));
  const kept = [...wanted.values()].filter((claim) => old.has(claimText(claim)));
  return {
    kept,
    redirected: kept.filter((claim) => !old.get(claimText(claim))?.callee.equals(claim.callee)),
    added: [...wanted.values()].filter((claim) => !old.has(claimText(claim))),
    dropped: [...old.values()].filter((claim) => !wanted.has(claimText(claim))),
  };
}

/** Former numbers that a booking keeps at most: all its claims must fit into one transaction. */
const MOST_FORMER_NUMBERS = 6;

/** The booking after some of its parties were given other numbers; the numbers they leave keep connecting. */
export function movedBooking(
  booking: Booking,
  given: readonly [PhoneNumber | undefined, PhoneNumber | undefined],
): Booking {
  const moved = (index: 0 | 1): Party => {
    const party = booking.parties[index];
    const virtualNumber = given[index];
    if (virtualNumber === undefined || virtualNumber.equals(party.virtualNumber)) return party;
    const { virtualNumber: old, phoneNumbers } = party;
    const left = [{ virtualNumber: old, phoneNumbers }, ...(party.formerNumbers ?? [])];
    return {
      ...party,
      virtualNumber,
      formerNumbers: left
        .filter((former) => !former.virtualNumber.equals(virtualNumber))
        .slice(0, MOST_FORMER_NUMBERS),
    };
  };
  return { ...booking, parties: [moved(0), moved(1)] };
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

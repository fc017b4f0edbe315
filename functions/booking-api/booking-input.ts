import { createHash } from 'node:crypto';
import type * as z from 'zod';
import { type Booking, type Numbering, type Party, withPhoneNumbers } from '../shared/domain/booking.ts';
import type { CallLimits } from '../shared/domain/call-route.ts';
import {
  classRefusal,
  countryOf,
  defaultNumberRules,
  type NumberRules,
} from '../shared/domain/number-class.ts';

import type { PhoneNumber } from '../shared/domain/phone-number.ts';
import { numbersNotAllowed, ProblemError } from '../shared/domain/problems.ts';
import type { BookingDraft } from '../shared/use-cases/make-booking.ts';
import type { PartyDraft } from '../shared/use-cases/number-seeker.ts';
import {
  type bookingChange,
  fitsMetadata,
  LARGEST_METADATA_BYTES,
  type newBooking,
} from './booking-schemas.ts';

/** What the deployment says about bookings. */
export interface BookingRules {
  readonly defaultSeconds: number;
  readonly longestSeconds: number;
  readonly coolDownSeconds: number;
  /** How short a cool-down may be made rather than refuse a booking. */
  readonly leastCoolDownSeconds: number;
  readonly numbering: Numbering;
  readonly sticky: boolean;
  /** Whether the deployment takes recordings in. */
  readonly recordings: boolean;
  /** Which phone numbers are called; absent: what holds by default. */
  readonly numbers?: NumberRules;
  /** The limits of a booking that names none. */
  readonly limits?: CallLimits;
}

type NewBooking = z.output<typeof newBooking>;
type BookingChange = z.output<typeof bookingChange>;
type PartyInput = {
  readonly phoneNumber?: PhoneNumber | undefined;
  readonly phoneNumbers?: PhoneNumber[] | undefined;
};

function invalid(path: string, message: string): ProblemError {
  return new ProblemError('INVALID_REQUEST', 'The request has values that cannot be used; see `errors`.', {
    issues: [{ path, message }],
  });
}

function numbersOf(party: PartyInput): PhoneNumber[] {
  return party.phoneNumbers ?? (party.phoneNumber === undefined ? [] : [party.phoneNumber]);
}

/** When the booking ends, checked against the longest life. */
function expiryOf(
  input: { expiresAt?: number | undefined; expiresInSeconds?: number | undefined },
  rules: BookingRules,
  nowMs: number,
): number | undefined {
  const path = input.expiresAt === undefined ? 'expiresInSeconds' : 'expiresAt';
  const expiresAtMs =
    input.expiresAt ??
    (input.expiresInSeconds === undefined ? undefined : nowMs + input.expiresInSeconds * 1000);
  if (expiresAtMs === undefined) return undefined;
  if (expiresAtMs > nowMs + rules.longestSeconds * 1000) {
    throw invalid(path, `must be at most ${rules.longestSeconds} seconds from now`);
  }
  return expiresAtMs;
}

/** When a booking that is there ends from now on. */
function changedExpiry(...[input, rules, nowMs]: Parameters<typeof expiryOf>): number | undefined {
  const expiresAtMs = expiryOf(input, rules, nowMs);
  if (expiresAtMs !== undefined && expiresAtMs <= nowMs) throw invalid('expiresAt', 'must be in the future');
  return expiresAtMs;
}

/** One phone number may stand in a booking once: nobody can call themselves. */
function refuseRepeatedNumbers(parties: readonly { readonly phoneNumbers: readonly PhoneNumber[] }[]): void {
  const seen = new Set<string>();
  for (const [index, { phoneNumbers }] of parties.entries()) {
    for (const number of phoneNumbers) {
      if (seen.has(number.lineKey())) {
        throw invalid(`parties.${index}.phoneNumber`, 'must differ from every other number of the booking');
      }
      seen.add(number.lineKey());
    }
  }
}

/** Parties are told apart by their labels, so no two may have the same. */
function refuseRepeatedLabels(parties: readonly { readonly label?: string | undefined }[]): void {
  const [first, second] = parties.map(({ label }) => label?.normalize());
  if (first !== undefined && first === second) {
    throw invalid('parties.1.label', 'must differ from the label of the other party');
  }
}

/** What is recorded where nothing takes recordings in stays with 8x8, where nobody could erase it. */
function refuseRecording(recordCalls: boolean | undefined, rules: BookingRules): void {
  if (recordCalls === true && !rules.recordings) {
    throw invalid('recordCalls', 'must be false: this deployment takes no recordings (`recordings.enabled`)');
  }
}

/** @throws ProblemError PHONE_NUMBER_NOT_ALLOWED for numbers of classes that are not called. */
function refuseClasses(parties: readonly PartyInput[], rules: BookingRules): void {
  const issues = parties.flatMap((party, index) =>
    numbersOf(party).flatMap((number, at) => {
      const message = classRefusal(number, rules.numbers ?? defaultNumberRules);
      const field = party.phoneNumbers === undefined ? 'phoneNumber' : `phoneNumbers.${at}`;
      return message === undefined ? [] : [{ path: `parties.${index}.${field}`, message }];
    }),
  );
  if (issues.length > 0) throw numbersNotAllowed(issues);
}

/** @throws ProblemError INVALID_REQUEST for values that contradict each other or the rules of the deployment. */
export function draftOf(
  input: NewBooking,
  rules: BookingRules,
  nowMs: number,
  idempotencyKey: string | undefined,
): BookingDraft {
  const { reference, country, metadata, virtualNumber, recordCalls, direction } = input;
  const draftParty = (party: NewBooking['parties'][number]): PartyDraft => {
    const phoneNumbers = numbersOf(party);
    const own = phoneNumbers[0] && countryOf(phoneNumbers[0]);
    return {
      ...(party.label !== undefined && { label: party.label }),
      phoneNumbers,
      ...(own !== undefined && { country: own }),
    };
  };
  const parties = [draftParty(input.parties[0]), draftParty(input.parties[1])] as const;
  refuseRepeatedNumbers(parties);
  refuseRepeatedLabels(parties);
  refuseRecording(recordCalls, rules);
  refuseClasses(input.parties, rules);
  return {
    ...(reference !== undefined && { reference }),
    parties,
    numbering: input.numbering ?? rules.numbering,
    direction,
    ...(country !== undefined && { country }),
    ...(virtualNumber !== undefined && { preferredNumber: virtualNumber }),
    recordCalls,
    limits: input.limits === undefined ? (rules.limits ?? {}) : presentLimits(input.limits),
    ...(metadata !== undefined && { metadata }),
    expiresAtMs: expiryOf(input, rules, nowMs) ?? nowMs + rules.defaultSeconds * 1000,
    coolDownSeconds: rules.coolDownSeconds,
    leastCoolDownSeconds: Math.min(rules.leastCoolDownSeconds, rules.coolDownSeconds),
    sticky: rules.sticky,
    ...(idempotencyKey !== undefined && {
      idempotency: { key: idempotencyKey, requestDigest: digestOf(input) },
    }),
  };
}

function presentLimits(limits: NonNullable<NewBooking['limits']>) {
  return {
    ...(limits.maxCalls !== undefined && { maxCalls: limits.maxCalls }),
    ...(limits.maxCallsPerMinute !== undefined && { maxCallsPerMinute: limits.maxCallsPerMinute }),
  };
}

/** The same for two requests that ask for the same; phone numbers count by what they are, not how they are written. */
function digestOf(input: NewBooking): string {
  const parties = input.parties.map((party) => [
    party.label,
    ...numbersOf(party).map((number) => number.reveal()),
  ]);
  const text = JSON.stringify({ ...input, parties, virtualNumber: input.virtualNumber?.reveal() });
  return createHash('sha256').update(text).digest('base64url');
}

/**
 * The booking as the change asks for it. Limits and metadata are merged as RFC 7396 says: what is not named stays,
 * `null` removes.
 * @throws ProblemError INVALID_REQUEST for a change that names no party, or one party twice, and for what a new booking
 *   may not ask for either.
 */
export function changedBooking(
  booking: Booking,
  change: BookingChange,
  rules: BookingRules,
  nowMs: number,
): Booking {
  const { recordCalls } = change;
  const parties = changedParties(booking.parties, change.parties ?? []);
  refuseRepeatedNumbers(parties);
  refuseClasses(change.parties ?? [], rules);
  refuseRecording(recordCalls, rules);
  const { metadata: before, ...rest } = booking;
  const metadata = mergedMetadata(before, change.metadata);
  return {
    ...rest,
    parties,
    expiresAtMs: changedExpiry(change, rules, nowMs) ?? booking.expiresAtMs,
    ...(recordCalls !== undefined && { recordCalls }),
    ...(change.limits !== undefined && { limits: merged({ ...booking.limits }, change.limits) }),
    ...(metadata !== undefined && { metadata }),
  };
}

/** RFC 7396 for an object of plain values: a patch of null removes it as a whole. */
function merged<Value>(
  before: Readonly<Record<string, Value>>,
  patch: Readonly<Record<string, Value | null | undefined>> | null,
): Record<string, Value> {
  const values = new Map(Object.entries(patch === null ? {} : before));
  for (const [key, value] of Object.entries(patch ?? {})) {
    if (value === null) values.delete(key);
    else if (value !== undefined) values.set(key, value);
  }
  return Object.fromEntries(values);
}

function mergedMetadata(before: Booking['metadata'], patch: BookingChange['metadata']): Booking['metadata'] {
  if (patch === undefined) return before;
  if (patch === null) return undefined;
  const metadata = merged(before ?? {}, patch);
  if (!fitsMetadata(metadata)) {
    throw invalid(
      'metadata',
      `must be at most ${LARGEST_METADATA_BYTES} bytes as JSON, with what it has already`,
    );
  }
  return metadata;
}

function changedParties(
  parties: Booking['parties'],
  changes: NonNullable<BookingChange['parties']>,
): readonly [Party, Party] {
  const result: [Party, Party] = [...parties];
  const changed = new Set<number>();
  for (const [position, change] of changes.entries()) {
    const index = partyOf(parties, change.label, position);
    const phoneNumbers = numbersOf(change);
    if (phoneNumbers.length === 0) continue;
    if (changed.has(index)) {
      throw invalid(`parties.${position}`, 'must be another party than the one that is changed before it');
    }
    changed.add(index);
    result[index] = withPhoneNumbers(result[index], phoneNumbers);
  }
  return result;
}

/** The party of that label; without one, the party at that place of the list. */
function partyOf(parties: Booking['parties'], label: string | undefined, position: number): 0 | 1 {
  if (label === undefined) return position === 0 ? 0 : 1;
  const [first, second] = parties.map((party) => party.label?.normalize() === label.normalize());
  if (first !== second) return first ? 0 : 1;
  throw invalid(
    `parties.${position}.label`,
    first
      ? 'must tell the parties apart: both have this label, so leave it out and keep their order'
      : 'must be the label of a party of the booking; leave it out to name the parties by their order',
  );
}

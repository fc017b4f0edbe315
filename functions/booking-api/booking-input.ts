import { createHash } from 'node:crypto';
import type * as z from 'zod';
import type { Booking, Numbering, Party } from '../shared/domain/booking.ts';
import type { PhoneNumber } from '../shared/domain/phone-number.ts';
import { ProblemError } from '../shared/domain/problems.ts';
import type { BookingDraft } from '../shared/use-cases/make-booking.ts';
import type { PartyDraft } from '../shared/use-cases/number-search.ts';
import type { bookingChange, newBooking } from './booking-schemas.ts';
import { countryOf } from './values.ts';

/** What the deployment says about bookings. */
export interface BookingRules {
  readonly defaultSeconds: number;
  readonly longestSeconds: number;
  readonly coolDownSeconds: number;
  readonly numbering: Numbering;
  readonly sticky: boolean;
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

/** When the booking ends, checked against the clock and the longest life. */
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
  if (expiresAtMs <= nowMs) throw invalid(path, 'must be in the future');
  if (expiresAtMs > nowMs + rules.longestSeconds * 1000) {
    throw invalid(path, `must be at most ${rules.longestSeconds} seconds from now`);
  }
  return expiresAtMs;
}

/** One phone number may stand in a booking once: nobody can call themselves. */
function refuseRepeatedNumbers(parties: readonly { readonly phoneNumbers: readonly PhoneNumber[] }[]): void {
  const seen = new Set<string>();
  for (const [index, { phoneNumbers }] of parties.entries()) {
    for (const number of phoneNumbers) {
      if (seen.has(number.reveal())) {
        throw invalid(`parties.${index}.phoneNumber`, 'must differ from every other number of the booking');
      }
      seen.add(number.reveal());
    }
  }
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
  return {
    ...(reference !== undefined && { reference }),
    parties,
    numbering: input.numbering ?? rules.numbering,
    direction,
    ...(country !== undefined && { country }),
    ...(virtualNumber !== undefined && { preferredNumber: virtualNumber }),
    recordCalls,
    limits: presentLimits(input.limits),
    ...(metadata !== undefined && { metadata }),
    expiresAtMs: expiryOf(input, rules, nowMs) ?? nowMs + rules.defaultSeconds * 1000,
    coolDownSeconds: rules.coolDownSeconds,
    sticky: rules.sticky,
    ...(idempotencyKey !== undefined && {
      idempotency: { key: idempotencyKey, requestDigest: digestOf(input) },
    }),
  };
}

function presentLimits(limits: NewBooking['limits']) {
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

/** The booking as the change asks for it. */
export function changedBooking(
  booking: Booking,
  change: BookingChange,
  rules: BookingRules,
  nowMs: number,
): Booking {
  const { recordCalls, limits, metadata } = change;
  const parties = changedParties(booking.parties, change.parties ?? []);
  refuseRepeatedNumbers(parties);
  return {
    ...booking,
    parties,
    expiresAtMs: expiryOf(change, rules, nowMs) ?? booking.expiresAtMs,
    ...(recordCalls !== undefined && { recordCalls }),
    ...(limits !== undefined && { limits: presentLimits(limits) }),
    ...(metadata !== undefined && { metadata }),
    version: booking.version + 1,
  };
}

function changedParties(
  parties: Booking['parties'],
  changes: NonNullable<BookingChange['parties']>,
): readonly [Party, Party] {
  const result: [Party, Party] = [...parties];
  for (const [position, change] of changes.entries()) {
    const labelled = parties.findIndex((party) => party.label !== undefined && party.label === change.label);
    const index = (labelled === -1 ? position : labelled) === 0 ? 0 : 1;
    const phoneNumbers = numbersOf(change);
    result[index] = {
      ...result[index],
      ...(change.label !== undefined && { label: change.label }),
      ...(phoneNumbers.length > 0 && { phoneNumbers }),
    };
  }
  return result;
}

import * as z from 'zod/mini';
import type { Booking, Party } from '../../../domain/booking.ts';
import { PhoneNumber } from '../../../domain/phone-number.ts';
import { numberStates, type PoolNumber } from '../../../domain/pool.ts';
import { SCHEMA_VERSION } from './keys.ts';

/** Rows are parsed on the way out: one that another release wrote in another shape fails here, loudly. */
export const phoneNumber = z.pipe(
  z.string(),
  z.transform((text: string) => PhoneNumber.from(text)),
);

const partyRow = z.object({
  label: z.optional(z.string()),
  phoneNumbers: z.array(phoneNumber),
  virtualNumber: phoneNumber,
  formerNumbers: z.optional(
    z.array(z.object({ virtualNumber: phoneNumber, phoneNumbers: z.array(phoneNumber) })),
  ),
});

const bookingRow = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  bookingId: z.string(),
  reference: z.optional(z.string()),
  storedStatus: z.enum(['active', 'completed', 'cancelled']),
  numbering: z.enum(['shared', 'per-party']),
  direction: z.enum(['both', 'first-to-second', 'second-to-first']),
  country: z.optional(z.string()),
  parties: z.tuple([partyRow, partyRow]),
  recordCalls: z.boolean(),
  limits: z.object({ maxCalls: z.optional(z.number()), maxCallsPerMinute: z.optional(z.number()) }),
  metadata: z.optional(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))),
  createdAtMs: z.number(),
  expiresAtMs: z.number(),
  endedAtMs: z.optional(z.number()),
  coolDownSeconds: z.number(),
  numberCountries: z.optional(z.array(z.string())),
  busiestPartyHolds: z.optional(z.number()),
  erasuresSeen: z.optional(z.array(z.string())),
  version: z.number(),
});

/** Leaves out what is absent: `exactOptionalPropertyTypes` tells a missing field from an undefined one. */
export function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  // The entries are those of `value`, less the undefined ones, which is what the type says.
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

export function parseBooking(item: Record<string, unknown>): Booking {
  const { schemaVersion: _, ...row } = bookingRow.parse(item);
  return withoutUndefined({
    ...row,
    parties: [withoutUndefined(row.parties[0]), withoutUndefined(row.parties[1])] as const,
    limits: withoutUndefined(row.limits),
  });
}

const revealed = (numbers: readonly PhoneNumber[]) => numbers.map((number) => number.reveal());

function partyAttributes(party: Party): Record<string, unknown> {
  return {
    label: party.label,
    phoneNumbers: revealed(party.phoneNumbers),
    virtualNumber: party.virtualNumber.reveal(),
    formerNumbers: party.formerNumbers?.map((former) => ({
      virtualNumber: former.virtualNumber.reveal(),
      phoneNumbers: revealed(former.phoneNumbers),
    })),
  };
}

/** The attributes of a booking, without keys. */
export function bookingAttributes(booking: Booking): Record<string, unknown> {
  return {
    schemaVersion: SCHEMA_VERSION,
    ...booking,
    parties: booking.parties.map(partyAttributes),
    limits: { ...booking.limits },
    // As a map of any keys: the SDK takes an object with a key named `constructor` for something else.
    metadata: booking.metadata && new Map(Object.entries(booking.metadata)),
  };
}

const numberRow = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  virtualNumber: phoneNumber,
  country: z.string(),
  state: z.enum(numberStates),
  withdrawnAtMs: z.optional(z.number()),
  platformUpdatedAtMs: z.optional(z.number()),
  addedAtMs: z.number(),
  updatedAtMs: z.number(),
});

export function parsePoolNumber(item: Record<string, unknown>): PoolNumber {
  const { schemaVersion: _, ...row } = numberRow.parse(item);
  return withoutUndefined(row);
}

/** The attributes of a number, without keys. */
export function poolNumberAttributes(number: PoolNumber): Record<string, unknown> {
  return { schemaVersion: SCHEMA_VERSION, ...number, virtualNumber: number.virtualNumber.reveal() };
}

const pairRow = z.object({ given: z.array(phoneNumber) });

/** The numbers that the same people had the last time. */
export function parseLastGiven(row: Record<string, unknown> | undefined): PhoneNumber[] {
  return row === undefined ? [] : pairRow.parse(row).given;
}

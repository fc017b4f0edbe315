import * as z from 'zod/mini';
import type { Booking, Party } from '../../../domain/booking.ts';
import { PhoneNumber } from '../../../domain/phone-number.ts';
import {
  type Holding,
  numberStates,
  type PoolNumber,
  type PoolSizes,
  type SlotContent,
  type SlotRef,
} from '../../../domain/pool.ts';

/** Rows are parsed on the way out: one that an older release wrote in another shape fails here, loudly. */
const phoneNumber = z.pipe(
  z.string(),
  z.transform((text: string) => PhoneNumber.from(text)),
);

const partyRow = z.object({
  label: z.optional(z.string()),
  phoneNumbers: z.array(phoneNumber),
  virtualNumber: phoneNumber,
});

const bookingRow = z.object({
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
  version: z.number(),
});

/** Leaves out what is absent: `exactOptionalPropertyTypes` tells a missing field from an undefined one. */
export function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  // The entries are those of `value`, less the undefined ones, which is what the type says.
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

export function parseBooking(item: Record<string, unknown>): Booking {
  const row = bookingRow.parse(item);
  return withoutUndefined({
    ...row,
    parties: [withoutUndefined(row.parties[0]), withoutUndefined(row.parties[1])] as const,
    limits: withoutUndefined(row.limits),
  });
}

function partyAttributes(party: Party): Record<string, unknown> {
  return {
    label: party.label,
    phoneNumbers: party.phoneNumbers.map((number) => number.reveal()),
    virtualNumber: party.virtualNumber.reveal(),
  };
}

/** The attributes of a booking, without keys. */
export function bookingAttributes(booking: Booking): Record<string, unknown> {
  return {
    ...booking,
    parties: booking.parties.map(partyAttributes),
    limits: { ...booking.limits },
    // As a map of any keys: the SDK takes an object with a key named `constructor` for something else.
    metadata: booking.metadata && new Map(Object.entries(booking.metadata)),
  };
}

const holdingRow = z.object({
  bookingId: z.string(),
  blockedUntilMs: z.number(),
  slotCountry: z.optional(z.string()),
  slot: z.optional(z.number()),
});

/** The attributes of a holdings row that are holdings: those named by a virtual number. */
export function parseHoldings(item: Record<string, unknown>): Holding[] {
  const holdings: Holding[] = [];
  for (const [name, value] of Object.entries(item)) {
    if (!name.startsWith('+')) continue;
    const { bookingId, blockedUntilMs, slotCountry, slot } = holdingRow.parse(value);
    holdings.push({
      virtualNumber: PhoneNumber.from(name),
      bookingId,
      blockedUntilMs,
      ...(slotCountry !== undefined && slot !== undefined && { slot: { country: slotCountry, slot } }),
    });
  }
  return holdings;
}

const numberRow = z.object({
  virtualNumber: phoneNumber,
  country: z.string(),
  state: z.enum(numberStates),
  slot: z.optional(z.number()),
  platformUpdatedAtMs: z.optional(z.number()),
  addedAtMs: z.number(),
  updatedAtMs: z.number(),
});

export function parsePoolNumber(item: Record<string, unknown>): PoolNumber {
  return withoutUndefined(numberRow.parse(item));
}

/** The attributes of a number, without keys. */
export function poolNumberAttributes(number: PoolNumber): Record<string, unknown> {
  return { ...number, virtualNumber: number.virtualNumber.reveal() };
}

/** How many slots each country has: the attributes named by a country. */
export function parseSizes(row: Record<string, unknown> | undefined): PoolSizes {
  const sizes = new Map<string, number>();
  for (const [name, value] of Object.entries(row ?? {})) {
    if (/^[A-Z]{2}$/.test(name) && typeof value === 'number') sizes.set(name, value);
  }
  return sizes;
}

const slotRow = z.object({ virtualNumber: phoneNumber, lastGivenAtMs: z.number() });

export function parseSlot(ref: SlotRef, row: Record<string, unknown>): SlotContent {
  return { ...ref, ...slotRow.parse(row) };
}

/** The slot of a number, if the pool has the number and gives it out. */
export function parseNumberSlot(row: Record<string, unknown> | undefined): SlotContent | undefined {
  if (row === undefined) return undefined;
  const { virtualNumber, country, slot } = parsePoolNumber(row);
  return slot === undefined ? undefined : { virtualNumber, country, slot, lastGivenAtMs: 0 };
}

const pairRow = z.object({
  favourites: z.array(
    z.object({
      virtualNumber: phoneNumber,
      country: z.string(),
      slot: z.number(),
      lastGivenAtMs: z.number(),
    }),
  ),
});

/** The numbers that the same people had the last time, where they stood then. */
export function parseLastGiven(row: Record<string, unknown> | undefined): SlotContent[] {
  return row === undefined ? [] : pairRow.parse(row).favourites;
}

import * as z from 'zod';
import { type Booking, type Party, statusAt } from '../shared/domain/booking.ts';
import { countryBesideNumber, knownNumber, readNumber, readQuery, writtenNumber } from './phone-numbers.ts';
import {
  comparedText,
  countryCode,
  instant,
  pageQuery,
  presentedTime,
  timeText,
  wellFormedText,
} from './values.ts';

const LONGEST_REFERENCE = 128;
export const LARGEST_METADATA_BYTES = 4096;
const MOST_PHONE_NUMBERS = 5;

const label = comparedText.min(1, 'must not be empty').max(64, 'must be at most 64 characters');
const phoneNumbers = z
  .array(writtenNumber, 'must be a list of phone numbers')
  .min(1, 'must name at least one phone number')
  .max(MOST_PHONE_NUMBERS, `must name at most ${MOST_PHONE_NUMBERS} phone numbers`);

const partyNumbers = {
  phoneNumber: writtenNumber.optional(),
  phoneNumbers: phoneNumbers.optional(),
  country: countryCode
    .optional()
    .describe('The country whose national numbers these are, where they are written without `+`.'),
};

interface WrittenParty {
  readonly label?: string | undefined;
  readonly phoneNumber?: string | undefined;
  readonly phoneNumbers?: readonly string[] | undefined;
  readonly country?: string | undefined;
}

/** Reads the numbers of a party beside their country. */
function readParty(
  { label, phoneNumber, phoneNumbers, country }: WrittenParty,
  context: z.core.$RefinementCtx,
) {
  return {
    ...(label !== undefined && { label }),
    ...(phoneNumber !== undefined && {
      phoneNumber: readNumber(phoneNumber, country, context, { path: ['phoneNumber'] }),
    }),
    ...(phoneNumbers !== undefined && {
      phoneNumbers: phoneNumbers.map((text, at) =>
        readNumber(text, country, context, { path: ['phoneNumbers', at] }),
      ),
    }),
  };
}

/** JSON Schema for an object that has all of these fields. */
function givesAll(...names: string[]) {
  return { properties: Object.fromEntries(names.map((name) => [name, {}])), required: names };
}

/** JSON Schema for an object that has none of these fields. */
function givesNone(...names: string[]) {
  return { properties: Object.fromEntries(names.map((name) => [name, { not: {} }])) };
}

const party = z
  .strictObject({
    label: label.optional().describe('What you call the party, such as "rider".'),
    ...partyNumbers,
  })
  .refine((value) => (value.phoneNumber === undefined) !== (value.phoneNumbers === undefined), {
    path: ['phoneNumber'],
    message: 'is required: give either `phoneNumber` or `phoneNumbers`',
  })
  .meta({
    id: 'NewParty',
    description: 'One of the two who call each other: with `phoneNumber`, or with `phoneNumbers`, not both.',
    not: { anyOf: [givesAll('phoneNumber', 'phoneNumbers'), givesNone('phoneNumber', 'phoneNumbers')] },
  })
  .transform(readParty);

export const numbering = z.enum(['shared', 'per-party'], 'must be "shared" or "per-party"');
const direction = z.enum(
  ['both', 'first-to-second', 'second-to-first'],
  'must be "both", "first-to-second" or "second-to-first"',
);
const maxCalls = z.int('must be a whole number').min(1, 'must be at least 1');
const maxCallsPerMinute = maxCalls.max(20, 'must be at most 20');
const limits = z
  .strictObject({ maxCalls: maxCalls.optional(), maxCallsPerMinute: maxCallsPerMinute.optional() })
  .meta({ id: 'CallLimits', description: 'How often the parties may be connected.' });
const limitsPatch = z
  .strictObject({
    maxCalls: maxCalls.nullable().optional(),
    maxCallsPerMinute: maxCallsPerMinute.nullable().optional(),
  })
  .meta({ id: 'CallLimitsChange' });
/** What JSON, JavaScript and the store all hold without a change; further out the store refuses or rounds. */
const storableNumber = z
  .number('must be a number')
  .min(Number.MIN_SAFE_INTEGER, 'must be at least -9007199254740991')
  .max(Number.MAX_SAFE_INTEGER, 'must be at most 9007199254740991')
  .refine((value) => value === 0 || Math.abs(value) >= 1e-100, 'must be 0 or at least 1e-100 away from it');
const metadataKey = wellFormedText.min(1).max(64, 'must have keys of at most 64 characters');
const givenValue = z.union(
  [wellFormedText, storableNumber, z.boolean()],
  'must be a text, a number or a boolean',
);

/** Whether metadata is small enough to be kept. */
export function fitsMetadata(value: object): boolean {
  return Buffer.byteLength(JSON.stringify(value)) <= LARGEST_METADATA_BYTES;
}
const fitting = { message: `must be at most ${LARGEST_METADATA_BYTES} bytes as JSON` };

const metadata = z
  .record(metadataKey, givenValue, 'must be an object of texts, numbers and booleans')
  .refine(fitsMetadata, fitting);
const metadataPatch = z
  .record(metadataKey, givenValue.nullable(), 'must be an object of texts, numbers, booleans and nulls')
  .refine(fitsMetadata, fitting);

const reference = comparedText
  .min(1, 'must not be empty')
  .max(LONGEST_REFERENCE, `must be at most ${LONGEST_REFERENCE} characters`);
const recordCalls = z.boolean('must be true or false');
const expiresInSeconds = z.int('must be a whole number of seconds').min(1, 'must be at least 1');

function givesOneExpiry(value: { expiresAt?: unknown; expiresInSeconds?: unknown }): boolean {
  return value.expiresAt === undefined || value.expiresInSeconds === undefined;
}
const oneExpiry = { path: ['expiresInSeconds'], message: 'must not be given together with `expiresAt`' };
/** The same rule in the words of JSON Schema. */
const oneExpirySchema = { not: givesAll('expiresAt', 'expiresInSeconds') };

/** Body of `POST /v1/bookings`. */
export const newBooking = z
  .strictObject(
    {
      reference: reference.optional(),
      parties: z.tuple([party, party], 'must be a list of exactly two parties'),
      expiresAt: instant.optional(),
      expiresInSeconds: expiresInSeconds.optional(),
      recordCalls: recordCalls.default(false),
      numbering: numbering.optional(),
      direction: direction.default('both'),
      country: countryCode.optional(),
      virtualNumber: knownNumber
        .optional()
        .describe(
          'A virtual number to give if it is free for both parties; where each gets one of its own, a number of the ' +
            "party's country comes before one of another.",
        ),
      limits: limits
        .optional()
        .describe('Without it the limits of the deployment hold (`bookings.limits`); `{}` sets none.'),
      metadata: metadata.optional(),
    },
    'must be a JSON object',
  )
  .refine(givesOneExpiry, oneExpiry)
  .meta({
    id: 'NewBooking',
    description:
      'Two parties, and how they are masked. When it ends is said by `expiresAt` or `expiresInSeconds`, not both; ' +
      'without either the deployment says.',
    ...oneExpirySchema,
  });

/** Body of `PATCH /v1/bookings/{bookingId}`. */
export const bookingChange = z
  .strictObject(
    {
      expiresAt: instant.optional(),
      expiresInSeconds: expiresInSeconds.optional(),
      parties: z
        .array(
          z
            .strictObject({
              label: label.optional(),
              ...partyNumbers,
            })
            .refine((value) => value.phoneNumber === undefined || value.phoneNumbers === undefined, {
              path: ['phoneNumber'],
              message: 'must not be given together with `phoneNumbers`',
            })
            .meta({ id: 'PartyChange' })
            .transform(readParty),
          'must be a list of parties',
        )
        .min(1, 'must name one party or both')
        .max(2, 'must name at most two parties')
        .optional()
        .describe(
          'The parties whose numbers change: found by `label`, which is never changed, or without one by their place ' +
            'in the list. An entry without numbers leaves its party as it is.',
        ),
      recordCalls: recordCalls.optional(),
      limits: limitsPatch
        .nullable()
        .optional()
        .describe(
          'Merged into the limits of the booking (RFC 7396): `null` takes a limit away, or all of them.',
        ),
      metadata: metadataPatch
        .nullable()
        .optional()
        .describe(
          'Merged into the metadata of the booking (RFC 7396): `null` takes a value away, or all of them.',
        ),
    },
    'must be a JSON object',
  )
  .refine(givesOneExpiry, oneExpiry)
  .refine((value) => Object.keys(value).length > 0, {
    message: 'must name at least one thing to change',
    // A field that is not known has been named already.
    when: ({ issues }) => issues.length === 0,
  })
  .meta({
    id: 'BookingChange',
    description: 'What changes, at least one thing; `expiresAt` or `expiresInSeconds`, not both.',
    minProperties: 1,
    ...oneExpirySchema,
  });

/** Query of `GET /v1/bookings`. */
export const bookingQuery = z
  .strictObject({
    phoneNumber: writtenNumber.optional(),
    reference: comparedText.max(LONGEST_REFERENCE).optional(),
    virtualNumber: writtenNumber.optional(),
    ...countryBesideNumber.shape,
    status: z.enum(['active', 'completed', 'cancelled', 'expired']).optional(),
    ...pageQuery,
  })
  .transform(readQuery);

const presentedParty = z
  .object({
    label: z.string().optional(),
    phoneNumber: z.string(),
    phoneNumbers: z.array(z.string()).optional().describe('All of them, where there are several.'),
    virtualNumber: z.string().describe('What this party dials, and sees when it is called.'),
  })
  .meta({ id: 'Party' });

const presentedLimits = z
  .object({ maxCalls: z.int().optional(), maxCallsPerMinute: z.int().optional() })
  .meta({ id: 'BookingLimits' });

const metadataValue = z.union([z.string(), z.number(), z.boolean()]).meta({ id: 'MetadataValue' });

/** A booking as it is answered. */
export const presentedBooking = z
  .object({
    bookingId: z.string(),
    reference: z.string().optional(),
    status: z.enum(['active', 'completed', 'cancelled', 'expired']),
    numbering,
    direction,
    virtualNumber: z
      .string()
      .optional()
      .describe('The number that both parties dial; only with shared numbering.'),
    parties: z.array(presentedParty).length(2),
    recordCalls: z.boolean(),
    country: z.string().optional(),
    limits: presentedLimits,
    createdAt: presentedTime,
    expiresAt: presentedTime,
    endedAt: presentedTime.optional(),
    metadata: z.record(z.string(), metadataValue).optional(),
  })
  .meta({ id: 'Booking' });

function presentParty(value: Party) {
  const numbers = value.phoneNumbers.map((number) => number.reveal());
  return {
    ...(value.label !== undefined && { label: value.label }),
    phoneNumber: numbers[0] ?? '',
    ...(numbers.length > 1 && { phoneNumbers: numbers }),
    virtualNumber: value.virtualNumber.reveal(),
  };
}

/** @param nowMs the moment at which the status is told. */
export function presentBooking(booking: Booking, nowMs: number): z.output<typeof presentedBooking> {
  return {
    bookingId: booking.bookingId,
    ...(booking.reference !== undefined && { reference: booking.reference }),
    status: statusAt(booking, nowMs),
    numbering: booking.numbering,
    direction: booking.direction,
    ...(booking.numbering === 'shared' && { virtualNumber: booking.parties[0].virtualNumber.reveal() }),
    parties: booking.parties.map(presentParty),
    recordCalls: booking.recordCalls,
    ...(booking.country !== undefined && { country: booking.country }),
    limits: { ...booking.limits },
    createdAt: timeText(booking.createdAtMs),
    expiresAt: timeText(booking.expiresAtMs),
    ...(booking.endedAtMs !== undefined && { endedAt: timeText(booking.endedAtMs) }),
    ...(booking.metadata !== undefined && { metadata: { ...booking.metadata } }),
  };
}

import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import * as z from 'zod';
import { countryOfRegion, isCountry } from '../shared/domain/countries.ts';
import { PhoneNumber } from '../shared/domain/phone-number.ts';

/** Values that requests carry. Messages say what is expected and never repeat what was given. */

/** The country that a number belongs to, ISO 3166-1 alpha-2; undefined for satellite and other shared codes. */
export function countryOf(number: PhoneNumber): string | undefined {
  const region = parsePhoneNumberFromString(number.reveal())?.country;
  return region === undefined ? undefined : countryOfRegion(region);
}

/** A person's phone number: international, with or without `+`, and one its country could give out. */
export const personNumber = z
  .string('must be a phone number as text, such as "+6580000000"')
  .meta({
    description: 'A phone number in E.164; spaces and dashes are accepted, and the `+` may be left out.',
    examples: ['+6591110001'],
  })
  .transform((text, context) => {
    const number = PhoneNumber.parse(text);
    const known = number && parsePhoneNumberFromString(number.reveal());
    if (number !== undefined && known?.isValid()) return number;
    context.addIssue({
      code: 'custom',
      message:
        number === undefined
          ? 'must be an international phone number, such as +6580000000'
          : 'must be a number that exists in its country: its length or its first digits are not in use there',
    });
    return z.NEVER;
  });

/** A number of the platform's, which need not be one that a person could have. */
export const poolNumber = z
  .string('must be a phone number as text, such as "+6530000000"')
  .meta({ description: 'A virtual number in E.164.', examples: ['+6531290001'] })
  .transform((text, context) => {
    const number = PhoneNumber.parse(text);
    if (number !== undefined) return number;
    context.addIssue({
      code: 'custom',
      message: 'must be an international phone number, such as +6530000000',
    });
    return z.NEVER;
  });

export const countryCode = z
  .string('must be a country as two letters, such as "SG"')
  .regex(/^[A-Za-z]{2}$/, 'must be a country as two letters, such as "SG"')
  .transform((text) => text.toUpperCase())
  .refine(isCountry, 'must be a country of ISO 3166-1, such as "SG" or "GB"');

/** Half of a character, which JSON can spell and no store can keep, is refused. */
export const wellFormedText = z
  .string('must be a text')
  .refine((text) => text.isWellFormed(), 'must be whole characters of Unicode');

/** A moment in RFC 3339, as epoch milliseconds. */
export const instant = z.iso
  .datetime({ offset: true, error: 'must be a time in RFC 3339, such as 2026-12-01T10:00:00Z' })
  .transform((text) => Date.parse(text));

export const pageQuery = {
  limit: z.coerce
    .number('must be a number from 1 to 100')
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(100, 'must be at most 100')
    .default(20)
    .describe('How many at most.'),
  cursor: z
    .string()
    .max(1024, 'is too long to be a cursor')
    .optional()
    .describe('The `nextCursor` of the page before.'),
};

/** A list as every list is answered, under the name of what is in it. */
export function listOf<Item extends z.ZodType>(item: Item) {
  const list = z.object({
    items: z.array(item),
    nextCursor: z
      .string()
      .nullable()
      .describe('Ask again with it as `cursor` for what follows; null when nothing does.'),
  });
  return list.meta({ id: `${item.meta()?.id}List` });
}

/** A moment as it is answered. */
export const presentedTime = z.string().meta({ format: 'date-time', description: 'RFC 3339, UTC.' });

/** Epoch milliseconds as RFC 3339 in UTC. */
export function timeText(atMs: number): string {
  return new Date(atMs).toISOString();
}

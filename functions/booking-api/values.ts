import * as z from 'zod';
import { isCountry } from '../shared/domain/countries.ts';

/** Values that requests carry. Messages say what is expected and never repeat what was given. */

export const countryCode = z
  .string('must be a country as two letters, such as "SG"')
  .regex(/^[A-Za-z]{2}$/, 'must be a country as two letters, such as "SG"')
  .transform((text) => text.toUpperCase())
  .refine(isCountry, 'must be a country of ISO 3166-1, such as "SG" or "GB"');

/** Half of a character, which JSON can spell and no store can keep, is refused. */
export const wellFormedText = z
  .string('must be a text')
  .refine((text) => text.isWellFormed(), 'must be whole characters of Unicode');

/** A text that is found again however it was typed: é is one character, or e and an accent. */
export const comparedText = wellFormedText.normalize('NFC');

/** A moment in RFC 3339, which writes its T and Z in either case, as epoch milliseconds. */
export const instant = z
  .string('must be a time in RFC 3339, such as 2026-12-01T10:00:00Z')
  .toUpperCase()
  .pipe(z.iso.datetime({ offset: true, error: 'must be a time in RFC 3339, such as 2026-12-01T10:00:00Z' }))
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

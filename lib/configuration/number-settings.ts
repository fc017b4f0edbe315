import { isSupportedCountry } from 'libphonenumber-js/max';
import * as z from 'zod';

/** The classes of numbers that are called only where they are allowed; the runtime has the same list. */
export const allowableClasses = [
  'premium-rate',
  'shared-cost',
  'personal',
  'pager',
  'voicemail',
  'satellite',
  'international-network',
] as const;

const country = z
  .string('a country such as "SG"')
  .refine((code) => isSupportedCountry(code), 'a country of ISO 3166-1 as two capital letters, such as "SG"');

/** Which phone numbers are taken for those of people. */
export const numbers = z.strictObject(
  {
    strict: z
      .boolean('true or false')
      .default(false)
      .describe(
        'Whether a number must lie in a range that its numbering plan is known to use; off: the right length is enough, ' +
          'so that ranges newer than this release are taken.',
      ),
    allowed: z
      .strictObject(
        {
          classes: z
            .array(
              z.enum(allowableClasses, `one of ${allowableClasses.join(', ')}`),
              'a list of classes of numbers',
            )
            .default([]),
          countries: z.array(country, 'a list of countries').default([]),
        },
        'an object of settings',
      )
      .prefault({})
      .describe(
        'Numbers that are called although they are refused by default: `classes` (premium-rate, shared-cost, personal, ' +
          'pager, voicemail, satellite, international-network) and `countries` of high fraud that the pool has no number of.',
      ),
  },
  'an object of settings',
);

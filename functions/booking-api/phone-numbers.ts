import * as z from 'zod';
import { PhoneNumber } from '../shared/domain/phone-number.ts';
import { ProblemError } from '../shared/domain/problems.ts';
import { readWrittenNumber } from '../shared/domain/written-number.ts';
import { countryCode } from './values.ts';

/** Marks an issue that is answered with a problem of its own instead of `INVALID_REQUEST`. */
export const notAllowed = { problem: 'PHONE_NUMBER_NOT_ALLOWED' } as const;

/** A phone number as it was written, to be read together with the country beside it. */
export const writtenNumber = z.string('must be a phone number as text, such as "+6580000000"').meta({
  description:
    'A phone number with `+` and its calling code, whatever separators stand in it; in the form of its country where ' +
    'the country stands beside it.',
  examples: ['+6591110001'],
});

/** What a number may be read for: to be called, or to find what is kept under it, whatever it is. */
type Purpose = 'to call' | 'to find';

/**
 * Reads a number that stands in a request, and names what is wrong with it at its path.
 * @param country the country that stands beside it.
 */
export function readNumber(
  text: string,
  country: string | undefined,
  context: z.core.$RefinementCtx,
  at: { readonly path?: (string | number)[]; readonly purpose?: Purpose } = {},
): PhoneNumber {
  const { path = [], purpose = 'to call' } = at;
  const reading = readWrittenNumber(text, country);
  if (reading.kind === 'number') return reading.number;
  const asItStands = text.trim().startsWith('+') ? PhoneNumber.parse(text) : undefined;
  if (purpose === 'to find' && asItStands !== undefined) return asItStands;
  const issue =
    reading.kind === 'none'
      ? { message: reading.message }
      : {
          message: `must not be ${reading.emergency ? 'an emergency call' : 'a short number'}: these reach nobody from abroad`,
          params: notAllowed,
        };
  context.addIssue({ code: 'custom', path, ...issue });
  return z.NEVER;
}

/** A number to find something by, or one of the platform's, which need not be one that a person could have. */
export const knownNumber = writtenNumber
  .meta({ description: 'A phone number with `+` and its calling code.', examples: ['+6531290001'] })
  .transform((text, context) => readNumber(text, undefined, context, { purpose: 'to find' }));

/** A number to call, written so that it needs no country beside it. */
export const calledNumber = writtenNumber.transform((text, context) => readNumber(text, undefined, context));

/** What may stand in the query beside a number in the path. */
export const countryBesideNumber = z.strictObject({
  country: countryCode
    .optional()
    .describe('The country whose national number it is, where it is written without `+`.'),
});

/** The numbers of a query that were given, and the country beside them. */
interface QueriedNumbers {
  readonly phoneNumber?: string | undefined;
  readonly virtualNumber?: string | undefined;
  readonly country?: string | undefined;
}

/** Reads the numbers of a query, where a plus that was not escaped has become a space. */
export function readQuery<Query extends QueriedNumbers>(query: Query, context: z.core.$RefinementCtx) {
  const { phoneNumber, virtualNumber, country, ...rest } = query;
  const read = (text: string, name: string) =>
    readNumber(text.replace(/^ (?=\d)/, '+'), country, context, { path: [name], purpose: 'to find' });
  return {
    ...rest,
    ...(phoneNumber !== undefined && { phoneNumber: read(phoneNumber, 'phoneNumber') }),
    ...(virtualNumber !== undefined && { virtualNumber: read(virtualNumber, 'virtualNumber') }),
  };
}

/** @throws ProblemError at `e164` when the path does not hold a phone number. */
export function numberOfPath(
  path: Readonly<Record<string, string>>,
  beside?: { readonly country?: string | undefined },
): PhoneNumber {
  const reading = writtenNumber
    .transform((text, context) => readNumber(text, beside?.country, context, { purpose: 'to find' }))
    .safeParse(path.e164);
  if (reading.success) return reading.data;
  const issues = reading.error.issues.map(({ message }) => ({ path: 'e164', message }));
  throw new ProblemError('INVALID_REQUEST', 'The path does not name a phone number.', { issues });
}

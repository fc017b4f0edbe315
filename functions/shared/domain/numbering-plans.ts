import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  Metadata,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';
import { countryOfRegion } from './countries.ts';
import { lineOf } from './lines.ts';

/*
 * The numbering plans of the world in full, for what is not on the path of a call: they are large, and reading them
 * takes the time of a start. `countries.ts` has the little that the path of a call needs.
 */

/** In North America neither an area code nor an exchange code begins with 0 or 1. */
const NORTH_AMERICA_NEVER = /^1(?:[01]|\d{3}[01])/;

/** The kinds of numbers that the plans tell apart. */
export type PlannedType =
  | 'FIXED_LINE'
  | 'MOBILE'
  | 'FIXED_LINE_OR_MOBILE'
  | 'PREMIUM_RATE'
  | 'TOLL_FREE'
  | 'SHARED_COST'
  | 'VOIP'
  | 'PERSONAL_NUMBER'
  | 'PAGER'
  | 'UAN'
  | 'VOICEMAIL';

const parsed = (digits: string) => parsePhoneNumberFromString(`+${digits}`, { extract: false });

/** Whether international digits have a length that numbers of their country have; the range may be unknown. */
export function isPossible(digits: string): boolean {
  return (
    !NORTH_AMERICA_NEVER.test(digits) && [digits, lineOf(digits)].some((one) => parsed(one)?.isPossible())
  );
}

/** Whether international digits lie in a range that is known to be in use. */
export function isInUse(digits: string): boolean {
  return [digits, lineOf(digits)].some((one) => parsed(one)?.isValid());
}

/** The kind of a number by the range it lies in; undefined where the range is not known. */
export function typeOf(digits: string): PlannedType | undefined {
  return parsed(digits)?.getType() ?? parsed(lineOf(digits))?.getType();
}

/** The country of a number, ISO 3166-1 alpha-2; undefined where its calling code has several and the range is unknown. */
export function countryOfDigits(digits: string): string | undefined {
  const region = parsed(digits)?.country ?? parsed(lineOf(digits))?.country;
  return region === undefined ? undefined : countryOfRegion(region);
}

/** Whether international digits are a national number in use in some country as well. */
export function isAlsoNational(digits: string): boolean {
  return nationalLengths().some(
    ({ region, lengths }) => lengths.has(digits.length) && isNationalNumber(digits, region),
  );
}

function isNationalNumber(digits: string, region: CountryCode): boolean {
  const number = parsePhoneNumberFromString(digits, { defaultCountry: region, extract: false });
  if (number === undefined || !number.isValid()) return false;
  // Read as what they are with a plus, they are not national.
  return number.number !== `+${digits}` && number.countryCallingCode === getCountryCallingCode(region);
}

interface NationalLengths {
  readonly region: CountryCode;
  readonly lengths: ReadonlySet<number>;
}

let everywhere: readonly NationalLengths[] | undefined;

/** How long national numbers are, with a trunk prefix of one or two digits and without. */
function nationalLengths(): readonly NationalLengths[] {
  everywhere ??= getCountries().map((region) => {
    const metadata = new Metadata();
    metadata.selectNumberingPlan(region);
    const lengths = metadata.numberingPlan?.possibleLengths() ?? [];
    return {
      region,
      lengths: new Set(lengths.flatMap((length) => [length, length + 1, length + 2])),
    };
  });
  return everywhere;
}

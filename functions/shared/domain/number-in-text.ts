import { callingCodeIn, isNationalLength, trunkPrefixOf } from './countries.ts';
import type { PhoneNumber } from './phone-number.ts';
import { writtenDigits } from './written-digits.ts';

/** Ids and dates that systems make: their digits are nobody's number. */
const IDS_AND_DATES =
  /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}|\b[\dA-HJKMNP-TV-Z]{26}\b|\b\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?)?\b/giu;
/** Digits with at most two separators between one and the next, as a number stands in a sentence. */
const RUN_OF_DIGITS = /\+?[\p{Nd}](?:[\s\p{Pd}.()[\]/\u00b7\p{Cf}]{0,2}[\p{Nd}])*/gu;
/** No line has fewer digits, as far as somebody could be called on it from abroad. */
const FEWEST_DIGITS = 7;
/** The end of a number that is as good as the whole one to whoever knows the country. */
const TELLING_DIGITS = 7;

/**
 * Whether a text that people are free to choose may hold a phone number, of anybody: with a country code, without
 * one in the country of the numbers that belong to the text, or the end of one of these. When in doubt it does: a
 * reference that is left out of an event is a look-up more, a number that is told cannot be taken back.
 */
export function mayHoldNumber(text: string, related: readonly PhoneNumber[]): boolean {
  const runs = text.normalize('NFKC').replace(IDS_AND_DATES, ' ').match(RUN_OF_DIGITS) ?? [];
  return runs.some((run) => mayBeNumber(run, related));
}

function mayBeNumber(run: string, related: readonly PhoneNumber[]): boolean {
  const written = writtenDigits(run);
  if (written === undefined || written.digits.length < FEWEST_DIGITS) return false;
  const { digits, plus } = written;
  if (plus || digits.startsWith('00')) return true;
  const ends = related.map((number) => number.revealDigits().slice(-TELLING_DIGITS));
  if (ends.some((end) => digits.includes(end))) return true;
  const callingCodes = related.map((number) => callingCodeIn(number.revealDigits()));
  return isWhole(digits) || callingCodes.some((code) => code !== undefined && isNational(digits, code));
}

/** A country code and as many digits as a line has there. */
function isWhole(digits: string): boolean {
  const callingCode = callingCodeIn(digits);
  return callingCode !== undefined && isNationalLength(callingCode, digits.length - callingCode.length);
}

function isNational(digits: string, callingCode: string): boolean {
  const trunk = trunkPrefixOf(callingCode);
  const national = trunk !== '' && digits.startsWith(trunk) ? digits.slice(trunk.length) : digits;
  return [digits, national].some((one) => isNationalLength(callingCode, one.length));
}

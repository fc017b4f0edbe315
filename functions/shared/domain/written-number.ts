import { callingCodeIn, callingCodeOf } from './countries.ts';
import { withoutTrunkPrefix } from './lines.ts';
import { isAlsoNational, isInUse, isPossible } from './numbering-plans.ts';
import { PhoneNumber } from './phone-number.ts';
import { writtenDigits } from './written-digits.ts';

/** What a person wrote is a number that can be called, one that nobody can call from abroad, or none. */
export type WrittenNumber =
  | { readonly kind: 'number'; readonly number: PhoneNumber }
  /** A short number of a country, such as an emergency call. */
  | { readonly kind: 'short'; readonly emergency: boolean }
  /** Why it is none, as a sentence that goes on after the name of the field, and what would be right. */
  | { readonly kind: 'none'; readonly message: string };

const RIGHT_FORM = 'with + and the calling code of its country, such as +6580000000';
/** Longer than any number with its separators, and short enough to look at. */
const LONGEST = 64;
const LONGEST_SHORT_NUMBER = 4;
const TELEPHONE_SCHEME = /^\s*tel:(?=\s*\+)/i;
/** Emergency calls of many countries; where a country gives one of them another meaning, it is a short number still. */
const EMERGENCY_CALLS: ReadonlySet<string> = new Set(
  (
    '000 100 101 102 103 104 108 110 111 112 113 114 115 117 118 119 120 122 123 144 190 191 192 193 194 195 197 198 ' +
    '199 911 912 913 991 992 993 994 995 997 998 999 1122'
  ).split(' '),
);

const none = (message: string): WrittenNumber => ({ kind: 'none', message });

/**
 * Reads a number as people write it: international with `+` or `00`, whatever separators stand between the digits, or
 * national beside its country, and then as one of that country alone. Nothing is guessed: digits that could be the
 * numbers of two countries are none.
 *
 * @param country ISO 3166-1 alpha-2, where one stands beside the number.
 */
export function readWrittenNumber(text: string, country?: string): WrittenNumber {
  if (text.length > LONGEST) return none(`must be a phone number ${RIGHT_FORM}`);
  const written = writtenDigits(text.replace(TELEPHONE_SCHEME, ''));
  if (written === undefined) {
    return none(`must be a phone number ${RIGHT_FORM}: digits and separators, without words or an extension`);
  }
  const { plus, digits } = written;
  if (plus) return international(digits);
  if (EMERGENCY_CALLS.has(digits)) return short(digits);
  if (/^00[1-9]/.test(digits) && !isShort(digits)) return international(digits.slice(2));
  const callingCode = country === undefined ? undefined : callingCodeOf(country);
  return callingCode === undefined ? unmarked(digits) : ofCountry(digits, callingCode);
}

function international(digits: string): WrittenNumber {
  const callingCode = callingCodeIn(digits);
  if (callingCode === undefined)
    return none(`must be a phone number ${RIGHT_FORM}: no country has its calling code`);
  const number = withoutTrunkPrefix(digits);
  const national = number.slice(callingCode.length);
  if (isPossible(number) || hasNoCountry(number)) return numberOf(number);
  if (isShort(national)) return short(national);
  return none(`must have as many digits as numbers of its country have, ${RIGHT_FORM}`);
}

/** Networks without a country: their numbers are read, so that they can be refused for what they are. */
function hasNoCountry(digits: string): boolean {
  return /^(?:8(?:00|08|70|78|8[1238])|979)/.test(digits);
}

function isShort(national: string): boolean {
  return /^\d{2,4}$/.test(national) && national.length <= LONGEST_SHORT_NUMBER;
}

function short(digits: string): WrittenNumber {
  return { kind: 'short', emergency: EMERGENCY_CALLS.has(digits) };
}

/** Digits beside a country: national, or international without the plus. Where they could be both, they are neither. */
function ofCountry(digits: string, callingCode: string): WrittenNumber {
  const candidates = [callingCode + digits, ...(digits.startsWith(callingCode) ? [digits] : [])];
  const readings = [...new Set(candidates.map(withoutTrunkPrefix))].filter(
    (reading) => reading.startsWith(callingCode) && isPossible(reading),
  );
  const inUse = readings.filter(isInUse);
  const [reading, other] = inUse.length > 0 ? inUse : readings;
  if (reading === undefined) {
    if (isShort(digits)) return short(digits);
    return none(
      `must have as many digits as numbers of the country beside it have, or be written ${RIGHT_FORM}`,
    );
  }
  if (other !== undefined) {
    return none(
      `could be two numbers of the country beside it: write it with +${callingCode} before the rest`,
    );
  }
  return numberOf(reading);
}

/** Digits alone: international without the plus, if no country has them as a national number. */
function unmarked(digits: string): WrittenNumber {
  if (isShort(digits)) return short(digits);
  const ambiguous = none(
    `must say which country it belongs to: write it ${RIGHT_FORM}, or give its country beside it`,
  );
  const isWhole = !digits.startsWith('0') && withoutTrunkPrefix(digits) === digits && isInUse(digits);
  return isWhole && !isAlsoNational(digits) ? numberOf(digits) : ambiguous;
}

function numberOf(digits: string): WrittenNumber {
  const number = PhoneNumber.parse(digits);
  return number === undefined ? none(`must be a phone number ${RIGHT_FORM}`) : { kind: 'number', number };
}

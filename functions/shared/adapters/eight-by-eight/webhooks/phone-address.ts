import { callingCodeIn, callingCodeOf, hasCallingCode, isNationalLength } from '../../../domain/countries.ts';
import { lineOf, shareLines, withoutTrunkPrefix } from '../../../domain/lines.ts';
import { PhoneNumber } from '../../../domain/phone-number.ts';
import { writtenDigits } from '../../../domain/written-digits.ts';
import { isAbsent, type Reader, readAddress } from './webhook-values.ts';

/** What a webhook says about who calls or is called. */
export type AddressReading =
  | { readonly kind: 'number'; readonly number: PhoneNumber }
  /** The caller keeps the number hidden, or the network had none to show. */
  | { readonly kind: 'withheld' }
  /** Something stands there, and which number it is cannot be told. */
  | { readonly kind: 'unreadable' };

const WITHHELD: AddressReading = { kind: 'withheld' };
const UNREADABLE: AddressReading = { kind: 'unreadable' };

/** The words that carriers send in place of a number, in any case and spacing. */
const WITHHELD_WORDS: ReadonlySet<string> = new Set([
  'anonymous',
  'restricted',
  'unavailable',
  'unknown',
  'blocked',
  'private',
  'privatenumber',
  'withheld',
  'hidden',
  'hiddennumber',
  'nocallerid',
  'nonumber',
  'nonumberavailable',
  'notavailable',
  'outofarea',
  'unknowncaller',
  'unknownnumber',
]);
/** The same words keyed in on a telephone, as some carriers send them: `+266696687` is ANONYMOUS. */
const WITHHELD_DIGITS: ReadonlySet<string> = new Set([...WITHHELD_WORDS].map(keyedIn));
/** Nothing but zeros or ones, with which some fill the field; no country has such numbers. */
const FILLED = /^(?:1?0{6,}|1{7,})$/;

const NAME_AND_ADDRESS = /^[^<]*<([^<>]*)>/;
const SCHEME = /^(?:sips?|tel|callto):/i;
const PHONE_CONTEXT = /;phone-context=(\+\d{1,3})(?:;|$)/i;
/** Where the user part of an address ends: parameters, headers, the host. */
const USER_PART = /^[^;?@]*/;

/**
 * Reads a caller or a callee as 8x8 and the carriers behind it write them: with and without `+`, `00…`, as a SIP or
 * `tel:` address with its parameters, or national beside the country.
 *
 * @param country what stands in the country field beside it. A reading that it contradicts is not taken; a national
 *   number is read as one of this country and of no other.
 */
export function readPhoneAddress(value: unknown, country: string | undefined): AddressReading {
  if (isAbsent(value)) return WITHHELD;
  const text = readAddress(value);
  if (text === undefined) return UNREADABLE;
  const address = (NAME_AND_ADDRESS.exec(text)?.[1] ?? text).trim().replace(SCHEME, '');
  const user = unescaped(USER_PART.exec(address)?.[0] ?? '')
    .replace(/:.*$/, '')
    .replace(/#+$/, '')
    .trim();
  if (isWithheld(user) || /@anonymous\.invalid/i.test(address)) return WITHHELD;
  const written = writtenDigits(user);
  if (written === undefined) return UNREADABLE;
  const context = PHONE_CONTEXT.exec(address)?.[1];
  if (context !== undefined && !written.plus) {
    return numberOf(international(`${context.slice(1)}${written.digits}`, country));
  }
  return numberOf(digitsOf(written, country));
}

/** A phone number of the platform's; undefined also for what is withheld or cannot be read. */
export const readPhoneNumber: Reader<PhoneNumber> = (value) => numberIn(readPhoneAddress(value, undefined));

/**
 * The number that was dialled. Behind a plus it is taken as it stands, whatever the country beside it: it is one of our
 * own, and the label that the platform keeps of it must not put it out of service.
 */
export function readDialledNumber(value: unknown, country: string | undefined): PhoneNumber | undefined {
  const hasPlus = typeof value === 'string' && /^\s*(?:\w+:)?\+/.test(value);
  return numberIn(readPhoneAddress(value, hasPlus ? undefined : country));
}

/** The number that was read, if one was. */
export function numberIn(reading: AddressReading): PhoneNumber | undefined {
  return reading.kind === 'number' ? reading.number : undefined;
}

function numberOf(digits: string | undefined): AddressReading {
  const number = PhoneNumber.parse(digits);
  return number === undefined ? UNREADABLE : { kind: 'number', number };
}

function isWithheld(user: string): boolean {
  const letters = user.toLowerCase().replace(/[\s"'._-]/g, '');
  if (WITHHELD_WORDS.has(letters)) return true;
  const digits = letters.replace(/^\+|^00(?=[1-9])/, '');
  return WITHHELD_DIGITS.has(digits) || FILLED.test(digits);
}

function keyedIn(word: string): string {
  return word.replace(/[a-z]/g, (letter) => '22233344455566677778889999'.charAt(letter.charCodeAt(0) - 97));
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function digitsOf({ plus, digits }: { plus: boolean; digits: string }, country: string | undefined) {
  if (plus) return international(digits, country);
  if (/^00[1-9]/.test(digits)) return international(digits.slice(2), country);
  const callingCode = country === undefined ? undefined : callingCodeOf(country);
  if (callingCode === undefined) return international(digits, undefined);
  // The platform's own form, without its plus, comes first where both are possible.
  const whole = withoutTrunkPrefix(digits);
  if (whole.startsWith(callingCode) && isNationalLength(callingCode, whole.length - callingCode.length)) {
    return whole;
  }
  return national(digits, callingCode) ?? international(digits, country);
}

/** The digits where they are of a calling code, and of the country's where one stands beside them. */
function international(digits: string, country: string | undefined): string | undefined {
  const number = withoutTrunkPrefix(digits);
  const found = callingCodeIn(number);
  if (found === undefined) return undefined;
  const callingCode = country === undefined ? undefined : callingCodeOf(country);
  if (country === undefined || callingCode === undefined) return number;
  return hasCallingCode(country, found) || shareLines(callingCode, found) ? number : undefined;
}

/** The digits as a national number of the calling code, with or without the trunk prefix. */
function national(digits: string, callingCode: string): string | undefined {
  const number = withoutTrunkPrefix(callingCode + digits);
  const line = lineOf(number);
  const fits = (one: string) =>
    one.startsWith(callingCode) && isNationalLength(callingCode, one.length - callingCode.length);
  return fits(number) || fits(line) ? number : undefined;
}

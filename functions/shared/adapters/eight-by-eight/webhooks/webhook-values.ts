/**
 * Readers of single values in a webhook body. 8x8 writes the same thing in several ways (numbers as strings, null as
 * the text "null", one status in two spellings); each reader takes all of them and gives undefined for the rest.
 */
import { PhoneNumber } from '../../../domain/phone-number.ts';

/** Gives the value in the one form that the domain knows, or undefined if there is none to be had. */
export type Reader<Value> = (value: unknown) => Value | undefined;

const LONGEST_TEXT = 1024;
const LONGEST_NAME = 64;
const ID = /^[\w.:-]{1,128}$/;
const UNSAFE_IN_ID = /[^\w.:-]/gu;
const DECIMAL = /^-?\d+(\.\d+)?$/;
/** DynamoDB keeps numbers down to 1e-130; nothing measured on a call comes near. */
const SMALLEST_STORABLE = 1e-100;
/** Names go to logs and metrics, so one with the digits of a phone number in it is none. */
const NAME = /^[A-Z](?!.*\d{5})/;
const COUNTRY_CODE = /^[A-Z]{2}$/i;
const DTMF = /^[\dA-D*#]{1,64}$/i;
const ISO_INSTANT = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(\.\d{1,3})?\d*(Z|[+-]\d{2}:\d{2})?$/i;
/** Unset times arrive as 1969-12-31T23:59:59.999Z; nothing on this platform happened before 2000. */
const EARLIEST_INSTANT_MS = Date.UTC(2000, 0, 1);
const LATEST_INSTANT_MS = Date.UTC(9999, 11, 31);
/** As seconds this lies in the year 5138 and as milliseconds in 1973, so it tells the two units apart. */
const FEWEST_EPOCH_MILLISECONDS = 100_000_000_000;

const spellings: ReadonlyMap<string, string> = new Map([
  ['CANCELLED', 'CANCELED'],
  ['NOANSWER', 'NO_ANSWER'],
]);

const directions: ReadonlyMap<string, string> = new Map([
  ['INCOMING', 'INBOUND'],
  ['IN', 'INBOUND'],
  ['OUTGOING', 'OUTBOUND'],
  ['OUT', 'OUTBOUND'],
]);

/** A text of up to 1024 whole characters, without the spaces around it. */
export const readText: Reader<string> = (value) => {
  if (typeof value !== 'string' || value.length > LONGEST_TEXT || !value.isWellFormed()) return undefined;
  return isAbsent(value) ? undefined : value.trim();
};

/** Whether a value stands for nothing: missing, null, blank, or the text "null". */
export function isAbsent(value: unknown): boolean {
  if (typeof value !== 'string') return value === undefined || value === null;
  return ['', 'null'].includes(value.trim().toLowerCase());
}

/** A key that is safe in a log, a database key and an object path. The documented ids are UUIDs; a number is one too. */
export const readId: Reader<string> = (value) => {
  const text = readAddress(value);
  return text !== undefined && ID.test(text) ? text : undefined;
};

/**
 * The id of a call that somebody waits for, whatever it is made of: what is not safe in a key is spelled by its code.
 * A phone number is no id.
 */
export const readOddId: Reader<string> = (value) => {
  const text = readAddress(value);
  if (text === undefined || PhoneNumber.parse(text) !== undefined) return readId(value);
  const id = text.replace(UNSAFE_IN_ID, (odd) => `.${odd.codePointAt(0)?.toString(16)}.`);
  return ID.test(id) ? id : undefined;
};

/** A name in upper snake case: `NO ANSWER`, `NoAnswer` and `no-answer` are all `NO_ANSWER`. */
export const readName: Reader<string> = (value) => {
  const text = readText(value);
  if (text === undefined || text.length > LONGEST_NAME) return undefined;
  const words = text.replace(/([a-z])([A-Z])/g, '$1 $2').toUpperCase();
  const name = words
    .split(/[^A-Z\d]+/)
    .filter((word) => word !== '')
    .join('_');
  return NAME.test(name) ? (spellings.get(name) ?? name) : undefined;
};

/** Which way a leg runs. Whoever says `INCOMING` means a call that comes in. */
export const readDirection: Reader<string> = (value) => {
  const name = readName(value);
  return name === undefined ? undefined : (directions.get(name) ?? name);
};

/** A number, which some bodies write as text. Beyond the safe integers nothing is a count, a code or a rate. */
export const readNumber: Reader<number> = (value) => {
  const text = typeof value === 'string' ? value.trim() : undefined;
  const number = text !== undefined && DECIMAL.test(text) ? Number(text) : value;
  if (typeof number !== 'number' || !(Math.abs(number) <= Number.MAX_SAFE_INTEGER)) return undefined;
  return number !== 0 && Math.abs(number) < SMALLEST_STORABLE ? undefined : number;
};

/** A whole number of either sign, such as an error code. */
export const readInteger: Reader<number> = (value) => {
  const number = readNumber(value);
  return Number.isInteger(number) ? number : undefined;
};

/** A number of seconds, legs or virtual numbers. */
export const readCount: Reader<number> = (value) => {
  const number = readInteger(value);
  return number !== undefined && number >= 0 ? number : undefined;
};

/** A time as ISO 8601 (UTC where it names no zone) or as an epoch in seconds or milliseconds; gives milliseconds. */
export const readInstantMs: Reader<number> = (value) => {
  const instantMs = parseInstant(value);
  if (instantMs === undefined) return undefined;
  return instantMs >= EARLIEST_INSTANT_MS && instantMs <= LATEST_INSTANT_MS ? instantMs : undefined;
};

function parseInstant(value: unknown): number | undefined {
  const epoch = readNumber(value);
  if (epoch !== undefined) return Math.round(epoch < FEWEST_EPOCH_MILLISECONDS ? epoch * 1000 : epoch);
  const [, date, time, fraction = '', zone = 'Z'] = ISO_INSTANT.exec(readText(value) ?? '') ?? [];
  return date === undefined ? undefined : Date.parse(`${date}T${time}${fraction}${zone.toUpperCase()}`);
}

/** What stands where a phone number belongs, number or not; some senders write it as a JSON number. */
export const readAddress: Reader<string> = (value) => {
  return Number.isSafeInteger(value) ? String(value) : readText(value);
};

/** The digits of an entry, as keys `0`-`9`, `A`-`D`, `*` and `#`. */
export const readDtmf: Reader<string> = (value) => {
  const text = readAddress(value);
  return text !== undefined && DTMF.test(text) ? text.toUpperCase() : undefined;
};

/**
 * The digits in `eventData`: a map with `dtmf`, or in older events the digits themselves as a text. The oldest have
 * no `eventData` and a `dtmf` beside it, which is another field.
 */
export const readEventDigits: Reader<string> = (value) => {
  if (typeof value !== 'object' || value === null) return readDtmf(value);
  return readDtmf(Object.getOwnPropertyDescriptor(value, 'dtmf')?.value);
};

/** The value as it came, for a field that is read together with another one. */
export const readAsIs: Reader<unknown> = (value) => value;

/** ISO 3166-1 alpha-2, in upper case. */
export const readCountryCode: Reader<string> = (value) => {
  const text = readText(value);
  return text !== undefined && COUNTRY_CODE.test(text) ? text.toUpperCase() : undefined;
};

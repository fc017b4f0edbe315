import { lineOf } from './lines.ts';

/** Shortest and longest digit count of an international number: ITU-T E.164 allows 15 with the country code. */
const E164_DIGITS = /^[1-9]\d{6,14}$/;
const SEPARATORS = /[\s-]/g;
/** What `console.log` asks for; named through the registry because importing `node:util` slows the call path's start. */
const inspectCustom = Symbol.for('nodejs.util.inspect.custom');
const REDACTED = '[phone number]';

/** A text was not a phone number. The message never contains the text: it may be somebody's number. */
export class InvalidPhoneNumberError extends Error {
  override readonly name = 'InvalidPhoneNumberError';
  constructor() {
    super(
      'Not an international phone number: expected a country code and 7 to 15 digits, such as +6580000000.',
    );
  }
}

/**
 * A phone number in E.164. It does not print itself: string conversion, JSON and `console.log` all show a
 * placeholder, so a number reaches a log or an error message only where somebody wrote `reveal()`.
 */
export class PhoneNumber {
  readonly #digits: string;

  private constructor(digits: string) {
    this.#digits = digits;
  }

  /**
   * Reads a number as people and carriers write it: with or without `+`, with spaces or dashes.
   * Brackets and dots are refused: `(0)` is not part of an international number, and `192.168.0.101` is none.
   * @returns undefined for anything else: withheld and alphanumeric callers are an ordinary case on a call.
   */
  static parse(text: string | null | undefined): PhoneNumber | undefined {
    if (typeof text !== 'string') return undefined;
    const digits = text.trim().replace(SEPARATORS, '').replace(/^\+/, '');
    return E164_DIGITS.test(digits) ? new PhoneNumber(digits) : undefined;
  }

  /** @throws InvalidPhoneNumberError when the text is not a number; for values that were validated before. */
  static from(text: string): PhoneNumber {
    const number = PhoneNumber.parse(text);
    if (number === undefined) throw new InvalidPhoneNumberError();
    return number;
  }

  /** The number as `+6591110001`, for answers, database keys and callflows; never for logs. */
  reveal(): string {
    return `+${this.#digits}`;
  }

  /** The number as `6591110001`, the form some 8x8 accounts expect in a callflow. */
  revealDigits(): string {
    return this.#digits;
  }

  /**
   * The line that the number reaches, as `+6591110001`: the same text for every spelling of one line (`lines.ts`). For
   * the keys by which claims, blocks and links are found; what is shown and dialled is the number itself.
   */
  lineKey(): string {
    return `+${lineOf(this.#digits)}`;
  }

  /** Whether both reach one line, however they are written. */
  isSameLine(other: PhoneNumber): boolean {
    return this.#digits === other.#digits || this.lineKey() === other.lineKey();
  }

  equals(other: PhoneNumber): boolean {
    return this.#digits === other.#digits;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspectCustom](): string {
    return REDACTED;
  }
}

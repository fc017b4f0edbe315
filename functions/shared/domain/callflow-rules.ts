import { PhoneNumber } from './phone-number.ts';

/** Longest spoken text, in UTF-16 units. The platform documents 3000 characters and not how it counts them. */
const LONGEST_TEXT = 3000;
const CONTROL_CHARACTER = /[^\P{Cc}\t\n\r]/u;
const LINE_BREAKS = /[\t\n\r]+/g;
/** The platform refuses texts for "special characters" and never says which: markup and control characters, surely. */
const UNSPEAKABLE = /[\p{Cc}<>]/u;
const WITHOUT_SPACES = /^\S+$/;
const AUDIO_FILE = /\.(mp3|wav)$/i;

/**
 * A callflow that 8x8 would refuse, or that would not do what it seems to say. The message names the place, the
 * fault and what is allowed, and never the value: it may be somebody's number.
 */
export class InvalidCallflowError extends Error {
  override readonly name = 'InvalidCallflowError';
  /** Where: `say.text`, `callflow[2]`. */
  readonly path: string;
  readonly problem: string;
  readonly allowed: string;

  constructor(path: string, problem: string, allowed: string) {
    super(`Invalid callflow: ${path} ${problem}. Allowed: ${allowed}.`);
    this.path = path;
    this.problem = problem;
    this.allowed = allowed;
  }
}

export function requirePhoneNumber(path: string, value: unknown): void {
  if (value instanceof PhoneNumber) return;
  throw new InvalidCallflowError(path, 'is not a phone number', 'a PhoneNumber');
}

export function requireBoolean(path: string, value: unknown): void {
  if (typeof value === 'boolean') return;
  throw new InvalidCallflowError(path, 'is neither true nor false', 'true or false');
}

export function requireText(path: string, value: unknown): void {
  const allowed = `a text of 1 to ${LONGEST_TEXT} characters`;
  if (typeof value !== 'string') throw new InvalidCallflowError(path, 'is not a text', allowed);
  if (value.trim() === '') throw new InvalidCallflowError(path, 'is empty', allowed);
  if (value.length > LONGEST_TEXT) throw new InvalidCallflowError(path, 'is too long', allowed);
  if (CONTROL_CHARACTER.test(value) || !value.isWellFormed()) {
    throw new InvalidCallflowError(path, 'holds a control character or half a character', allowed);
  }
}

/**
 * A text that is spoken, in one line. What the platform might refuse is refused here: a caller would hear nothing
 * instead.
 * @throws InvalidCallflowError
 */
export function spokenText(path: string, value: unknown): string {
  requireText(path, value);
  const text = String(value).replace(LINE_BREAKS, ' ');
  if (!UNSPEAKABLE.test(text)) return text;
  throw new InvalidCallflowError(path, 'holds a character that speech cannot have', 'words without < and >');
}

export function requireVoiceProfile(path: string, value: unknown): void {
  if (typeof value === 'string' && WITHOUT_SPACES.test(value)) return;
  const allowed = 'the code of a speech profile of the account, such as en-US-BenjaminRUS';
  throw new InvalidCallflowError(path, 'is not a voice profile', allowed);
}

export function requireRepetition(path: string, value: unknown): void {
  if (value === 1 || value === 2 || value === 3) return;
  throw new InvalidCallflowError(path, 'is out of range', '1, 2 or 3');
}

export function requireSpeed(path: string, value: unknown): void {
  if (typeof value === 'number' && value >= 0.5 && value <= 2) return;
  throw new InvalidCallflowError(path, 'is out of range', 'a number from 0.5 to 2');
}

export function requireInteger(
  path: string,
  value: unknown,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): void {
  if (Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most) return;
  const allowed = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
  throw new InvalidCallflowError(path, 'is out of range', `a whole number ${allowed}`);
}

export function requireAudioUrl(path: string, value: unknown): void {
  const url = typeof value === 'string' && WITHOUT_SPACES.test(value) ? URL.parse(value) : null;
  if (url !== null && ['http:', 'https:'].includes(url.protocol) && AUDIO_FILE.test(url.pathname)) return;
  const allowed = 'an http or https URL whose path ends in .mp3 or .wav';
  throw new InvalidCallflowError(path, 'is not the address of an audio file', allowed);
}

import {
  InvalidCallflowError,
  requireAudioUrl,
  requireBoolean,
  requireInteger,
  requirePhoneNumber,
  requireRepetition,
  requireSpeed,
  requireText,
  requireVoiceProfile,
  spokenText,
} from './callflow-rules.ts';
import type { PhoneNumber } from './phone-number.ts';

/** A capture without `#` may take "more than 0 and fewer than 26" digits; 25 is also the documented default. */
const MOST_DIGITS = 25;
const DEFAULT_OVERALL_TIMEOUT_MS = 30_000;
const DEFAULT_DIGIT_TIMEOUT_MS = 5_000;
const DEFAULT_NUMBER_OF_TRIES = 3;
/** `validUntil` has a four-digit year on the wire. */
const LATEST_INSTANT_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

declare const checked: unique symbol;
/** Only the functions of this module make one, so holding it means that its rules were checked. */
type Checked<Value> = Readonly<Value> & { readonly [checked]: true };

const checkedValues = new WeakSet<object>();

function markChecked<Value extends object>(value: Value): Checked<Value> {
  checkedValues.add(value);
  return Object.freeze(value) as Checked<Value>;
}

/** Dials `destination`, showing it `source`, and bridges it with the caller who is on the line. */
export type MakeCall = Checked<{
  action: 'makeCall';
  source: PhoneNumber;
  destination: PhoneNumber;
  callRecording?: boolean;
}>;
/** A `makeCall` that does not mention recording: the only kind that Send Callflow takes. */
export type PlainMakeCall = MakeCall & { readonly callRecording?: never };
/** Speaks a text. On an incoming call that is not yet bridged, this answers the call. */
export type Say = Checked<{
  action: 'say';
  text: string;
  voiceProfile: string;
  repetition: Repetition;
  speed: number;
}>;
/** Speaks a prompt and collects digits, which arrive with the next call action request. */
export type SayAndCapture = Checked<{
  action: 'sayAndCapture';
  promptMessage: string;
  successMessage?: string;
  failureMessage?: string;
  voiceProfile: string;
  speed: number;
  completeOnHash: boolean;
  minDigits: number;
  maxDigits: number;
  digitTimeoutMs: number;
  overallTimeoutMs: number;
  noOfTries: number;
}>;
/** Plays an mp3 or wav file of less than 5 MB, which the platform caches for an hour by its URL. */
export type PlayFile = Checked<{ action: 'playFile'; fileUrl: string; repetition: Repetition }>;
/** Disconnects every leg and ends the session. */
export type Hangup = Checked<{ action: 'hangup' }>;

export type CallAction = MakeCall | Say | SayAndCapture | PlayFile | Hangup;
/** How often a text or a file is heard. */
export type Repetition = 1 | 2 | 3;

interface Bridge {
  /** Caller ID to show: a virtual number of the sub-account. */
  readonly source: PhoneNumber;
  readonly destination: PhoneNumber;
}

/**
 * @param call `callRecording` is for answers to a call action only, and only where recording is set up with 8x8.
 * @throws InvalidCallflowError
 */
export function makeCall(call: Bridge & { readonly callRecording?: never }): PlainMakeCall;
export function makeCall(call: Bridge & { readonly callRecording: boolean }): MakeCall;
export function makeCall({
  source,
  destination,
  callRecording,
}: Bridge & { callRecording?: boolean }): MakeCall {
  requirePhoneNumber('makeCall.source', source);
  requirePhoneNumber('makeCall.destination', destination);
  if (callRecording === undefined) return markChecked({ action: 'makeCall', source, destination });
  requireBoolean('makeCall.callRecording', callRecording);
  return markChecked({ action: 'makeCall', source, destination, callRecording });
}

/**
 * @param speech `voiceProfile` is a code of the account's speech profiles; `speed` runs from 0.5 to 2.
 * @throws InvalidCallflowError
 */
export function say(speech: {
  readonly text: string;
  readonly voiceProfile: string;
  readonly repetition?: Repetition;
  readonly speed?: number;
}): Say {
  const { voiceProfile, repetition = 1, speed = 1 } = speech;
  const text = spokenText('say.text', speech.text);
  requireVoiceProfile('say.voiceProfile', voiceProfile);
  requireRepetition('say.repetition', repetition);
  requireSpeed('say.speed', speed);
  return markChecked({ action: 'say', text, voiceProfile, repetition, speed });
}

/** `#` ends the entry unless `completeOnHash` is false; then the last digit does, so `maxDigits` must be given. */
type DigitCount =
  | { readonly completeOnHash?: true; readonly minDigits?: never; readonly maxDigits?: number }
  | { readonly completeOnHash?: boolean; readonly minDigits?: number; readonly maxDigits: number };

/** Time for all digits and between two of them, in milliseconds; the second needs the first and is shorter. */
type DigitTimeouts =
  | { readonly overallTimeoutMs?: number; readonly digitTimeoutMs?: never }
  | { readonly overallTimeoutMs: number; readonly digitTimeoutMs?: number };

/** What `sayAndCapture` takes: the prompt, how it is spoken, and when the entry of digits ends. */
export type CaptureOptions = DigitCount &
  DigitTimeouts & {
    readonly promptMessage: string;
    readonly voiceProfile: string;
    /** Heard after a valid entry. */
    readonly successMessage?: string;
    /** Heard after a timeout or a wrong number of digits. */
    readonly failureMessage?: string;
    readonly speed?: number;
    readonly noOfTries?: number;
  };

/**
 * Every default is filled in here, because 8x8's guide and its API schema name different ones: a capture that
 * leaves a value out would mean one thing today and another tomorrow.
 * @throws InvalidCallflowError
 */
export function sayAndCapture(options: CaptureOptions): SayAndCapture {
  const { voiceProfile, successMessage, failureMessage, speed = 1 } = options;
  const { noOfTries = DEFAULT_NUMBER_OF_TRIES } = options;
  const promptMessage = spokenText('sayAndCapture.promptMessage', options.promptMessage);
  requireVoiceProfile('sayAndCapture.voiceProfile', voiceProfile);
  requireSpeed('sayAndCapture.speed', speed);
  requireInteger('sayAndCapture.noOfTries', noOfTries, 1);
  return markChecked({
    action: 'sayAndCapture',
    promptMessage,
    ...(successMessage !== undefined && {
      successMessage: spokenText('sayAndCapture.successMessage', successMessage),
    }),
    ...(failureMessage !== undefined && {
      failureMessage: spokenText('sayAndCapture.failureMessage', failureMessage),
    }),
    voiceProfile,
    speed,
    ...digitCount(options),
    ...digitTimeouts(options),
    noOfTries,
  });
}

function digitCount({ completeOnHash = true, minDigits, maxDigits }: DigitCount) {
  requireBoolean('sayAndCapture.completeOnHash', completeOnHash);
  if (maxDigits === undefined && (!completeOnHash || minDigits !== undefined)) {
    const reason = completeOnHash ? 'minDigits is given' : 'completeOnHash is false';
    throw new InvalidCallflowError(
      'sayAndCapture.maxDigits',
      `is missing although ${reason}`,
      `a whole number from 1 to ${MOST_DIGITS}`,
    );
  }
  const most = maxDigits ?? MOST_DIGITS;
  const fewest = minDigits ?? 1;
  requireInteger('sayAndCapture.maxDigits', most, 1, MOST_DIGITS);
  requireInteger('sayAndCapture.minDigits', fewest, 1, most);
  return { completeOnHash, minDigits: fewest, maxDigits: most };
}

function digitTimeouts({ overallTimeoutMs, digitTimeoutMs }: DigitTimeouts) {
  if (digitTimeoutMs !== undefined && overallTimeoutMs === undefined) {
    throw new InvalidCallflowError(
      'sayAndCapture.overallTimeoutMs',
      'is missing although digitTimeoutMs is given',
      'a whole number of milliseconds above digitTimeoutMs',
    );
  }
  const overall = overallTimeoutMs ?? DEFAULT_OVERALL_TIMEOUT_MS;
  // 2 is the least that leaves room for a digit timeout of 1 below it.
  requireInteger('sayAndCapture.overallTimeoutMs', overall, 2);
  const betweenDigits = digitTimeoutMs ?? Math.min(DEFAULT_DIGIT_TIMEOUT_MS, Math.floor(overall / 2));
  requireInteger('sayAndCapture.digitTimeoutMs', betweenDigits, 1, overall - 1);
  return { digitTimeoutMs: betweenDigits, overallTimeoutMs: overall };
}

/**
 * @param file `fileUrl` is public, http or https, and its path ends in `.mp3` or `.wav`.
 * @throws InvalidCallflowError
 */
export function playFile(file: { readonly fileUrl: string; readonly repetition?: Repetition }): PlayFile {
  const { fileUrl, repetition = 1 } = file;
  requireAudioUrl('playFile.fileUrl', fileUrl);
  requireRepetition('playFile.repetition', repetition);
  return markChecked({ action: 'playFile', fileUrl, repetition });
}

export function hangup(): Hangup {
  return markChecked({ action: 'hangup' });
}

type Interaction = Say | SayAndCapture | PlayFile;
type Announcement = Say | PlayFile;

/** What may answer a call action: the bridge or the hang-up comes last, a hang-up never right after a capture. */
export type VcaActions =
  | readonly [...Interaction[], Interaction | MakeCall]
  | readonly [...Interaction[], Announcement, Hangup]
  | readonly [Hangup];

/** What Send Callflow may run: it dials first; a second `makeCall` is bridged to the first and comes last. */
export type OutboundActions =
  | readonly [PlainMakeCall, ...Interaction[]]
  | readonly [PlainMakeCall, ...Interaction[], PlainMakeCall]
  | readonly [PlainMakeCall, ...Interaction[], Announcement, Hangup]
  | readonly [PlainMakeCall, Hangup];

/** The answer to a call action request (VCA). */
export type VcaCallflow = Checked<{ actions: readonly CallAction[]; clientActionId?: string }>;
/** The callflow of a call that we start ourselves with Send Callflow; void after `validUntilMs` (epoch). */
export type OutboundCallflow = Checked<{ actions: readonly CallAction[]; validUntilMs?: number }>;

/**
 * The answer to a call action. The caller's own leg is the first call, so one `makeCall` is all that fits, and what
 * would follow it is undocumented.
 * @param options `clientActionId` comes back with the next call action request of the session.
 * @throws InvalidCallflowError
 */
export function vcaCallflow(
  actions: VcaActions,
  options: { readonly clientActionId?: string } = {},
): VcaCallflow {
  const { clientActionId } = options;
  const sequence = requireSequence(actions);
  requireCallLast(sequence, 0, 'at most one makeCall, as the last action, in the answer to a call action');
  if (clientActionId === undefined) return markChecked({ actions: sequence });
  requireText('clientActionId', clientActionId);
  return markChecked({ actions: sequence, clientActionId });
}

/**
 * The callflow of a call that we start ourselves.
 * @param options `validUntilMs` is when it lapses, in epoch milliseconds; it does not postpone the call.
 * @throws InvalidCallflowError
 */
export function outboundCallflow(
  actions: OutboundActions,
  options: { readonly validUntilMs?: number } = {},
): OutboundCallflow {
  const { validUntilMs } = options;
  const sequence = requireSequence(actions);
  if (sequence[0]?.action !== 'makeCall') {
    throw new InvalidCallflowError('callflow[0]', 'does not dial anybody', 'makeCall as the first action');
  }
  requireCallLast(sequence, 1, 'at most two makeCall, the second as the last action');
  for (const [index, action] of sequence.entries()) {
    if (action.action !== 'makeCall' || action.callRecording === undefined) continue;
    const path = `callflow[${index}].callRecording`;
    throw new InvalidCallflowError(path, 'is not known to Send Callflow', 'source and destination only');
  }
  if (validUntilMs === undefined) return markChecked({ actions: sequence });
  requireInteger('validUntilMs', validUntilMs, 0, LATEST_INSTANT_MS);
  return markChecked({ actions: sequence, validUntilMs });
}

function requireSequence(actions: readonly CallAction[]): readonly CallAction[] {
  if (!Array.isArray(actions) || actions.length === 0) {
    throw new InvalidCallflowError('callflow', 'has no action', 'a list of one action or more');
  }
  const sequence: readonly CallAction[] = Object.freeze([...actions]);
  for (const [index, action] of sequence.entries()) {
    const path = `callflow[${index}]`;
    if (typeof action !== 'object' || !checkedValues.has(action)) {
      const builders = 'makeCall(), say(), sayAndCapture(), playFile() or hangup()';
      throw new InvalidCallflowError(path, 'was not made by a builder', builders);
    }
    if (action.action !== 'hangup') continue;
    if (index !== sequence.length - 1) {
      throw new InvalidCallflowError(path, 'hangs up before the last action', 'hangup as the last action');
    }
    if (sequence[index - 1]?.action === 'sayAndCapture') {
      const allowed = 'a callflow that ends with sayAndCapture, or an announcement before the hangup';
      throw new InvalidCallflowError(path, 'hangs up before the digits could be used', allowed);
    }
  }
  return sequence;
}

/** Refuses a `makeCall` beyond `dialledBefore` unless it is the last action: it bridges, and nothing follows a bridge. */
function requireCallLast(sequence: readonly CallAction[], dialledBefore: number, allowed: string): void {
  let calls = 0;
  for (const [index, action] of sequence.entries()) {
    if (action.action !== 'makeCall') continue;
    calls += 1;
    if (calls > dialledBefore && index !== sequence.length - 1) {
      throw new InvalidCallflowError(`callflow[${index}]`, 'is a makeCall with an action after it', allowed);
    }
  }
}

import type * as z from 'zod';
import {
  actionNames,
  actionParameters,
  type CallAction,
  type CaptureParameters,
  type MakeCallParameters,
  MOST_DIGITS,
} from './model/callflow-actions.ts';
import { toE164 } from './model/phone-numbers.ts';
import { isJsonObject, type JsonObject } from './model/webhook-types.ts';

/** The most calls that one session can hold: the second is bridged to the first. */
const MOST_LEGS = 2;
/** Control characters and markup brackets: what a speech engine would choke on. */
const FORBIDDEN_CHARACTERS = /[\p{Cc}<>]/u;

/** Codes of the platform for a callflow that it does not take. */
export type CallflowCode =
  | -1001
  | -1002
  | -1003
  | -1004
  | -1005
  | -1006
  | -1007
  | -1008
  | -1009
  | -1010
  | -1011
  | -1012
  | -1013
  | -1014
  | -1015
  | -1016
  | -1017
  | -1018
  | -1019
  | -1020;

/** A callflow broke a rule. `path` is a JSON path such as `$.callflow[0].params.text`. */
export class CallflowViolation extends Error {
  override readonly name = 'CallflowViolation';
  readonly code: CallflowCode;
  readonly path: string;

  constructor(code: CallflowCode, path: string, message: string) {
    super(message);
    this.code = code;
    this.path = path;
  }
}

/** Where a callflow comes from, and what the rules need to know there. */
export type CallflowContext =
  | {
      /** The answer to a call action request. */
      readonly usage: 'answer';
      /** Legs that the session has already. */
      readonly legsInUse: number;
      /** Whether there may be nothing left to do. */
      readonly mayBeEmpty: boolean;
      /** Whether what the platform's samples do against its rules is played. */
      readonly playsSamples?: boolean;
    }
  | {
      /** The body of Send Callflow. */
      readonly usage: 'request';
      readonly hasCallActionWebhook: boolean;
      readonly isVoiceProfile: (code: string) => boolean;
      readonly isOwnNumber: (e164: string) => boolean;
      readonly playsSamples?: boolean;
    };

/**
 * Checks a callflow and gives it typed.
 *
 * In an answer, a caller ID or voice that the account does not have is no violation: the callflow is well-formed, and
 * the session fails when it comes to that action.
 * @throws CallflowViolation for the first rule that is broken.
 */
export function checkCallflow(callflow: unknown, context: CallflowContext): CallAction[] {
  if (!Array.isArray(callflow))
    throw new CallflowViolation(-1009, '$.callflow', '$.callflow must be a list of actions');
  if (callflow.length === 0 && context.usage === 'answer' && !context.mayBeEmpty) {
    throw new CallflowViolation(-1009, '$.callflow', '$.callflow holds no action');
  }
  const entries = callflow.map((entry: unknown, index) => nameAction(entry, index));
  checkScenarios(entries);
  const actions = entries.map((entry) => checkAction(entry, context));
  checkOrder(actions, context);
  return actions;
}

interface Entry {
  readonly path: string;
  readonly name: string;
  readonly fields: JsonObject;
}

function nameAction(entry: unknown, index: number): Entry {
  const path = `$.callflow[${index}]`;
  if (!isJsonObject(entry)) throw new CallflowViolation(-1009, path, `${path} must be an object`);
  const { action } = entry;
  if (typeof action !== 'string' || !(actionNames.includes(action) || action === 'executeScenario')) {
    throw new CallflowViolation(
      -1007,
      `${path}.action`,
      `${path}.action should be one of: ${actionNames.join(',')}`,
    );
  }
  return { path, name: action, fields: entry };
}

/** No scenario exists on a simulated account, so naming one is always wrong; only the code differs. */
function checkScenarios(entries: readonly Entry[]): void {
  const scenario = entries.find(({ name }) => name === 'executeScenario');
  if (scenario === undefined) return;
  const path = `${scenario.path}.params.scenarioName`;
  if (entries.length > 1) {
    throw new CallflowViolation(-1018, scenario.path, 'executeScenario cannot be mixed with other actions');
  }
  const scenarioName = isJsonObject(scenario.fields.params) ? scenario.fields.params.scenarioName : undefined;
  if (typeof scenarioName !== 'string' || scenarioName === '') {
    throw new CallflowViolation(-1019, path, 'scenarioName is empty');
  }
  throw new CallflowViolation(-1020, path, 'scenarioName is unknown or not permitted');
}

function checkAction({ path, name, fields }: Entry, context: CallflowContext): CallAction {
  const known = name === 'makeCall' && context.playsSamples ? ['clientActionId'] : [];
  for (const field of Object.keys(fields)) {
    if (!['action', 'params', ...known].includes(field)) {
      throw new CallflowViolation(
        -1009,
        `${path}.${field}`,
        `Invalid callflow entry: unknown field ${path}.${field}`,
      );
    }
  }
  const params = fields.params ?? {};
  switch (name) {
    case 'makeCall': {
      refuseSeveralDestinations(params, path);
      const told = isJsonObject(params) ? omit(params, known) : params;
      const checked = parseParameters(actionParameters.makeCall, told, path);
      checkMakeCall(checked, path, context);
      return { action: 'makeCall', params: checked };
    }
    case 'say': {
      refuseLanguage(params, path);
      const checked = parseParameters(actionParameters.say, params, path);
      checkSpeech(checked.voiceProfile, path, context);
      checkCharacters(checked, ['text'], path);
      return { action: 'say', params: checked };
    }
    case 'playFile':
      return { action: 'playFile', params: parseParameters(actionParameters.playFile, params, path) };
    case 'sayAndCapture': {
      refuseLanguage(params, path);
      const checked = parseParameters(actionParameters.sayAndCapture, params, path);
      checkSpeech(checked.voiceProfile, path, context);
      checkCharacters(checked, ['promptMessage', 'successMessage', 'failureMessage'], path);
      checkCapture(checked, path, context);
      return { action: 'sayAndCapture', params: checked };
    }
    default:
      parseParameters(actionParameters.hangup, params, path);
      return { action: 'hangup' };
  }
}

function parseParameters<Schema extends z.ZodType>(
  schema: Schema,
  params: unknown,
  path: string,
): z.output<Schema> {
  const result = schema.safeParse(params);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const unknownField = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const where = [`${path}.params`, ...(issue?.path ?? []), ...unknownField].join('.');
  throw new CallflowViolation(
    -1009,
    where,
    `Invalid callflow entry: ${where}: ${issue?.message ?? 'invalid'}`,
  );
}

function omit(params: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(params).filter(([name]) => !names.includes(name)));
}

function refuseSeveralDestinations(params: unknown, path: string): void {
  if (isJsonObject(params) && isSeveral(params.destination)) {
    throw new CallflowViolation(-1011, `${path}.params.destination`, 'Only one destination is allowed');
  }
}

function isSeveral(destination: unknown): boolean {
  return Array.isArray(destination) || (typeof destination === 'string' && /[,;]/.test(destination));
}

function checkMakeCall(params: MakeCallParameters, path: string, context: CallflowContext): void {
  if (toE164(params.destination) === undefined) {
    throw new CallflowViolation(-1017, `${path}.params.destination`, 'The destination is not a valid MSISDN');
  }
  if (context.usage === 'answer') return;
  if (params.callRecording !== undefined) {
    throw new CallflowViolation(
      -1009,
      `${path}.params.callRecording`,
      `Invalid callflow entry: ${path}.params.callRecording is possible in the answer to a call action only`,
    );
  }
  const source = toE164(params.source);
  if (source === undefined || !context.isOwnNumber(source)) {
    throw new CallflowViolation(-1014, `${path}.params.source`, 'The source is not allowed as caller ID');
  }
}

/** Older accounts chose a language and a generic voice; today a voice profile says both. */
function refuseLanguage(params: unknown, path: string): void {
  if (isJsonObject(params) && params.language !== undefined) {
    throw new CallflowViolation(
      -1002,
      `${path}.params.language`,
      'The language is invalid: name a voiceProfile alone',
    );
  }
}

function checkSpeech(voiceProfile: string, path: string, context: CallflowContext): void {
  if (context.usage === 'request' && !context.isVoiceProfile(voiceProfile)) {
    throw new CallflowViolation(-1002, `${path}.params.voiceProfile`, 'The speech profile is invalid');
  }
}

function checkCharacters(params: JsonObject, fields: readonly string[], path: string): void {
  for (const field of fields) {
    const text = params[field];
    if (typeof text === 'string' && FORBIDDEN_CHARACTERS.test(text)) {
      throw new CallflowViolation(
        -1016,
        `${path}.params.${field}`,
        `${path}.params.${field} holds special characters that are not allowed`,
      );
    }
  }
}

function checkCapture(params: CaptureParameters, path: string, context: CallflowContext): void {
  const { minDigits, maxDigits, digitTimeout, overallTimeout, completeOnHash } = params;
  const at = `${path}.params`;
  /** How much longer all digits must have than one. */
  const least = context.playsSamples ? 0 : 1;
  if (context.usage === 'request' && !context.hasCallActionWebhook) {
    throw new CallflowViolation(-1004, path, 'sayAndCapture needs a VCA webhook, which receives the digits');
  }
  if (isGiven(minDigits) && (!isGiven(maxDigits) || maxDigits < minDigits || maxDigits > MOST_DIGITS)) {
    throw new CallflowViolation(-1003, `${at}.minDigits`, 'minDigits needs a valid maxDigits');
  }
  if (completeOnHash === false && (!isGiven(maxDigits) || maxDigits > MOST_DIGITS)) {
    throw new CallflowViolation(
      -1008,
      `${at}.maxDigits`,
      `completeOnHash false needs maxDigits from 1 to ${MOST_DIGITS}`,
    );
  }
  if (isGiven(maxDigits) && maxDigits > MOST_DIGITS) {
    throw new CallflowViolation(
      -1009,
      `${at}.maxDigits`,
      `Invalid callflow entry: ${at}.maxDigits is at most ${MOST_DIGITS}`,
    );
  }
  if (isGiven(digitTimeout) && !isGiven(overallTimeout)) {
    throw new CallflowViolation(-1005, `${at}.digitTimeout`, 'digitTimeout needs a valid overallTimeout');
  }
  if (isGiven(digitTimeout) && isGiven(overallTimeout) && overallTimeout < digitTimeout + least) {
    throw new CallflowViolation(
      -1006,
      `${at}.overallTimeout`,
      'overallTimeout must be greater than digitTimeout',
    );
  }
}

function isGiven(value: number | null | undefined): value is number {
  return value !== null && value !== undefined;
}

function checkOrder(actions: readonly CallAction[], context: CallflowContext): void {
  if (context.usage === 'request' && actions[0]?.action !== 'makeCall') {
    throw new CallflowViolation(
      -1013,
      '$.callflow[0].action',
      'Invalid Callflow : First action should be a MakeCall action',
    );
  }
  const calls = actions.filter(({ action }) => action === 'makeCall').length;
  const legsInUse = context.usage === 'answer' ? context.legsInUse : 0;
  if (legsInUse + calls > MOST_LEGS) {
    throw new CallflowViolation(
      -1010,
      '$.callflow',
      `Too many makeCall actions: a session has at most ${MOST_LEGS} calls`,
    );
  }
  actions.forEach(({ action }, index) => {
    const follower = actions[index + 1]?.action;
    if (follower === undefined) return;
    const path = `$.callflow[${index + 1}]`;
    if (action === 'hangup')
      throw new CallflowViolation(-1012, `$.callflow[${index}]`, 'hangup must be the last action');
    if (action === 'sayAndCapture') {
      throw new CallflowViolation(
        follower === 'hangup' ? -1012 : -1009,
        path,
        'Nothing may follow sayAndCapture: the digits go to the VCA webhook, whose answer goes on',
      );
    }
    if (action === 'makeCall' && context.usage === 'answer') {
      throw new CallflowViolation(-1009, path, 'Nothing may follow makeCall in the answer to a call action');
    }
  });
}

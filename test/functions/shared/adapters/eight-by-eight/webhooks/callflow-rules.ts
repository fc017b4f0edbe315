/**
 * The platform's rules for callflows, written down a second time and on the wire form, so that a mistake in the
 * builders does not cancel itself out here. Nothing in this file comes from the code under test.
 */

/** `vca` answers a call action request; `outbound` is the body of Send Callflow. */
export type CallflowContext = 'vca' | 'outbound';

type Json = Readonly<Record<string, unknown>>;

interface ParameterRule {
  readonly required?: boolean;
  readonly valid: (value: unknown) => boolean;
}

const text: ParameterRule['valid'] = (value) =>
  typeof value === 'string' && /\S/.test(value) && value.length <= 3000;
const number: ParameterRule['valid'] = (value) =>
  typeof value === 'string' && /^\+?[1-9][0-9]{6,14}$/.test(value);
const truth: ParameterRule['valid'] = (value) => value === true || value === false;
const between = (least: number, most: number): ParameterRule['valid'] => {
  return (value) => typeof value === 'number' && least <= value && value <= most;
};
const whole = (least: number, most: number): ParameterRule['valid'] => {
  return (value) => Number.isInteger(value) && between(least, most)(value);
};
const voice = { required: true, valid: (value: unknown) => typeof value === 'string' && /^\S+$/.test(value) };

const parameterRules: Readonly<Record<string, Readonly<Record<string, ParameterRule>>>> = {
  makeCall: {
    source: { required: true, valid: number },
    destination: { required: true, valid: number },
    callRecording: { valid: truth },
  },
  say: {
    text: { required: true, valid: text },
    voiceProfile: voice,
    repetition: { valid: whole(1, 3) },
    speed: { valid: between(0.5, 2) },
  },
  // Every value is required: the two documents disagree about the defaults. Messages have no default.
  sayAndCapture: {
    promptMessage: { required: true, valid: text },
    successMessage: { valid: text },
    failureMessage: { valid: text },
    voiceProfile: voice,
    speed: { required: true, valid: between(0.5, 2) },
    completeOnHash: { required: true, valid: truth },
    minDigits: { required: true, valid: whole(1, 25) },
    maxDigits: { required: true, valid: whole(1, 25) },
    digitTimeout: { required: true, valid: whole(1, Number.MAX_SAFE_INTEGER) },
    overallTimeout: { required: true, valid: whole(1, Number.MAX_SAFE_INTEGER) },
    noOfTries: { required: true, valid: whole(1, Number.MAX_SAFE_INTEGER) },
  },
  playFile: {
    fileUrl: {
      required: true,
      valid: (value) =>
        typeof value === 'string' && /^https?:\/\/[^\s?#]+\.(mp3|wav)([?#]\S*)?$/i.test(value),
    },
    repetition: { valid: whole(1, 3) },
  },
};

/** @returns what the platform would object to in a body, or what would not do what it seems to say. */
export function faultsOf(body: unknown, context: CallflowContext): string[] {
  const { callflow, ...rest } = asJson(body);
  if (!Array.isArray(callflow) || callflow.length === 0) return ['callflow is empty or missing'];
  const actions = callflow.map(asJson);
  return [
    ...envelopeFaults(rest, context),
    ...actions.flatMap((action, index) => actionFaults(action, `callflow[${index}]`)),
    ...orderFaults(actions, context),
  ];
}

function envelopeFaults(rest: Json, context: CallflowContext): string[] {
  const known = context === 'vca' ? 'clientActionId' : 'validUntil';
  return Object.entries(rest).flatMap(([key, value]) => {
    if (key !== known) return [`${key} does not belong here`];
    if (key === 'clientActionId') return text(value) ? [] : ['clientActionId is no text'];
    return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(String(value))
      ? []
      : ['validUntil is no UTC time'];
  });
}

function actionFaults({ action, params, ...rest }: Json, path: string): string[] {
  const extra = Object.keys(rest).map((key) => `${path}.${key} is unknown`);
  if (action === 'hangup') return params === undefined ? extra : [...extra, `${path}: hangup has no params`];
  const rules = parameterRules[String(action)];
  if (rules === undefined) return [`${path}: unknown action`];
  const given = asJson(params);
  return [
    ...extra,
    ...Object.keys(given).flatMap((key) => (key in rules ? [] : [`${path}.params.${key} is unknown`])),
    ...Object.entries(rules).flatMap(([key, { required = false, valid }]) => {
      if (!(key in given)) return required ? [`${path}.params.${key} is missing`] : [];
      return valid(given[key]) ? [] : [`${path}.params.${key} is not valid`];
    }),
    ...(action === 'sayAndCapture' ? captureFaults(given, path) : []),
  ];
}

function captureFaults({ minDigits, maxDigits, digitTimeout, overallTimeout }: Json, path: string): string[] {
  return [
    ...(Number(minDigits) > Number(maxDigits) ? [`${path}: minDigits exceeds maxDigits`] : []),
    ...(Number(digitTimeout) >= Number(overallTimeout)
      ? [`${path}: digitTimeout is not below overallTimeout`]
      : []),
  ];
}

function orderFaults(actions: readonly Json[], context: CallflowContext): string[] {
  const names = actions.map(({ action }) => action);
  const calls = names.flatMap((name, index) => (name === 'makeCall' ? [index] : []));
  const last = names.length - 1;
  const bridge = context === 'vca' ? calls[0] : calls[1];
  const hangupAt = names.indexOf('hangup');
  return [
    ...(context === 'vca' && calls.length > 1 ? ['more than one makeCall'] : []),
    ...(context === 'outbound' && calls.length > 2 ? ['more than two makeCall'] : []),
    ...(context === 'outbound' && names[0] !== 'makeCall' ? ['does not begin with makeCall'] : []),
    ...(context === 'outbound' && actions.some(({ params }) => 'callRecording' in asJson(params ?? {}))
      ? ['callRecording outside an answer']
      : []),
    ...(bridge !== undefined && bridge !== last ? ['an action after the bridge'] : []),
    ...(hangupAt !== -1 && hangupAt !== last ? ['an action after hangup'] : []),
    ...(hangupAt > 0 && names[hangupAt - 1] === 'sayAndCapture' ? ['hangup right after sayAndCapture'] : []),
  ];
}

function asJson(value: unknown): Json {
  if (typeof value !== 'object' || value === null) throw new TypeError('expected an object');
  return Object.fromEntries(Object.entries(value));
}

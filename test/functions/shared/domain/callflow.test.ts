import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  toCallActionAnswer,
  toSendCallflowRequest,
} from '../../../../functions/shared/adapters/eight-by-eight/webhooks/callflow-json.ts';
import {
  type CallAction,
  type CaptureOptions,
  hangup,
  makeCall,
  outboundCallflow,
  playFile,
  type Repetition,
  say,
  sayAndCapture,
  vcaCallflow,
} from '../../../../functions/shared/domain/callflow.ts';
import { InvalidCallflowError } from '../../../../functions/shared/domain/callflow-rules.ts';
import { PhoneNumber } from '../../../../functions/shared/domain/phone-number.ts';
import { type CallflowContext, faultsOf } from '../adapters/eight-by-eight/webhooks/callflow-rules.ts';
import { callWith, refusalOf } from './refusal.ts';

const caller = PhoneNumber.from('+6591110001');
const callee = PhoneNumber.from('+6591110002');
const virtualNumber = PhoneNumber.from('+6531290001');
const voiceProfile = 'en-US-BenjaminRUS';

const goodbye = say({ text: 'Goodbye.', voiceProfile });
const connect = makeCall({ source: virtualNumber, destination: callee });
const askPin = sayAndCapture({ promptMessage: 'Your PIN, please.', voiceProfile });
const jingle = playFile({ fileUrl: 'https://media.harbourcab.example/jingle.mp3' });

const phoneNumber = fc.constantFrom(caller, callee, virtualNumber);
const repetition = fc.constantFrom<Repetition>(1, 2, 3);
const speed = fc.double({ min: 0.5, max: 2, noNaN: true });
const spoken = fc.constantFrom(
  'Please hold.',
  'Ihr Fahrer ist da.',
  '请稍候',
  `${'x'.repeat(2999)}.`,
  'Two\nlines',
);

const captureTiming: fc.Arbitrary<Partial<CaptureOptions>> = fc.oneof(
  fc.constant({}),
  fc.integer({ min: 2, max: 120_000 }).chain((overallTimeoutMs) =>
    fc
      .option(fc.integer({ min: 1, max: overallTimeoutMs - 1 }), { nil: undefined })
      .map((digitTimeoutMs) => ({
        overallTimeoutMs,
        ...(digitTimeoutMs !== undefined && { digitTimeoutMs }),
      })),
  ),
);
const captureDigits: fc.Arbitrary<Partial<CaptureOptions>> = fc.oneof(
  fc.constant({}),
  fc.constant({ completeOnHash: true }),
  fc
    .tuple(fc.integer({ min: 1, max: 25 }), fc.boolean())
    .chain(([maxDigits, completeOnHash]) =>
      fc.integer({ min: 1, max: maxDigits }).map((minDigits) => ({ completeOnHash, minDigits, maxDigits })),
    ),
);

const action: fc.Arbitrary<CallAction> = fc.oneof(
  fc.tuple(phoneNumber, phoneNumber).map(([source, destination]) => makeCall({ source, destination })),
  fc
    .boolean()
    .map((callRecording) => makeCall({ source: virtualNumber, destination: callee, callRecording })),
  fc.record({ text: spoken, voiceProfile: fc.constant(voiceProfile), repetition, speed }).map(say),
  fc
    .tuple(captureTiming, captureDigits, fc.integer({ min: 1, max: 9 }), spoken)
    .map(([timing, digits, noOfTries, successMessage]) => ({
      ...{ promptMessage: 'Your PIN, please.', voiceProfile, noOfTries, successMessage },
      ...timing,
      ...digits,
    }))
    .map((options) => callWith(sayAndCapture, options)),
  fc
    .record({ fileUrl: fc.webUrl().map((url) => new URL('/hold.WAV?v=2', url).href), repetition })
    .map(playFile),
  fc.constant(hangup()),
);

const wildValue = fc.oneof(
  fc.anything(),
  fc.constantFrom<unknown>(0, 1, 3, 4, 25, 26, -1, 0.4, 0.5, 2, 2.1, 1.5, Number.NaN, Infinity, 2 ** 53),
  fc.constantFrom<unknown>(
    '',
    ' ',
    'x'.repeat(3001),
    'a\u0000b',
    '\udc00',
    'ftp://files.example/a.mp3',
    true,
    null,
  ),
  spoken,
  phoneNumber,
);
const parameterNames = [
  ...['source', 'destination', 'callRecording', 'text', 'voiceProfile', 'repetition', 'speed', 'fileUrl'],
  ...['promptMessage', 'successMessage', 'failureMessage', 'completeOnHash', 'minDigits', 'maxDigits'],
  ...['digitTimeoutMs', 'overallTimeoutMs', 'noOfTries'],
];
const wildParameters = fc
  .tuple(
    fc.dictionary(fc.constantFrom(...parameterNames), wildValue, { maxKeys: 4 }),
    fc.record({ source: phoneNumber, destination: phoneNumber, text: spoken, promptMessage: spoken }),
  )
  .map(([wild, sound]) => ({ ...sound, voiceProfile, fileUrl: 'http://files.example/a.mp3', ...wild }));

/** The body that a list of actions becomes; throws where the list is refused. */
function bodyOf(actions: readonly unknown[], context: CallflowContext) {
  return context === 'vca'
    ? toCallActionAnswer(callWith(vcaCallflow, actions), 'plus')
    : toSendCallflowRequest(callWith(outboundCallflow, actions), 'plus');
}

/** The same body put together action by action, so that no rule about their order has been applied to it. */
function uncheckedBodyOf(actions: readonly CallAction[]) {
  return { callflow: actions.flatMap((single) => bodyOf([single], 'vca').callflow) };
}

function isAccepted(build: () => unknown): boolean {
  try {
    build();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidCallflowError);
    return false;
  }
}

describe('a callflow', () => {
  test.each<CallflowContext>(['vca', 'outbound'])(
    'is accepted for %s exactly if the platform has nothing to say against it',
    (context) => {
      fc.assert(
        fc.property(fc.array(action, { maxLength: 5 }), (actions) => {
          const accepted = isAccepted(() => bodyOf(actions, context));

          expect(accepted).toBe(faultsOf(uncheckedBodyOf(actions), context).length === 0);
        }),
        { numRuns: 1000 },
      );
    },
  );

  test.each<CallflowContext>(['vca', 'outbound'])(
    'is for %s exactly what its actions are, in order',
    (context) => {
      const opening = context === 'vca' ? [] : [connect];
      fc.assert(
        fc.property(fc.array(action, { minLength: 1, maxLength: 3 }), (actions) => {
          const sequence = [...opening, ...actions];
          fc.pre(isAccepted(() => bodyOf(sequence, context)));

          expect(bodyOf(sequence, context)).toEqual(uncheckedBodyOf(sequence));
        }),
      );
    },
  );

  test('holds, whatever its builders were given, only what the platform takes', () => {
    const builders = fc.constantFrom<(...args: never[]) => CallAction>(
      makeCall,
      say,
      sayAndCapture,
      playFile,
    );
    fc.assert(
      fc.property(builders, wildParameters, (build, parameters) => {
        const faults = isAccepted(() => callWith(build, parameters))
          ? faultsOf(bodyOf([callWith(build, parameters)], 'vca'), 'vca')
          : [];

        expect(faults).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });

  test('says where a refused value stands, and never the value', () => {
    const builders = fc.constantFrom<(...args: never[]) => CallAction>(
      makeCall,
      say,
      sayAndCapture,
      playFile,
    );
    const number = fc.constantFrom<unknown>('+6591110042', 6591110042, ['6591110042']);
    fc.assert(
      fc.property(
        builders,
        fc.constantFrom(...parameterNames),
        number,
        wildParameters,
        (build, name, value, rest) => {
          const parameters = { ...rest, [name]: value };
          fc.pre(!isAccepted(() => callWith(build, parameters)));

          const refusal = refusalOf(() => callWith(build, parameters));

          expect(refusal.path).toMatch(/^(makeCall|say|sayAndCapture|playFile)\.[a-zA-Z]+$/);
          expect(refusal.message).toBe(
            `Invalid callflow: ${refusal.path} ${refusal.problem}. Allowed: ${refusal.allowed}.`,
          );
          expect(refusal.message).not.toContain('6591110042');
        },
      ),
    );
  });

  test('cannot be changed once it is made', () => {
    const actions: [typeof goodbye, ReturnType<typeof hangup>] = [goodbye, hangup()];
    const callflow = vcaCallflow(actions);

    actions.reverse();

    expect(callflow.actions.map(({ action: name }) => name)).toEqual(['say', 'hangup']);
    expect(() => Object.assign(goodbye, { speed: 9 })).toThrow(TypeError);
    expect(() => Object.assign(callflow.actions, { 0: goodbye })).toThrow(TypeError);
  });

  test('takes only actions that a builder made', () => {
    const forged = { action: 'say', text: 'x', voiceProfile, repetition: 9, speed: 1 };

    expect(refusalOf(() => callWith(vcaCallflow, [goodbye, forged])).path).toBe('callflow[1]');
    expect(refusalOf(() => callWith(vcaCallflow, [{ ...goodbye }])).path).toBe('callflow[0]');
    expect(refusalOf(() => callWith(vcaCallflow, [null])).path).toBe('callflow[0]');
    expect(refusalOf(() => callWith(vcaCallflow, 'hangup')).path).toBe('callflow');
  });
});

describe('sayAndCapture', () => {
  test('fills in every value for which the documents know two defaults', () => {
    expect(askPin).toMatchObject({
      speed: 1,
      completeOnHash: true,
      minDigits: 1,
      maxDigits: 25,
      digitTimeoutMs: 5000,
      overallTimeoutMs: 30_000,
      noOfTries: 3,
    });
  });

  test('waits for a digit at most half of the time for all of them, unless told otherwise', () => {
    const hurried = sayAndCapture({ promptMessage: 'Quick!', voiceProfile, overallTimeoutMs: 3001 });

    expect(hurried.digitTimeoutMs).toBe(1500);
  });
});

test('every kind of action may open an answer', () => {
  const openings = [[goodbye], [jingle], [askPin], [connect], [hangup()]];

  expect(openings.map((actions) => faultsOf(bodyOf(actions, 'vca'), 'vca'))).toEqual(openings.map(() => []));
});

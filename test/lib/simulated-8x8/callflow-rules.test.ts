import { describe, expect, test } from 'vitest';
import {
  type CallflowContext,
  CallflowViolation,
  checkCallflow,
} from '../../../lib/simulated-8x8/callflow-rules.ts';
import {
  capture,
  DRIVER,
  hangup,
  makeCall,
  say,
  VIRTUAL_NUMBER,
  VOICE,
} from '../../support/simulated-8x8/playground.ts';

const answer: CallflowContext = { usage: 'answer', legsInUse: 1, mayBeEmpty: false };
const request: CallflowContext = {
  usage: 'request',
  hasCallActionWebhook: true,
  isVoiceProfile: (code) => code === VOICE,
  isOwnNumber: (e164) => e164 === VIRTUAL_NUMBER,
};

function violationOf(
  callflow: unknown,
  context: CallflowContext,
): { code: number; path: string } | undefined {
  try {
    checkCallflow(callflow, context);
    return undefined;
  } catch (error) {
    if (error instanceof CallflowViolation) return { code: error.code, path: error.path };
    throw error;
  }
}

describe('a callflow in the answer to a call action', () => {
  test.each([
    ['puts the caller through', [makeCall()]],
    [
      'puts the caller through with the numbers written without plus',
      [makeCall({ source: '6531290001', destination: '6591110002' })],
    ],
    ['announces the recording first', [say('This call is recorded.'), makeCall({ callRecording: true })]],
    ['refuses politely', [say('This number cannot be reached.', { repetition: 2, speed: 0.5 }), hangup]],
    ['says the longest text', [say('a'.repeat(3000))]],
    ['hangs up', [hangup]],
    ['hangs up with empty parameters', [{ action: 'hangup', params: {} }]],
    [
      'plays a file',
      [{ action: 'playFile', params: { fileUrl: 'https://files.example/busy.mp3', repetition: 3 } }],
    ],
    [
      'plays a file without extension',
      [{ action: 'playFile', params: { fileUrl: 'http://files.example/audio/17' } }],
    ],
    ['asks for a code', [capture()]],
    [
      'asks for a code with nulls for what is optional',
      [
        capture({
          successMessage: null,
          failureMessage: null,
          completeOnHash: null,
          minDigits: null,
          maxDigits: null,
          digitTimeout: null,
          overallTimeout: null,
          noOfTries: null,
        }),
      ],
    ],
    ['asks for a code twice over', [say('Welcome.'), capture({ repetition: 2, speed: 2 })]],
  ])('may be one that %s', (_, callflow) => {
    expect(violationOf(callflow, answer)).toBeUndefined();
  });

  test('keeps the parameters as they were given', () => {
    expect(checkCallflow([makeCall({ callRecording: true })], answer)).toEqual([
      { action: 'makeCall', params: { source: VIRTUAL_NUMBER, destination: DRIVER, callRecording: true } },
    ]);
  });

  test.each([
    ['is no list', {}, -1009, '$.callflow'],
    ['is empty', [], -1009, '$.callflow'],
    ['holds something else than an object', ['hangup'], -1009, '$.callflow[0]'],
    ['names an unknown action', [{ action: 'dial' }], -1007, '$.callflow[0].action'],
    ['spells an action differently', [hangup, { action: 'MakeCall' }], -1007, '$.callflow[1].action'],
    ['spells capture as older pages do', [{ action: 'say&capture' }], -1007, '$.callflow[0].action'],
    ['has a field beside action and params', [{ ...makeCall(), id: 1 }], -1009, '$.callflow[0].id'],
    [
      'lacks a parameter',
      [{ action: 'makeCall', params: { source: VIRTUAL_NUMBER } }],
      -1009,
      '$.callflow[0].params.destination',
    ],
    ['lacks all parameters', [{ action: 'say' }], -1009, '$.callflow[0].params.text'],
    ['has an unknown parameter', [makeCall({ timeout: 30 })], -1009, '$.callflow[0].params.timeout'],
    [
      'has a recording flag that is no boolean',
      [makeCall({ callRecording: 'true' })],
      -1009,
      '$.callflow[0].params.callRecording',
    ],
    [
      'gives hangup parameters',
      [{ action: 'hangup', params: { reason: 'busy' } }],
      -1009,
      '$.callflow[0].params.reason',
    ],
    ['says nothing', [say('')], -1009, '$.callflow[0].params.text'],
    ['says too much', [say('a'.repeat(3001))], -1009, '$.callflow[0].params.text'],
    ['repeats too often', [say('Hello.', { repetition: 4 })], -1009, '$.callflow[0].params.repetition'],
    ['speaks too fast', [say('Hello.', { speed: 2.1 })], -1009, '$.callflow[0].params.speed'],
    [
      'chooses a language beside the voice',
      [say('Hello.', { language: 'en' })],
      -1002,
      '$.callflow[0].params.language',
    ],
    ['says control characters', [say('Hello\u0007')], -1016, '$.callflow[0].params.text'],
    ['says markup', [say('<break/>Hello')], -1016, '$.callflow[0].params.text'],
    [
      'prompts with markup',
      [capture({ failureMessage: '<p>' })],
      -1016,
      '$.callflow[0].params.failureMessage',
    ],
    [
      'plays a file of another type',
      [{ action: 'playFile', params: { fileUrl: 'https://files.example/a.ogg' } }],
      -1009,
      '$.callflow[0].params.fileUrl',
    ],
    [
      'plays a file by another protocol',
      [{ action: 'playFile', params: { fileUrl: 'ftp://files.example/a.mp3' } }],
      -1009,
      '$.callflow[0].params.fileUrl',
    ],
    [
      'plays no URL',
      [{ action: 'playFile', params: { fileUrl: 'busy.mp3' } }],
      -1009,
      '$.callflow[0].params.fileUrl',
    ],
    ['calls no number', [makeCall({ destination: 'driver' })], -1017, '$.callflow[0].params.destination'],
    [
      'calls several numbers in a list',
      [makeCall({ destination: [DRIVER, DRIVER] })],
      -1011,
      '$.callflow[0].params.destination',
    ],
    [
      'calls several numbers in a text',
      [makeCall({ destination: `${DRIVER},${DRIVER}` })],
      -1011,
      '$.callflow[0].params.destination',
    ],
    ['makes a third leg', [makeCall(), makeCall()], -1010, '$.callflow'],
    ['goes on after makeCall', [makeCall(), hangup], -1009, '$.callflow[1]'],
    ['goes on after hangup', [hangup, say('Hello.')], -1012, '$.callflow[0]'],
    ['hangs up right after a capture', [capture(), hangup], -1012, '$.callflow[1]'],
    ['goes on after a capture', [capture(), say('Hello.')], -1009, '$.callflow[1]'],
    [
      'gives minDigits without maxDigits',
      [capture({ completeOnHash: true, maxDigits: null })],
      -1003,
      '$.callflow[0].params.minDigits',
    ],
    [
      'gives a maxDigits below minDigits',
      [capture({ maxDigits: 3 })],
      -1003,
      '$.callflow[0].params.minDigits',
    ],
    [
      'ends on the last digit but does not say which that is',
      [capture({ minDigits: null, maxDigits: null })],
      -1008,
      '$.callflow[0].params.maxDigits',
    ],
    [
      'ends on a digit beyond the twenty-fifth',
      [capture({ minDigits: null, maxDigits: 26 })],
      -1008,
      '$.callflow[0].params.maxDigits',
    ],
    [
      'takes more than twenty-five digits',
      [capture({ completeOnHash: true, minDigits: null, maxDigits: 26 })],
      -1009,
      '$.callflow[0].params.maxDigits',
    ],
    [
      'gives digitTimeout without overallTimeout',
      [capture({ overallTimeout: null })],
      -1005,
      '$.callflow[0].params.digitTimeout',
    ],
    [
      'gives two equal timeouts',
      [capture({ digitTimeout: 10_000, overallTimeout: 10_000 })],
      -1006,
      '$.callflow[0].params.overallTimeout',
    ],
    ['gives a timeout of zero', [capture({ digitTimeout: 0 })], -1009, '$.callflow[0].params.digitTimeout'],
    ['mixes a scenario with other actions', [{ action: 'executeScenario' }, hangup], -1018, '$.callflow[0]'],
    [
      'names no scenario',
      [{ action: 'executeScenario', params: { scenarioName: '' } }],
      -1019,
      '$.callflow[0].params.scenarioName',
    ],
    [
      'names an unknown scenario',
      [{ action: 'executeScenario', params: { scenarioName: 'night' } }],
      -1020,
      '$.callflow[0].params.scenarioName',
    ],
  ])('is refused when it %s', (_, callflow, code, path) => {
    expect(violationOf(callflow, answer)).toEqual({ code, path });
  });

  test('may have no action once the bridged call is over', () => {
    expect(violationOf([], { ...answer, mayBeEmpty: true })).toBeUndefined();
  });

  test('makes no leg beside the two that there are', () => {
    expect(violationOf([makeCall()], { ...answer, legsInUse: 2 })).toEqual({
      code: -1010,
      path: '$.callflow',
    });
  });

  test('may name any caller ID and voice: the session fails when it comes to them', () => {
    expect(
      violationOf([say('Hello.', { voiceProfile: 'nobody' }), makeCall({ source: '+6599999999' })], answer),
    ).toBeUndefined();
  });
});

describe('a callflow that is sent', () => {
  test.each([
    ['rings one party and speaks', [makeCall(), say('Your driver has arrived.'), hangup]],
    ['rings one party, then the other', [makeCall(), makeCall()]],
    ['rings one party and asks', [makeCall(), capture()]],
  ])('may be one that %s', (_, callflow) => {
    expect(violationOf(callflow, request)).toBeUndefined();
  });

  test.each([
    ['is empty', [], -1013, '$.callflow[0].action'],
    ['begins with something else than makeCall', [say('Hello.'), makeCall()], -1013, '$.callflow[0].action'],
    ['rings three parties', [makeCall(), makeCall(), makeCall()], -1010, '$.callflow'],
    [
      'asks for a recording',
      [makeCall({ callRecording: true })],
      -1009,
      '$.callflow[0].params.callRecording',
    ],
    ['shows a foreign number', [makeCall({ source: '+6599999999' })], -1014, '$.callflow[0].params.source'],
    ['shows no number', [makeCall({ source: 'taxi' })], -1014, '$.callflow[0].params.source'],
    [
      'speaks with an unknown voice',
      [makeCall(), say('Hello.', { voiceProfile: 'nobody' })],
      -1002,
      '$.callflow[1].params.voiceProfile',
    ],
    [
      'asks with an unknown voice',
      [makeCall(), capture({ voiceProfile: 'nobody' })],
      -1002,
      '$.callflow[1].params.voiceProfile',
    ],
  ])('is refused when it %s', (_, callflow, code, path) => {
    expect(violationOf(callflow, request)).toEqual({ code, path });
  });

  test('cannot ask for digits when there is no webhook to get them', () => {
    expect(violationOf([makeCall(), capture()], { ...request, hasCallActionWebhook: false })).toEqual({
      code: -1004,
      path: '$.callflow[1]',
    });
  });
});

import { describe, expect, test } from 'vitest';
import {
  hangup,
  makeCall,
  outboundCallflow,
  playFile,
  say,
  sayAndCapture,
  vcaCallflow,
} from '../../../../functions/shared/domain/callflow.ts';
import { PhoneNumber } from '../../../../functions/shared/domain/phone-number.ts';
import { callWith, refusalOf } from './refusal.ts';

const caller = PhoneNumber.from('+6591110001');
const callee = PhoneNumber.from('+6591110002');
const virtualNumber = PhoneNumber.from('+6531290001');
const voiceProfile = 'en-US-BenjaminRUS';
const goodbye = say({ text: 'Goodbye.', voiceProfile });
const connect = makeCall({ source: virtualNumber, destination: callee });
const askPin = sayAndCapture({ promptMessage: 'Your PIN, please.', voiceProfile });

describe('a refusal names its place', () => {
  const speech = { text: 'Hello.', voiceProfile };
  const capture = { promptMessage: 'Your PIN, please.', voiceProfile };

  test.each<[string, () => unknown]>([
    ['makeCall.source', () => callWith(makeCall, { source: '+6531290001', destination: callee })],
    ['makeCall.destination', () => callWith(makeCall, { source: virtualNumber })],
    [
      'makeCall.callRecording',
      () => callWith(makeCall, { source: virtualNumber, destination: callee, callRecording: 'yes' }),
    ],
    ['say.text', () => say({ ...speech, text: '' })],
    ['say.text', () => say({ ...speech, text: ' \n' })],
    ['say.text', () => say({ ...speech, text: 'x'.repeat(3001) })],
    ['say.text', () => say({ ...speech, text: 'bell \u0007' })],
    ['say.text', () => say({ ...speech, text: 'half \ud83d' })],
    ['say.voiceProfile', () => callWith(say, { text: 'Hello.' })],
    ['say.voiceProfile', () => say({ ...speech, voiceProfile: 'English voice' })],
    ['say.repetition', () => callWith(say, { ...speech, repetition: 0 })],
    ['say.repetition', () => callWith(say, { ...speech, repetition: 4 })],
    ['say.speed', () => say({ ...speech, speed: 0.49 })],
    ['say.speed', () => say({ ...speech, speed: 2.01 })],
    ['say.speed', () => say({ ...speech, speed: Number.NaN })],
    ['sayAndCapture.promptMessage', () => sayAndCapture({ ...capture, promptMessage: 'x'.repeat(3001) })],
    ['sayAndCapture.successMessage', () => sayAndCapture({ ...capture, successMessage: '' })],
    ['sayAndCapture.failureMessage', () => sayAndCapture({ ...capture, failureMessage: 'x'.repeat(3001) })],
    ['sayAndCapture.voiceProfile', () => sayAndCapture({ ...capture, voiceProfile: '' })],
    ['sayAndCapture.speed', () => sayAndCapture({ ...capture, speed: 3 })],
    ['sayAndCapture.noOfTries', () => sayAndCapture({ ...capture, noOfTries: 0 })],
    ['sayAndCapture.completeOnHash', () => callWith(sayAndCapture, { ...capture, completeOnHash: 'no' })],
    ['sayAndCapture.maxDigits', () => sayAndCapture({ ...capture, maxDigits: 26 })],
    ['sayAndCapture.maxDigits', () => sayAndCapture({ ...capture, maxDigits: 0 })],
    ['sayAndCapture.minDigits', () => sayAndCapture({ ...capture, minDigits: 5, maxDigits: 4 })],
    ['sayAndCapture.minDigits', () => sayAndCapture({ ...capture, minDigits: 0, maxDigits: 4 })],
    ['sayAndCapture.overallTimeoutMs', () => sayAndCapture({ ...capture, overallTimeoutMs: 1 })],
    ['sayAndCapture.overallTimeoutMs', () => sayAndCapture({ ...capture, overallTimeoutMs: 1000.5 })],
    [
      'sayAndCapture.digitTimeoutMs',
      () => sayAndCapture({ ...capture, overallTimeoutMs: 10_000, digitTimeoutMs: 10_000 }),
    ],
    [
      'sayAndCapture.digitTimeoutMs',
      () => sayAndCapture({ ...capture, overallTimeoutMs: 10_000, digitTimeoutMs: 0 }),
    ],
    ['playFile.fileUrl', () => playFile({ fileUrl: 'ftp://files.example/a.mp3' })],
    ['playFile.fileUrl', () => playFile({ fileUrl: 'https://files.example/a.ogg' })],
    ['playFile.fileUrl', () => playFile({ fileUrl: 'https://files.example/a?b=c.mp3' })],
    ['playFile.fileUrl', () => playFile({ fileUrl: ' https://files.example/a.mp3' })],
    ['playFile.fileUrl', () => playFile({ fileUrl: '/a.mp3' })],
    [
      'playFile.repetition',
      () => callWith(playFile, { fileUrl: 'https://files.example/a.mp3', repetition: 1.5 }),
    ],
    ['clientActionId', () => vcaCallflow([goodbye], { clientActionId: '' })],
    ['validUntilMs', () => outboundCallflow([connect], { validUntilMs: -1 })],
    ['validUntilMs', () => outboundCallflow([connect], { validUntilMs: Date.UTC(10000, 0) })],
  ])('%s', (path, build) => {
    expect(refusalOf(build).path).toBe(path);
  });

  test.each<[string, () => unknown]>([
    // @ts-expect-error an entry that `#` does not end needs a greatest number of digits
    ['sayAndCapture.maxDigits', () => sayAndCapture({ ...capture, completeOnHash: false })],
    // @ts-expect-error a least number of digits needs a greatest
    ['sayAndCapture.maxDigits', () => sayAndCapture({ ...capture, minDigits: 2 })],
    // @ts-expect-error a timeout between digits needs one for all of them
    ['sayAndCapture.overallTimeoutMs', () => sayAndCapture({ ...capture, digitTimeoutMs: 3000 })],
    // @ts-expect-error an answer does something
    ['callflow', () => vcaCallflow([])],
    // @ts-expect-error one bridge only
    ['callflow[0]', () => vcaCallflow([connect, connect])],
    // @ts-expect-error nothing follows the bridge
    ['callflow[0]', () => vcaCallflow([connect, goodbye])],
    // @ts-expect-error nothing follows a hang-up
    ['callflow[0]', () => vcaCallflow([hangup(), goodbye])],
    // @ts-expect-error the digits come after the capture, so the line must stay open
    ['callflow[1]', () => vcaCallflow([askPin, hangup()])],
    // @ts-expect-error somebody must be dialled first
    ['callflow[0]', () => outboundCallflow([goodbye, connect])],
    // @ts-expect-error the second call is the bridge
    ['callflow[1]', () => outboundCallflow([connect, connect, goodbye])],
    // @ts-expect-error no conference of three
    ['callflow[1]', () => outboundCallflow([connect, connect, connect])],
    [
      'callflow[0].callRecording',
      // @ts-expect-error recording is for answers only
      () => outboundCallflow([makeCall({ source: caller, destination: callee, callRecording: false })]),
    ],
  ])('%s, and the compiler refuses it too', (path, build) => {
    expect(refusalOf(build).path).toBe(path);
  });
});

import { describe, expect, test } from 'vitest';
import {
  toCallActionAnswer,
  toSendCallflowRequest,
} from '../../../../../../functions/shared/adapters/eight-by-eight/webhooks/callflow-json.ts';
import {
  hangup,
  makeCall,
  outboundCallflow,
  playFile,
  say,
  sayAndCapture,
  vcaCallflow,
} from '../../../../../../functions/shared/domain/callflow.ts';
import { PhoneNumber } from '../../../../../../functions/shared/domain/phone-number.ts';
import { faultsOf } from './callflow-rules.ts';

const caller = PhoneNumber.from('+6591110001');
const callee = PhoneNumber.from('+6591110002');
const virtualNumber = PhoneNumber.from('+6531290001');
const voiceProfile = 'en-GB-Emma';
const connect = makeCall({ source: virtualNumber, destination: callee });

/** What the platform receives: the text that leaves, read again. */
function received(json: object): unknown {
  return JSON.parse(JSON.stringify(json));
}

describe('the answer to a call action', () => {
  test('connects the caller with the other party', () => {
    const answer = received(toCallActionAnswer(vcaCallflow([connect]), 'plus'));

    expect(answer).toEqual({
      callflow: [{ action: 'makeCall', params: { source: '+6531290001', destination: '+6591110002' } }],
    });
    expect(faultsOf(answer, 'vca')).toEqual([]);
  });

  test('writes numbers as bare digits for an account that wants them so', () => {
    const answer = received(toCallActionAnswer(vcaCallflow([connect]), 'digits'));

    expect(answer).toEqual({
      callflow: [{ action: 'makeCall', params: { source: '6531290001', destination: '6591110002' } }],
    });
  });

  test.each([true, false])('says whether to record when it was told: %s', (callRecording) => {
    const call = makeCall({ source: virtualNumber, destination: callee, callRecording });

    expect(
      received(toCallActionAnswer(vcaCallflow([call], { clientActionId: 'ride-1042' }), 'plus')),
    ).toEqual({
      clientActionId: 'ride-1042',
      callflow: [
        { action: 'makeCall', params: { source: '+6531290001', destination: '+6591110002', callRecording } },
      ],
    });
  });

  test('speaks and hangs up, with every value in it', () => {
    const apology = say({ text: 'This number cannot be reached. Goodbye.', voiceProfile, speed: 0.9 });

    expect(received(toCallActionAnswer(vcaCallflow([apology, hangup()]), 'plus'))).toEqual({
      callflow: [
        {
          action: 'say',
          params: {
            text: 'This number cannot be reached. Goodbye.',
            voiceProfile,
            repetition: 1,
            speed: 0.9,
          },
        },
        { action: 'hangup' },
      ],
    });
  });

  test('asks for digits with every value in it and milliseconds under the names of the platform', () => {
    const askPin = sayAndCapture({
      promptMessage: 'Please enter your trip code.',
      successMessage: 'Thank you.',
      failureMessage: 'That is not a trip code.',
      voiceProfile,
      completeOnHash: false,
      minDigits: 4,
      maxDigits: 4,
      digitTimeoutMs: 4000,
      overallTimeoutMs: 15_000,
      noOfTries: 2,
    });
    const music = playFile({ fileUrl: 'https://media.harbourcab.example/welcome.wav', repetition: 2 });

    const answer = received(toCallActionAnswer(vcaCallflow([music, askPin]), 'plus'));

    expect(answer).toEqual({
      callflow: [
        {
          action: 'playFile',
          params: { fileUrl: 'https://media.harbourcab.example/welcome.wav', repetition: 2 },
        },
        {
          action: 'sayAndCapture',
          params: {
            promptMessage: 'Please enter your trip code.',
            successMessage: 'Thank you.',
            failureMessage: 'That is not a trip code.',
            voiceProfile,
            speed: 1,
            completeOnHash: false,
            minDigits: 4,
            maxDigits: 4,
            digitTimeout: 4000,
            overallTimeout: 15_000,
            noOfTries: 2,
          },
        },
      ],
    });
    expect(faultsOf(answer, 'vca')).toEqual([]);
  });
});

describe('the Send Callflow request', () => {
  test('rings one party, tells it what happens, and bridges it with the other', () => {
    const ringFirst = makeCall({ source: virtualNumber, destination: caller });
    const notice = say({ text: 'Connecting you now.', voiceProfile });
    const callflow = outboundCallflow([ringFirst, notice, connect], {
      validUntilMs: Date.UTC(2026, 2, 14, 9, 0, 0, 5),
    });

    const request = received(toSendCallflowRequest(callflow, 'plus'));

    expect(request).toEqual({
      validUntil: '2026-03-14T09:00:00.005Z',
      callflow: [
        { action: 'makeCall', params: { source: '+6531290001', destination: '+6591110001' } },
        { action: 'say', params: { text: 'Connecting you now.', voiceProfile, repetition: 1, speed: 1 } },
        { action: 'makeCall', params: { source: '+6531290001', destination: '+6591110002' } },
      ],
    });
    expect(faultsOf(request, 'outbound')).toEqual([]);
  });

  test('stays valid for ever when no end is given', () => {
    expect(received(toSendCallflowRequest(outboundCallflow([connect, hangup()]), 'digits'))).toEqual({
      callflow: [
        { action: 'makeCall', params: { source: '6531290001', destination: '6591110002' } },
        { action: 'hangup' },
      ],
    });
  });
});

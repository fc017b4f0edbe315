import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CaptureSettings, listen } from '../../../../lib/simulated-8x8/call-engine/capture.ts';
import {
  capture,
  DRIVER,
  hangup,
  makeCall,
  type Playground,
  say,
  startPlayground,
} from '../../../support/simulated-8x8/playground.ts';
import { field } from '../../../support/simulated-8x8/read-event.ts';

const settings: CaptureSettings = {
  minDigits: 2,
  maxDigits: 4,
  digitTimeoutMs: 4_000,
  overallTimeoutMs: 15_000,
  completeOnHash: true,
  tries: 1,
};
const keyed = (keys: string, firstAfterMs = 1_000, gapMs = 300) => ({ keys, firstAfterMs, gapMs });

describe('listening', () => {
  test.each([
    ['ends at the hash', {}, keyed('123#456'), { digits: '123', tookMs: 1_900 }],
    [
      'takes the hash for a digit when the capture does not end on it',
      { completeOnHash: false },
      keyed('12#4'),
      { digits: '12#4', tookMs: 1_900 },
    ],
    [
      'ends at the last digit when it does not end on the hash',
      { completeOnHash: false },
      keyed('123456'),
      { digits: '1234', tookMs: 1_900 },
    ],
    [
      'waits out the digit timeout when nothing ends the input',
      {},
      keyed('123'),
      { digits: '123', tookMs: 5_600 },
    ],
    [
      'ends at a pause longer than the digit timeout',
      {},
      keyed('123', 1_000, 5_000),
      { digits: undefined, tookMs: 5_000 },
    ],
    ['fails below the least digits', {}, keyed('1#'), { digits: undefined, tookMs: 1_300 }],
    ['fails above the most digits', {}, keyed('12345#'), { digits: undefined, tookMs: 2_500 }],
    ['fails when nothing is keyed in', {}, keyed(''), { digits: undefined, tookMs: 15_000 }],
    ['fails when there is nobody', {}, undefined, { digits: undefined, tookMs: 15_000 }],
    [
      'fails when the first key comes too late',
      {},
      keyed('1234#', 15_000),
      { digits: undefined, tookMs: 15_000 },
    ],
    [
      'fails when the overall time runs out between keys',
      { digitTimeoutMs: 9_000 },
      keyed('1234#', 1_000, 8_000),
      { digits: undefined, tookMs: 15_000 },
    ],
    [
      'fails when it waits for a hash without a digit timeout',
      { digitTimeoutMs: Number.POSITIVE_INFINITY },
      keyed('1234'),
      { digits: undefined, tookMs: 15_000 },
    ],
  ])('%s', (_, change, entry, expected) => {
    expect(listen({ ...settings, ...change }, entry)).toEqual(expected);
  });
});

let playground: Playground;
beforeAll(async () => {
  playground = await startPlayground();
});
afterAll(() => playground.stop());
beforeEach(() => playground.startOver());

const PROMPT = 'Please enter your code.';

describe('sayAndCapture', () => {
  test('brings the digits with the next call action request, and echoes clientActionId', async () => {
    playground.answerInTurn(
      { body: { clientActionId: 'pin-entry', callflow: [capture()] } },
      { body: { callflow: [makeCall()] } },
    );

    const report = await playground.call({ dtmf: ['4711'] });

    const [first, second] = playground.endpoint.of('VCA');
    expect(first?.payload).not.toHaveProperty('clientActionId');
    expect(second?.payload).toMatchObject({
      callStatus: 'ACTION_COMPLETED',
      callDirection: 'INBOUND',
      callId: first?.payload.callId,
      sessionId: first?.payload.sessionId,
      eventData: { dtmf: '4711' },
      clientActionId: 'pin-entry',
    });
    expect(second?.payload.eventId).not.toBe(first?.payload.eventId);
    expect(report).toMatchObject({ connectedTo: DRIVER, heard: [PROMPT, 'Thank you.'] });
  });

  test('does not echo the clientActionId of an answer before the last', async () => {
    playground.answerInTurn(
      { body: { clientActionId: 'first', callflow: [capture()] } },
      { body: { callflow: [capture()] } },
      { body: { callflow: [hangup] } },
    );

    await playground.call({ dtmf: ['4711', '0815'] });

    expect(playground.endpoint.of('VCA').map(({ payload }) => payload.clientActionId)).toEqual([
      undefined,
      'first',
      undefined,
    ]);
  });

  test('takes the entries one per prompt', async () => {
    playground.answerInTurn(
      { body: { callflow: [capture({ maxDigits: 1, minDigits: 1 })] } },
      { body: { callflow: [capture()] } },
      { body: { callflow: [hangup] } },
    );

    await playground.call({ dtmf: ['1', '4711'] });

    expect(playground.endpoint.of('VCA').map(({ payload }) => field(payload, 'eventData.dtmf'))).toEqual([
      undefined,
      '1',
      '4711',
    ]);
  });

  test('tries again after a wrong entry and says so', async () => {
    playground.answerInTurn({ body: { callflow: [capture()] } }, { body: { callflow: [hangup] } });

    const report = await playground.call({ dtmf: ['12', '4711'] });

    expect(report.heard).toEqual([PROMPT, 'That is not valid.', PROMPT, 'Thank you.']);
    expect(field(playground.endpoint.of('VCA')[1]?.payload, 'eventData.dtmf')).toBe('4711');
  });

  test.each([
    ['silence', []],
    ['silence, said so', [null, '']],
    ['too few digits', ['1', '2']],
  ])('brings null after the last try: %s', async (_, dtmf) => {
    playground.answerInTurn(
      { body: { callflow: [capture()] } },
      { body: { callflow: [say('Goodbye.'), hangup] } },
    );

    const report = await playground.call({ dtmf });

    expect(report.heard).toEqual([PROMPT, 'That is not valid.', PROMPT, 'That is not valid.', 'Goodbye.']);
    expect(field(playground.endpoint.of('VCA')[1]?.payload, 'eventData.dtmf')).toBeNull();
    expect(report.status).toBe('COMPLETED');
  });

  test('keys in as slowly as the entry says', async () => {
    playground.answerInTurn(
      { body: { callflow: [capture({ noOfTries: 1 })] } },
      { body: { callflow: [hangup] } },
    );

    await playground.call({ dtmf: [{ keys: '4711', gapMs: 4_500 }] });

    expect(field(playground.endpoint.of('VCA')[1]?.payload, 'eventData.dtmf')).toBeNull();
  });

  test('asks nothing more of a caller who hung up', async () => {
    playground.answerWith(capture());

    const report = await playground.call({ hangUpAfterSeconds: 10 });

    expect(playground.endpoint.of('VCA')).toHaveLength(1);
    expect(report).toMatchObject({ status: 'COMPLETED', lastAction: 'HANGUP' });
    expect(report.legs).toHaveLength(1);
  });

  test('ends with the patience of the caller when the menu repeats itself for ever', async () => {
    playground.answerWith(capture({ noOfTries: 1 }));

    const report = await playground.call();

    expect(report).toMatchObject({ status: 'COMPLETED', lastAction: 'HANGUP' });
    expect(playground.endpoint.of('VCA')).toHaveLength(50);
  });

  test.each([
    ['guide', 3],
    ['openapi', 1],
  ])('fills in what is left out as the %s says', async (captureDefaults, tries) => {
    const params = { promptMessage: PROMPT, voiceProfile: 'en-GB-Emma' };
    playground.answerInTurn(
      { body: { callflow: [{ action: 'sayAndCapture', params }] } },
      { body: { callflow: [hangup] } },
    );

    const report = await playground.call({ variations: { captureDefaults } });

    expect(report.heard).toEqual(Array.from({ length: tries }, () => PROMPT));
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  DRIVER,
  hangup,
  makeCall,
  type Playground,
  RIDER,
  say,
  startPlayground,
  VIRTUAL_NUMBER,
} from '../../../support/simulated-8x8/playground.ts';
import { field, objectAt } from '../../../support/simulated-8x8/read-event.ts';

let playground: Playground;
beforeAll(async () => {
  playground = await startPlayground();
});
afterAll(() => playground.stop());
beforeEach(() => playground.startOver());

/** Statuses in the session summary: callA, callB (undefined without one), session. */
function _summary() {
  const [{ body } = {}] = playground.endpoint.of('VSS');
  return [
    field(body, 'payload.details.callA.callStatus'),
    field(body, 'payload.details.callB.callStatus'),
    field(body, 'payload.sessionStatus'),
  ];
}

describe('session errors', () => {
  test.each([
    [
      '-2005 for a voice that the account does not have',
      [say('Hello.', { voiceProfile: 'nobody' })],
      {},
      -2005,
    ],
    ['-2008 for a caller ID of somebody else', [makeCall({ source: '+6599999999' })], {}, -2008],
    [
      '-2006 for a file that cannot be had',
      [{ action: 'playFile', params: { fileUrl: 'https://files.example/a.mp3' } }],
      { failedDownloads: ['https://files.example/a.mp3'] },
      -2006,
    ],
    [
      '-2006 when every download fails',
      [{ action: 'playFile', params: { fileUrl: 'https://files.example/a.mp3' } }],
      { failedDownloads: ['*'] },
      -2006,
    ],
    ['-2009 for a scenario', [{ action: 'executeScenario', params: { scenarioName: 'night' } }], {}, -2009],
    ['-2003 for a third leg', [makeCall(), makeCall()], {}, -2003],
  ])('are %s', async (_, callflow, request, code) => {
    playground.answerWith(...callflow);

    const report = await playground.call(request);

    expect(report.status).toBe('ERROR');
    expect(report.error?.code).toBe(code);
    expect(field(playground.endpoint.of('VSS')[0]?.body, 'payload.errorDetails.errorCode')).toBe(code);
  });

  test.each([-2001, -2002, -2004, -2007, -2008, -2010, -9999])(
    'can be asked for: %s',
    async (platformError) => {
      playground.answerWith(makeCall());

      const report = await playground.call({ platformError });

      expect(report.error?.code).toBe(platformError);
      expect(report.connectedTo).toBeNull();
    },
  );

  test.each([
    [-2005, say('Hello.')],
    [-2006, { action: 'playFile', params: { fileUrl: 'https://files.example/a.mp3' } }],
  ])('can be asked for where something is played: %s', async (platformError, action) => {
    playground.answerWith(action);

    const report = await playground.call({ platformError });

    expect(report.error?.code).toBe(platformError);
    expect(report.heard).toEqual([]);
  });
});

describe('what the caller hears', () => {
  test('is every text and file in order', async () => {
    playground.answerWith(
      say('One.'),
      { action: 'playFile', params: { fileUrl: 'https://files.example/two.mp3' } },
      say('Three.', { repetition: 3 }),
      hangup,
    );

    const report = await playground.call();

    expect(report.heard).toEqual(['One.', 'https://files.example/two.mp3', 'Three.']);
    expect(report.timeline.filter(({ what }) => what === 'heard').map(({ atSeconds }) => atSeconds)).toEqual([
      2, 3, 13,
    ]);
  });

  test('stops when the caller hangs up', async () => {
    playground.answerWith(say('A long story. '.repeat(20)), say('Never heard.'), hangup);

    const report = await playground.call({ hangUpAfterSeconds: 5 });

    expect(report.heard).toHaveLength(1);
    expect(report).toMatchObject({ status: 'COMPLETED', lastAction: 'HANGUP' });
    expect(report.legs[0]?.durationSeconds).toBe(3);
  });
});

describe('the call action request', () => {
  test('says who calls which number', async () => {
    playground.answerWith(hangup);

    const report = await playground.call();

    expect(playground.endpoint.of('VCA')).toHaveLength(1);
    expect(playground.endpoint.of('VCA')[0]?.body).toEqual({
      namespace: 'VOICE',
      eventType: 'CALL_ACTION',
      description: 'Action request of a call',
      payload: {
        eventId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        callId: report.legs[0]?.callId,
        sessionId: report.sessionId,
        subAccountId: 'local_masking',
        callStatus: 'CALL_RECEIVED',
        callDirection: 'INBOUND',
        callType: 'PSTN',
        source: RIDER,
        destination: VIRTUAL_NUMBER,
        sourceFormat: 'MSISDN',
        destinationFormat: 'MSISDN',
        sourceCountryCode: 'SG',
        destinationCountryCode: 'SG',
        destinationRefId: 'local-masking-range-01',
        callDuration: 0,
        sipCode: 200,
        timestamp: '2026-02-16T03:14:07.511Z',
      },
    });
  });

  test.each([null, '', 'anonymous', '12345', 'sip:alice@example.com'])(
    'carries a caller that is no E.164 number as it came: %j',
    async (from) => {
      playground.answerWith(hangup);

      const report = await playground.call({ from });

      expect(playground.endpoint.of('VCA')[0]?.payload).toMatchObject({
        source: from,
        sourceCountryCode: null,
      });
      expect(report.legs[0]?.source).toBe(from);
    },
  );

  test('names what was dialled in the form that the call was given', async () => {
    playground.answerWith(makeCall());

    const report = await playground.call({ dialledAs: 'sip:rides@example.com' });

    expect(playground.endpoint.of('VCA')[0]?.payload.destination).toBe('sip:rides@example.com');
    expect(report).toMatchObject({
      connectedTo: DRIVER,
      legs: [{ destination: 'sip:rides@example.com' }, {}],
    });
  });

  test('comes at the time that the call was given', async () => {
    playground.answerWith(hangup);

    await playground.call({ at: '2026-12-24T18:00:00+08:00' });

    expect(playground.endpoint.of('VCA')[0]?.payload.timestamp).toBe('2026-12-24T10:00:00.000Z');
  });

  test('finds the sub-account by the number, however that is written', async () => {
    playground.answerWith(hangup);

    const report = await playground.call({ to: '6531290010', from: '6591110001' });

    expect(report.legs[0]).toMatchObject({ source: RIDER, destination: '+6531290010' });
  });
});

describe('a session', () => {
  test('repeats with its seed but for its ids', async () => {
    playground.answerWith(makeCall());

    const first = await playground.call({ seed: 7 });
    const second = await playground.call({ seed: 7 });

    expect(second.sessionId).not.toBe(first.sessionId);
    const [one, two] = playground.endpoint
      .of('VSS')
      .map(({ body }) => objectAt(body, 'payload.details.callB.callQuality'));
    expect(one).toEqual(two);
  });

  test('repeats to the letter on a new run', async () => {
    playground.answerWith(makeCall());

    const play = async () => {
      playground.endpoint.deliveries.length = 0;
      await playground.simulator('POST', '/simulator/reset');
      await playground.call({ seed: 7 });
      await playground.call();
      await playground.call({ seed: 7, answer: 'busy' });
      return playground.endpoint.deliveries.map(({ text }) => text);
    };

    expect(await play()).toEqual(await play());
  });
});

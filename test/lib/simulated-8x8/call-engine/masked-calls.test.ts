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
function summary() {
  const [{ body } = {}] = playground.endpoint.of('VSS');
  return [
    field(body, 'payload.details.callA.callStatus'),
    field(body, 'payload.details.callB.callStatus'),
    field(body, 'payload.sessionStatus'),
  ];
}

describe('the status matrix', () => {
  test.each([
    ['bridged', { answer: 'answered' }, ['COMPLETED', 'COMPLETED', 'COMPLETED']],
    ['no answer', { answer: 'no-answer' }, ['COMPLETED', 'NO_ANSWER', 'NO_ANSWER']],
    ['busy', { answer: 'busy' }, ['COMPLETED', 'BUSY', 'BUSY']],
    ['unreachable', { answer: 'failed' }, ['COMPLETED', 'FAILED', 'FAILED']],
    [
      'given up while it rings',
      { answer: 'answered', ringSeconds: 20, hangUpAfterSeconds: 10 },
      ['CANCELED', 'CANCELED', 'CANCELED'],
    ],
    ['given up at once', { hangUpAfterSeconds: 0 }, ['CANCELED', 'CANCELED', 'CANCELED']],
    ['cancelled', { answer: 'cancelled' }, ['CANCELED', 'CANCELED', 'CANCELED']],
    ['broken on the second leg', { platformError: -2010 }, ['COMPLETED', 'ERROR', 'ERROR']],
  ])('of a call that is %s', async (_, request, expected) => {
    playground.answerWith(makeCall());

    const report = await playground.call(request);

    expect(summary()).toEqual(expected);
    expect([...report.legs.map(({ status }) => status), report.status]).toEqual(expected);
    expect(report.connectedTo).toBe(expected[1] === 'COMPLETED' ? DRIVER : null);
  });

  test.each([
    ['is told something', [say('Goodbye.'), hangup], 'HANGUP'],
    ['is told something and no hangup follows', [say('Goodbye.')], 'SAY'],
    ['is refused without a word', [hangup], 'HANGUP'],
  ])('of a caller who %s', async (_, callflow, lastAction) => {
    playground.answerWith(...callflow);

    const report = await playground.call();

    expect(summary()).toEqual(['COMPLETED', undefined, 'COMPLETED']);
    expect(report.legs).toHaveLength(1);
    expect(report.lastAction).toBe(lastAction);
  });

  test('of a call whose call action failed', async () => {
    playground.endpoint.answer('VCA', () => ({ status: 500 }));

    const report = await playground.call();

    expect(summary()).toEqual(['ERROR', undefined, 'ERROR']);
    expect(field(playground.endpoint.of('VSS')[0]?.body, 'payload.errorDetails.errorCode')).toBe(-2003);
    expect(report.connectedTo).toBeNull();
  });

  test('of a call to a country without coverage', async () => {
    playground.answerWith(makeCall({ destination: '+8816123456789' }));

    const report = await playground.call();

    expect(summary()).toEqual(['ERROR', undefined, 'ERROR']);
    expect(report.error).toMatchObject({ code: -2004, message: 'No coverage available for requested area' });
  });
});

describe('a bridged call', () => {
  test('connects both legs at the same moment and counts from there', async () => {
    playground.answerWith(makeCall());

    const report = await playground.call({ ringSeconds: 6, talkSeconds: 47 });

    const body = playground.endpoint.of('VSS')[0]?.body;
    expect(objectAt(body, 'payload')).toMatchObject({
      startTime: '2026-02-16T03:14:09Z',
      endTime: '2026-02-16T03:15:02Z',
      lastAction: 'MAKE_CALL',
      callCount: 2,
    });
    expect(objectAt(body, 'payload.details.callA')).toMatchObject({
      callDirection: 'INBOUND',
      source: RIDER,
      destination: VIRTUAL_NUMBER,
      initiatedTimestamp: '2026-02-16T03:14:07Z',
      connectedTimestamp: '2026-02-16T03:14:15Z',
      disconnectedTimestamp: '2026-02-16T03:15:02Z',
      callDuration: 47,
      destinationRefId: 'local-masking-range-01',
    });
    expect(objectAt(body, 'payload.details.callB')).toMatchObject({
      callDirection: 'OUTBOUND',
      source: VIRTUAL_NUMBER,
      destination: DRIVER,
      connectedTimestamp: '2026-02-16T03:14:15Z',
      sourceRefId: 'local-masking-range-01',
    });
    expect(report.legs.map(({ durationSeconds }) => durationSeconds)).toEqual([47, 47]);
  });

  test('has quality figures on connected legs only', async () => {
    playground.answerWith(makeCall());

    await playground.call({ answer: 'answered' });
    await playground.call({ answer: 'busy' });

    const [bridged, busy] = playground.endpoint.of('VSS');
    for (const leg of ['callA', 'callB']) {
      const quality = objectAt(bridged?.body, `payload.details.${leg}.callQuality`);
      expect(quality.mos).toBeGreaterThanOrEqual(1);
      expect(quality.mos).toBeLessThanOrEqual(5);
      expect(quality.packetLossRate).toBeGreaterThanOrEqual(0);
      expect(quality.packetLossRate).toBeLessThanOrEqual(1);
      expect(Number.isInteger(quality.jitter)).toBe(true);
      expect(field(busy?.body, `payload.details.${leg}.callQuality`)).toBeUndefined();
      expect(field(busy?.body, `payload.details.${leg}.connectedTimestamp`)).toBeUndefined();
    }
  });

  test('takes no real time, however long it is', async () => {
    playground.answerWith(makeCall());

    const report = await playground.call({ talkSeconds: 86_400 });

    expect(report.legs[0]?.durationSeconds).toBe(86_400);
  });

  test('ends when the caller hangs up', async () => {
    playground.answerWith(makeCall());

    const report = await playground.call({ ringSeconds: 6, talkSeconds: 600, hangUpAfterSeconds: 20 });

    expect(report.status).toBe('COMPLETED');
    expect(report.legs[1]?.durationSeconds).toBe(12);
  });

  test('after an announcement counts the caller from the announcement', async () => {
    playground.answerWith(say('This call is recorded.'), makeCall());

    const report = await playground.call({ talkSeconds: 30 });

    expect(report.heard).toEqual(['This call is recorded.']);
    expect(report.connectedTo).toBe(DRIVER);
    expect(report.legs[0]?.durationSeconds).toBeGreaterThan(30);
    expect(report.legs[1]?.durationSeconds).toBe(30);
  });

  test('reports the life of each leg in call status events', async () => {
    playground.answerWith(makeCall());

    await playground.call();

    const events = playground.endpoint.of('VCS');
    expect(events.map(({ payload }) => [payload.callDirection, payload.callStatus])).toEqual([
      ['INBOUND', 'CALL_RECEIVED'],
      ['OUTBOUND', 'CALL_INITIATED'],
      ['INBOUND', 'CALL_CONNECTED'],
      ['OUTBOUND', 'CALL_CONNECTED'],
      ['OUTBOUND', 'CALL_DISCONNECTED'],
      ['INBOUND', 'CALL_DISCONNECTED'],
    ]);
    expect(new Set(events.map(({ payload }) => payload.eventId)).size).toBe(6);
    expect(new Set(events.map(({ payload }) => payload.sessionId)).size).toBe(1);
    expect(events.at(-1)?.payload.callDuration).toBe(30);
  });

  test.each([
    ['busy', 486],
    ['no-answer', 480],
    ['failed', 404],
    ['cancelled', 487],
  ])('that is %s reports it as SIP does: %s', async (answer, sipCode) => {
    playground.answerWith(makeCall());

    await playground.call({ answer });

    const last = playground.endpoint
      .of('VCS')
      .filter(({ payload }) => payload.callDirection === 'OUTBOUND')
      .at(-1);
    expect(last?.payload).toMatchObject({ callStatus: 'CALL_DISCONNECTED', sipCode });
  });
});

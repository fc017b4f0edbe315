import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  capture,
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

/** Sends a callflow and waits until its session is over; gives the report of the session. */
async function play(callflow: readonly object[], behaviour: object = {}, extra: object = {}) {
  await playground.simulator('POST', '/simulator/outbound-behaviour', behaviour);
  const created = await playground.management('POST', '/callflows', { callflow, ...extra });
  await playground.settled();
  return (await playground.simulator('GET', `/simulator/sessions/${String(created.body.sessionId)}`)).body;
}

const ringBoth = [makeCall({ destination: RIDER }), makeCall({ destination: DRIVER })];

describe('a callflow with two makeCall', () => {
  test('rings one party, then the other, and bridges them', async () => {
    const session = await play(ringBoth, { talkSeconds: 40 });

    expect(session).toMatchObject({ status: 'COMPLETED', connectedTo: DRIVER, lastAction: 'MAKE_CALL' });
    const summary = objectAt(playground.endpoint.of('VSS')[0]?.body, 'payload');
    expect(summary).toMatchObject({ sessionStatus: 'COMPLETED', callCount: 2 });
    expect(objectAt(summary, 'details.callA')).toMatchObject({
      callDirection: 'OUTBOUND',
      source: VIRTUAL_NUMBER,
      destination: RIDER,
      sourceRefId: 'local-masking-range-01',
    });
    expect(objectAt(summary, 'details.callB')).toMatchObject({
      callDirection: 'OUTBOUND',
      destination: DRIVER,
      callDuration: 40,
    });
    expect(playground.endpoint.of('VCA')).toEqual([]);
  });

  test.each([
    [{ callees: [{ answer: 'busy' }] }, 'BUSY', ['BUSY']],
    [{ callees: [{ answer: 'no-answer' }] }, 'NO_ANSWER', ['NO_ANSWER']],
    [{ callees: [{ answer: 'failed' }] }, 'FAILED', ['FAILED']],
    [{ callees: [{}, { answer: 'busy' }] }, 'BUSY', ['COMPLETED', 'BUSY']],
    [{ callees: [{}, { answer: 'no-answer' }] }, 'NO_ANSWER', ['COMPLETED', 'NO_ANSWER']],
    [{ callees: [{}, { ringSeconds: 30 }], hangUpAfterSeconds: 20 }, 'CANCELED', ['CANCELED', 'CANCELED']],
    [{ platformError: -2010 }, 'ERROR', ['ERROR']],
  ])('with the behaviour %j ends as %s', async (behaviour, status, legs) => {
    const session = await play(ringBoth, behaviour);

    expect(session).toMatchObject({ status, legs: legs.map((legStatus) => ({ status: legStatus })) });
    expect(objectAt(playground.endpoint.of('VSS')[0]?.body, 'payload')).toMatchObject({
      sessionStatus: status,
      callCount: legs.length,
    });
  });

  test('to a country without coverage ends as ERROR with a single outbound leg', async () => {
    await play([makeCall({ destination: '+8816123456789' })]);

    const summary = objectAt(playground.endpoint.of('VSS')[0]?.body, 'payload');
    expect(summary).toMatchObject({
      sessionStatus: 'ERROR',
      callCount: 1,
      errorDetails: { errorCode: -2004 },
    });
    expect(objectAt(summary, 'details.callA')).toMatchObject({
      callDirection: 'OUTBOUND',
      callStatus: 'ERROR',
    });
  });
});

describe('a callflow with one makeCall', () => {
  test('speaks to the party that answers', async () => {
    const session = await play([makeCall({ destination: RIDER }), say('Your driver has arrived.'), hangup]);

    expect(session).toMatchObject({
      status: 'COMPLETED',
      connectedTo: null,
      heard: ['Your driver has arrived.'],
      lastAction: 'HANGUP',
    });
  });

  test('says nothing to a party that does not answer', async () => {
    const session = await play([makeCall({ destination: RIDER }), say('Hello.')], {
      callees: [{ answer: 'busy' }],
    });

    expect(session).toMatchObject({ status: 'BUSY', heard: [] });
  });

  test('brings what the party keys in to the VCA webhook, whose answer goes on', async () => {
    playground.answerWith(makeCall({ destination: DRIVER }));

    const session = await play([makeCall({ destination: RIDER }), capture()], { dtmf: ['4711'] });

    expect(playground.endpoint.of('VCA').map(({ payload }) => payload)).toEqual([
      expect.objectContaining({
        callStatus: 'ACTION_COMPLETED',
        callDirection: 'OUTBOUND',
        source: VIRTUAL_NUMBER,
        destination: RIDER,
        sourceRefId: 'local-masking-range-01',
        eventData: { dtmf: '4711' },
      }),
    ]);
    expect(session).toMatchObject({ status: 'COMPLETED', connectedTo: DRIVER });
  });
});

test('a callflow whose validity runs out in the queue ends as ERROR -2007', async () => {
  const session = await play(ringBoth, { queueSeconds: 120 }, { validUntil: '2026-02-16T03:15:00.000Z' });

  expect(session).toMatchObject({ status: 'ERROR', error: { code: -2007 }, legs: [{ status: 'ERROR' }] });
});

test('a session is created before it is played', async () => {
  const created = await playground.management('POST', '/callflows', { callflow: ringBoth });

  expect(created.body).toMatchObject({ sessionStatus: 'CREATED', statusCode: 1 });
  const { body } = await playground.simulator(
    'GET',
    `/simulator/sessions/${String(created.body.sessionId)}?wait=true`,
  );
  expect(body.status).toBe('COMPLETED');
  expect(field(playground.endpoint.of('VSS')[0]?.payload, 'sessionId')).toBe(created.body.sessionId);
});

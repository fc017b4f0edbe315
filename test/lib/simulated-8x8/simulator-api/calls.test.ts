import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  makeCall,
  type Playground,
  RIDER,
  startPlayground,
  VIRTUAL_NUMBER,
} from '../../../support/simulated-8x8/playground.ts';

const published: object[] = [];
const logged: object[] = [];
let playground: Playground;
beforeAll(async () => {
  playground = await startPlayground({
    publishedEvents: () => published,
    log: (entry) => logged.push(entry),
  });
});
afterAll(() => playground.stop());
beforeEach(() => playground.startOver());

const play = (request: object | string) => playground.simulator('POST', '/simulator/calls', request);

describe('POST /simulator/calls', () => {
  test('answers as the example of the design', async () => {
    playground.answerWith(makeCall());

    const { status, body } = await play({
      from: RIDER,
      to: VIRTUAL_NUMBER,
      answer: 'answered',
      talkSeconds: 40,
      dtmf: ['1', '4711'],
      seed: 7,
      faults: {},
    });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      sessionId: expect.any(String),
      status: 'COMPLETED',
      connectedTo: '+6591110002',
      heard: [],
      recordingKey: null,
      legs: [
        {
          callId: expect.any(String),
          direction: 'INBOUND',
          source: RIDER,
          destination: VIRTUAL_NUMBER,
          status: 'COMPLETED',
          durationSeconds: 40,
        },
        {
          callId: expect.any(String),
          direction: 'OUTBOUND',
          source: VIRTUAL_NUMBER,
          destination: '+6591110002',
          status: 'COMPLETED',
          durationSeconds: 40,
        },
      ],
      exchanges: expect.arrayContaining([
        expect.objectContaining({
          webhook: 'VCA',
          request: expect.objectContaining({ eventType: 'CALL_ACTION' }),
          response: { status: 200, body: { callflow: [makeCall()] }, milliseconds: expect.any(Number) },
        }),
      ]),
    });
  });

  test.each([
    ['no JSON', '{ from: }', 'INVALID_JSON', []],
    ['no caller', { to: VIRTUAL_NUMBER }, 'INVALID_REQUEST', ['from']],
    ['no number called', { from: RIDER }, 'INVALID_REQUEST', ['to']],
    ['an unknown answer', { answer: 'voicemail' }, 'INVALID_REQUEST', ['answer']],
    ['negative talk', { talkSeconds: -1 }, 'INVALID_REQUEST', ['talkSeconds']],
    ['keys that no phone has', { dtmf: ['12A'] }, 'INVALID_REQUEST', ['dtmf[0]']],
    ['a seed that is no whole number', { seed: 1.5 }, 'INVALID_REQUEST', ['seed']],
    ['a time without zone', { at: '2026-02-16T03:14' }, 'INVALID_REQUEST', ['at']],
    ['an unknown field', { speed: 1 }, 'INVALID_REQUEST', ['']],
    ['an unknown webhook', { faults: { VCX: {} } }, 'INVALID_REQUEST', ['faults']],
    ['a probability above one', { faults: { VCS: { drop: 1.1 } } }, 'INVALID_REQUEST', ['faults.VCS.drop']],
    [
      'a delay the wrong way round',
      { faults: { VCS: { delaySeconds: [5, 1] } } },
      'INVALID_REQUEST',
      ['faults.VCS.delaySeconds'],
    ],
    ['an unknown variation', { variations: { plus: 'without' } }, 'INVALID_REQUEST', ['variations']],
    ['an unknown choice', { variations: { plusSign: 'none' } }, 'INVALID_REQUEST', ['variations.plusSign']],
    ['an error that answers cause', { platformError: -2003 }, 'INVALID_REQUEST', ['platformError']],
  ])('refuses %s, says where, and plays nothing', async (_, change, code, paths) => {
    const complete = typeof change === 'string' || !('from' in change || 'to' in change);
    const request =
      typeof change === 'string'
        ? change
        : { ...(complete ? { from: RIDER, to: VIRTUAL_NUMBER } : {}), ...change };

    const { status, body } = await play(request);

    expect(status).toBe(400);
    expect(body).toMatchObject({
      code,
      message: expect.any(String),
      errors: paths.map((path) => ({ path })),
    });
    expect(playground.endpoint.deliveries).toEqual([]);
  });

  test('answers 404 for a number that nobody has', async () => {
    const { status, body } = await play({ from: RIDER, to: '+6531299999' });

    expect(status).toBe(404);
    expect(body).toMatchObject({ code: 'NUMBER_NOT_FOUND', errors: [{ path: 'to' }] });
    expect(JSON.stringify(body)).not.toContain('6531299999');
  });

  test('answers 413 for a body without end', async () => {
    const { status, body } = await play({ from: 'x'.repeat(2_000_000), to: VIRTUAL_NUMBER });

    expect(status).toBe(413);
    expect(body.code).toBe('BODY_TOO_LARGE');
  });
});

describe('sessions', () => {
  test('are listed newest first, and by status', async () => {
    playground.answerWith(makeCall());
    const first = await playground.call();
    const second = await playground.call({ answer: 'busy' });

    const all = await playground.simulator('GET', '/simulator/sessions');
    const busy = await playground.simulator('GET', '/simulator/sessions?status=BUSY&limit=5');

    expect(all.body).toMatchObject({
      items: [
        { sessionId: second.sessionId, exchangeCount: 6 },
        { sessionId: first.sessionId, exchangeCount: 8 },
      ],
      nextCursor: null,
    });
    expect(busy.body).toMatchObject({ items: [{ sessionId: second.sessionId }] });
    expect((await playground.simulator('GET', '/simulator/sessions?limit=0')).status).toBe(400);
  });

  test('are shown as their call was answered', async () => {
    playground.answerWith(makeCall());
    const report = await playground.call();

    const { body } = await playground.simulator('GET', `/simulator/sessions/${report.sessionId}`);

    expect(body).toEqual(report);
  });

  test('that there are not are 404', async () => {
    expect((await playground.simulator('GET', '/simulator/sessions/none')).body.code).toBe(
      'SESSION_NOT_FOUND',
    );
  });
});

test('GET /simulator/events shows what the system published, newest last', async () => {
  published.push({ 'detail-type': 'booking.created' }, { 'detail-type': 'call.answered' });

  const { body } = await playground.simulator('GET', '/simulator/events');

  expect(body).toEqual({ items: published, nextCursor: null });
});

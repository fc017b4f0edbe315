import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startSimulated8x8 } from '../../../../lib/simulated-8x8/start-simulated-8x8.ts';
import {
  hangup,
  makeCall,
  type Playground,
  RIDER,
  startPlayground,
  VIRTUAL_NUMBER,
} from '../../../support/simulated-8x8/playground.ts';
import { field } from '../../../support/simulated-8x8/read-event.ts';

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

describe('the number pool', () => {
  test('reports a change of health with all numbers', async () => {
    const { status, body } = await playground.simulator('POST', '/simulator/numbers/+6531290003/health', {
      operationalStatus: 'Unhealthy',
    });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      number: { msisdn: '+6531290003', operationalStatus: 'Unhealthy' },
      exchanges: [{ webhook: 'VNU', response: { status: 200 }, problem: null }],
    });
    const [vnu] = playground.endpoint.of('VNU');
    expect(vnu?.body).toMatchObject({
      namespace: 'VOICE',
      eventType: 'VIRTUAL_NUMBER_UPDATE',
      description: 'Status of account virtual number(s) updated',
      payload: {
        subAccountId: 'local_masking',
        totalNumbers: 10,
        updateEventType: 'UPDATES',
        virtualNumbers: { length: 10 },
      },
    });
    expect(field(vnu?.payload, 'virtualNumbers.2')).toEqual({
      msisdn: '+6531290003',
      updatedTimestamp: '2026-02-16T03:14:07.511Z',
      countryCode: 'SG',
      operationalStatus: 'Unhealthy',
      referenceId: 'local-masking-range-01',
      rentalPrice: 6.5,
      incomingRate: 0.03,
      billingUnit: 60,
      billingCurrency: 'USD',
      numberHealthCheckEnabled: true,
      updateStatus: 'UPDATED',
    });
    expect(field(vnu?.payload, 'virtualNumbers.3.updateStatus')).toBe('NO_CHANGE');
  });

  test('reports a snapshot when it is asked to', async () => {
    await playground.simulator('POST', '/simulator/numbers/6531290003/health', {
      operationalStatus: 'Active',
      updateEventType: 'SNAPSHOT',
    });

    expect(playground.endpoint.of('VNU')[0]?.payload).toMatchObject({
      updateEventType: 'SNAPSHOT',
      virtualNumbers: { length: 10 },
    });
  });

  test('reports with the faults of the request', async () => {
    const { body } = await playground.simulator('POST', '/simulator/numbers/6531290003/health', {
      operationalStatus: 'Expiring',
      faults: { VNU: { drop: 1 } },
    });

    expect(body.exchanges).toEqual([]);
    expect((await playground.simulator('POST', '/simulator/flush')).body.delivered).toBe(1);
    expect(playground.endpoint.of('VNU')).toHaveLength(1);
  });

  test('can grow and shrink, which calls notice', async () => {
    playground.answerWith(hangup);

    await playground.simulator('PUT', '/simulator/numbers/6281290001', {});
    expect((await playground.call({ to: '+6281290001' })).status).toBe('COMPLETED');
    await playground.simulator('DELETE', '/simulator/numbers/6281290001');

    expect((await play({ from: RIDER, to: '+6281290001' })).status).toBe(404);
    expect(playground.endpoint.of('VNU').map(({ payload }) => payload.totalNumbers)).toEqual([11, 10]);
    expect((await playground.simulator('GET', '/simulator/numbers')).body.items).toHaveLength(10);
  });

  test.each([
    [
      'POST',
      '/simulator/numbers/6531299999/health',
      { operationalStatus: 'Active' },
      404,
      'NUMBER_NOT_FOUND',
    ],
    ['POST', '/simulator/numbers/taxi/health', { operationalStatus: 'Active' }, 400, 'INVALID_REQUEST'],
    ['POST', '/simulator/numbers/6531290001/health', { operationalStatus: 'Broken' }, 400, 'INVALID_REQUEST'],
    ['POST', '/simulator/numbers/6531290001/health', {}, 400, 'INVALID_REQUEST'],
    ['PUT', '/simulator/numbers/6281290001', { subAccountId: 'nobody' }, 404, 'SUB_ACCOUNT_NOT_FOUND'],
    ['DELETE', '/simulator/numbers/6531299999', undefined, 404, 'NUMBER_NOT_FOUND'],
  ])('refuses %s %s with %j', async (method, path, body, status, code) => {
    const reply = await playground.simulator(method, path, body);

    expect([reply.status, reply.body.code]).toEqual([status, code]);
  });
});

describe('switches', () => {
  test('are read back', async () => {
    await playground.simulator('PUT', '/simulator/faults', { VSS: { drop: 0.5 } });
    await playground.simulator('PUT', '/simulator/variations', { plusSign: 'without' });
    await playground.simulator('PUT', '/simulator/delivery', { retries: 2 });

    expect((await playground.simulator('GET', '/simulator/faults')).body).toEqual({ VSS: { drop: 0.5 } });
    expect((await playground.simulator('GET', '/simulator/variations')).body).toMatchObject({
      plusSign: 'without',
      legKeys: 'callA',
    });
    expect((await playground.simulator('GET', '/simulator/delivery')).body).toEqual({
      retries: 2,
      timeoutMs: 5000,
      longestAnswerBytes: 65_536,
    });
  });

  test('of the clock move the next calls', async () => {
    playground.answerWith(hangup);
    await playground.simulator('PUT', '/simulator/clock', { now: '2026-12-24T18:00:00Z' });
    await playground.simulator('PUT', '/simulator/clock', { advanceSeconds: 90 });

    await playground.call();

    expect(playground.endpoint.of('VCA')[0]?.payload.timestamp).toBe('2026-12-24T18:01:30.000Z');
    expect((await playground.simulator('GET', '/simulator/clock')).body.now).toBe('2026-12-24T18:01:32.000Z');
    expect((await playground.simulator('PUT', '/simulator/clock', {})).status).toBe(400);
  });

  test('are back where they were after a reset, which leaves the webhooks alone', async () => {
    playground.answerWith(makeCall());
    await playground.simulator('PUT', '/simulator/faults', { VSS: { drop: 1 } });
    await playground.simulator('PUT', '/simulator/variations', { plusSign: 'without' });
    await playground.simulator('PUT', '/simulator/clock', { advanceSeconds: 3600 });
    await playground.simulator('PUT', '/simulator/numbers/6281290001', {});
    await playground.call();

    await playground.simulator('POST', '/simulator/reset');

    expect((await playground.simulator('GET', '/simulator/faults')).body).toEqual({});
    expect((await playground.simulator('GET', '/simulator/variations')).body.plusSign).toBe('with');
    expect((await playground.simulator('GET', '/simulator/clock')).body.now).toBe('2026-02-16T03:14:07.511Z');
    expect((await playground.simulator('GET', '/simulator/pending')).body.items).toEqual([]);
    expect((await playground.simulator('GET', '/simulator/sessions')).body.items).toEqual([]);
    expect((await playground.simulator('GET', '/simulator/numbers')).body.items).toHaveLength(10);
    expect((await playground.management('GET', '/webhooks')).body.count).toBe(5);
  });

  test('of the account are forgotten only when it is said', async () => {
    await playground.simulator('POST', '/simulator/reset', { account: true });

    expect((await playground.management('GET', '/webhooks')).body.count).toBe(0);
  });
});

describe('the server', () => {
  test('says that it is up', async () => {
    const { status, body } = await playground.simulator('GET', '/healthz');

    expect([status, body]).toEqual([200, { status: 'ok' }]);
  });

  test('lists what it can do', async () => {
    const { body } = await playground.simulator('GET', '/simulator');

    expect(body.items).toContainEqual({
      method: 'POST',
      path: '/simulator/calls',
      summary: 'Play a call to a virtual number, from the first ring to the last event',
    });
  });

  test('answers 404 with advice for anything else', async () => {
    const { status, body } = await playground.simulator('GET', '/simulator/call');

    expect(status).toBe(404);
    expect(body.message).toBe('There is no /simulator/call. GET /simulator lists what there is.');
  });

  test('logs no phone number', async () => {
    logged.length = 0;
    playground.answerWith(makeCall());
    await playground.call();
    await playground.simulator('POST', '/simulator/numbers/6531290003/health', {
      operationalStatus: 'Active',
    });
    await play({ from: RIDER, to: '+6531299999' });

    expect(logged).toContainEqual({
      code: 'SESSION_ENDED',
      sessionId: expect.any(String),
      status: 'COMPLETED',
    });
    expect(JSON.stringify(logged)).not.toMatch(/65\d{8}/);
  });
});

describe('starting', () => {
  test.each([
    [{ port: 70_000 }, /port: /],
    [{ apiKeys: [] }, /apiKeys: /],
    [
      { subAccounts: [{ id: 'a b', virtualNumbers: [] }] },
      /subAccounts\[0\]\.id: a sub-account id has 3 to 50/,
    ],
    [
      { subAccounts: [{ id: 'abc', virtualNumbers: ['taxi'] }] },
      /subAccounts\[0\]\.virtualNumbers\[0\]: a virtual number is E\.164/,
    ],
    [{ clockStart: 'now' }, /clockStart: /],
    [{ s3Endpoint: 'nowhere' }, /s3Endpoint: /],
  ])('refuses %j', async (options, reason) => {
    await expect(startSimulated8x8(options)).rejects.toThrow(reason);
  });

  test('works without any option, on a clock that runs', async () => {
    const simulated = await startSimulated8x8();

    const clock: { now: string } = JSON.parse(await (await fetch(`${simulated.url}/simulator/clock`)).text());

    expect(Math.abs(Date.parse(clock.now) - Date.now())).toBeLessThan(60_000);
    await simulated.stop();
    await simulated.stop();
    await expect(fetch(simulated.url)).rejects.toThrow();
  });

  test('fails when the port is taken', async () => {
    await expect(startSimulated8x8({ port: Number(new URL(playground.url).port) })).rejects.toThrow(
      /EADDRINUSE/,
    );
  });
});

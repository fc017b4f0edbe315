import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  hangup,
  makeCall,
  type Playground,
  startPlayground,
  VIRTUAL_NUMBER,
  WEBHOOK_AUTH,
} from '../../../support/simulated-8x8/playground.ts';

let playground: Playground;
beforeAll(async () => {
  playground = await startPlayground();
});
afterAll(() => playground.stop());
beforeEach(async () => {
  await playground.startOver();
  playground.answerWith(makeCall());
});

const webhooksOf = () => playground.endpoint.deliveries.map(({ webhook }) => webhook);

describe('a webhook', () => {
  test('carries the registered header value verbatim in Authorization', async () => {
    await playground.call();
    await playground.simulator('POST', '/simulator/numbers/6531290001/health', {
      operationalStatus: 'Unhealthy',
    });

    expect(new Set(webhooksOf())).toEqual(new Set(['VCA', 'VCS', 'VSS', 'VNU']));
    for (const { headers } of playground.endpoint.deliveries) {
      expect(headers.authorization).toBe(WEBHOOK_AUTH);
      expect(headers['content-type']).toBe('application/json');
    }
  });

  test('carries no Authorization when none was registered', async () => {
    await playground.management('POST', '/webhooks', { type: 'VCA', url: `${playground.endpoint.url}/VCA` });

    await playground.call();

    expect(playground.endpoint.of('VCA')[0]?.headers).not.toHaveProperty('authorization');
  });

  test.each([
    ['disabled', { enabled: false }],
    ['not registered', undefined],
  ])('that is %s gets nothing', async (_, change) => {
    await playground.management('DELETE', '/webhooks/VCS');
    if (change !== undefined) {
      const webhook = { type: 'VCS', url: `${playground.endpoint.url}/VCS`, ...change };
      await playground.management('POST', '/webhooks', webhook);
    }

    await playground.call();

    expect(webhooksOf()).toEqual(['VCA', 'VSS']);
  });

  test('that is not taken is reported and, by itself, not sent again', async () => {
    playground.endpoint.answer('VSS', () => ({ status: 202 }));

    const report = await playground.call();

    expect(report.exchanges.filter(({ webhook }) => webhook === 'VSS')).toMatchObject([
      { attempt: 1, response: { status: 202 }, problem: 'answered 202 instead of 200' },
    ]);
    expect(playground.endpoint.of('VSS')).toHaveLength(1);
  });

  test('that is not taken is sent again as often as the account retries', async () => {
    let turn = 0;
    playground.endpoint.answer('VSS', () => {
      turn += 1;
      return { status: turn < 3 ? 500 : 200 };
    });
    await playground.simulator('PUT', '/simulator/delivery', { retries: 3 });

    const report = await playground.call();

    expect(
      report.exchanges
        .filter(({ webhook }) => webhook === 'VSS')
        .map(({ attempt, problem }) => [attempt, problem]),
    ).toEqual([
      [1, 'answered 500 instead of 200'],
      [2, 'answered 500 instead of 200'],
      [3, null],
    ]);
  });

  test('of which the endpoint is not there is reported without a response', async () => {
    await playground.management('POST', '/webhooks', { type: 'VSS', url: 'http://127.0.0.1:1/' });

    const report = await playground.call();

    expect(report.status).toBe('COMPLETED');
    expect(report.exchanges.at(-1)).toMatchObject({
      webhook: 'VSS',
      response: null,
      problem: expect.stringMatching(/could not be reached/),
    });
  });

  test('may be registered twice on an account that duplicates, and then comes twice', async () => {
    await playground.simulator('PUT', '/simulator/variations', { existingWebhook: 'duplicated' });
    await playground.management('POST', '/webhooks', {
      type: 'VSS',
      url: `${playground.endpoint.url}/VSS-again`,
    });

    await playground.call();

    expect(webhooksOf().filter((webhook) => webhook.startsWith('VSS'))).toEqual(['VSS', 'VSS-again']);
  });
});

describe('the exchanges of a call', () => {
  test('hold every request with its answer', async () => {
    playground.endpoint.answer('VCS', () => ({ body: 'noted' }));

    const report = await playground.call();

    expect(report.exchanges.map(({ webhook }) => webhook)).toEqual(webhooksOf());
    expect(report.exchanges.map(({ request }) => request)).toEqual(
      playground.endpoint.deliveries.map(({ body }) => body),
    );
    expect(report.exchanges[0]?.response).toEqual({
      status: 200,
      body: { callflow: [makeCall()] },
      milliseconds: expect.any(Number),
    });
    expect(report.exchanges[1]?.response?.body).toBe('noted');
    expect(report.exchanges.at(-1)?.response?.body).toBeNull();
  });

  test('do not hold the secret', async () => {
    const report = await playground.call();

    expect(JSON.stringify(report)).not.toContain(WEBHOOK_AUTH);
  });
});

describe('faults', () => {
  test('of a call action request: sent twice, the first answer counts', async () => {
    let turn = 0;
    playground.endpoint.answer('VCA', () => {
      turn += 1;
      return { body: { callflow: turn === 1 ? [makeCall()] : [hangup] } };
    });

    const report = await playground.call({ faults: { VCA: { duplicate: 1 } } });

    const [first, second, ...others] = playground.endpoint.of('VCA');
    expect(second?.text).toBe(first?.text);
    expect(others).toEqual([]);
    expect(report.connectedTo).not.toBeNull();
    expect(report.exchanges.filter(({ webhook }) => webhook === 'VCA').map(({ attempt }) => attempt)).toEqual(
      [1, 2],
    );
  });

  test('of a call action request: lost on its way', async () => {
    const report = await playground.call({ faults: { VCA: { drop: 1, duplicate: 1 } } });

    expect(playground.endpoint.of('VCA')).toEqual([]);
    expect(report.error).toMatchObject({ code: -2002 });
  });

  test('of a call action request: answered too late over a slow network', async () => {
    const report = await playground.call({ faults: { VCA: { slowMs: 6_000 } } });

    expect(playground.endpoint.of('VCA')).toHaveLength(1);
    expect(report.error).toMatchObject({ code: -2002, reason: 'no answer within 5000 ms' });
    expect(report.exchanges[0]?.response).toBeNull();
  });

  test('of a call action request: delayed, which the caller waits for', async () => {
    const report = await playground.call({ faults: { VCA: { delaySeconds: [4, 4] } } });

    expect(playground.endpoint.of('VCA')[0]?.payload.timestamp).toBe('2026-02-16T03:14:11.511Z');
    expect(report.legs[1]?.initiatedAt).toBe('2026-02-16T03:14:13.511Z');
  });

  test('of an event over a slow network count into its time', async () => {
    const report = await playground.call({ faults: { VSS: { slowMs: 1_500 } } });

    expect(report.exchanges.at(-1)?.response?.milliseconds).toBeGreaterThanOrEqual(1_500);
  });

  test('of an event that is answered too late make it sent again, although it was taken', async () => {
    await playground.simulator('PUT', '/simulator/delivery', { retries: 1 });

    await playground.call({ faults: { VSS: { slowMs: 60_000 } } });

    expect(playground.endpoint.of('VSS')).toHaveLength(2);
  });

  test('of the run apply where a call brings none of its own', async () => {
    await playground.simulator('PUT', '/simulator/faults', { VCS: { drop: 1 }, VSS: { duplicate: 1 } });

    const report = await playground.call({ faults: { VCS: {} } });

    expect(playground.endpoint.of('VCS')).toHaveLength(6);
    expect(playground.endpoint.of('VSS')).toHaveLength(2);
    expect(report.pendingDeliveries).toBe(0);
  });

  test('repeat exactly with the seed', async () => {
    const faults = {
      VCS: { duplicate: 0.3, drop: 0.3, delaySeconds: [0, 30], reorder: true },
      VSS: { duplicate: 0.5, drop: 0.2 },
    };
    const play = async (seed: number) => {
      await playground.simulator('POST', '/simulator/reset');
      playground.endpoint.deliveries.length = 0;
      await playground.call({ seed, faults });
      await playground.simulator('POST', '/simulator/flush');
      return playground.endpoint.deliveries.map(({ text }) => text);
    };

    expect(await play(11)).toEqual(await play(11));
    expect(await play(11)).not.toEqual(await play(12));
  });
});

describe('a flush', () => {
  test('delivers what was dropped, in the order of its time', async () => {
    const report = await playground.call({ faults: { VCS: { drop: 1 }, VSS: { drop: 1 } } });
    expect(webhooksOf()).toEqual(['VCA']);
    expect(report.pendingDeliveries).toBe(7);

    const { body } = await playground.simulator('POST', '/simulator/flush');

    expect(body).toEqual({ delivered: 7, failed: 0, remaining: 0 });
    expect(webhooksOf()).toEqual(['VCA', 'VCS', 'VCS', 'VCS', 'VCS', 'VCS', 'VCS', 'VSS']);
    const { body: session } = await playground.simulator('GET', `/simulator/sessions/${report.sessionId}`);
    expect(session).toMatchObject({ pendingDeliveries: 0, exchanges: { length: 8 } });
  });

  test('delivers what is named and leaves the rest', async () => {
    const first = await playground.call({ faults: { VCS: { drop: 1 }, VSS: { delaySeconds: [60, 60] } } });
    await playground.call({ faults: { VCS: { drop: 1 } } });

    const flush = (body: object) =>
      playground.simulator('POST', '/simulator/flush', body).then((reply) => reply.body);

    expect(await flush({ reasons: ['delayed'] })).toEqual({ delivered: 1, failed: 0, remaining: 12 });
    expect(await flush({ webhooks: ['VSS'] })).toEqual({ delivered: 0, failed: 0, remaining: 12 });
    expect(await flush({ sessionId: first.sessionId })).toEqual({ delivered: 6, failed: 0, remaining: 6 });
  });

  test('can shuffle, by seed', async () => {
    const shuffled = async (seed: number) => {
      await playground.startOver();
      playground.answerWith(makeCall());
      await playground.call({ seed: 1, deliver: 'on-flush' });
      await playground.simulator('POST', '/simulator/flush', { order: 'shuffled', seed });
      return playground.endpoint.deliveries.map(({ text }) => text);
    };

    expect(await shuffled(1)).toEqual(await shuffled(1));
    expect(await shuffled(1)).not.toEqual(await shuffled(2));
  });

  test('can deliver several at a time', async () => {
    for (let index = 0; index < 5; index += 1) await playground.call({ deliver: 'on-flush' });

    const { body } = await playground.simulator('POST', '/simulator/flush', { concurrency: 8 });

    expect(body).toEqual({ delivered: 35, failed: 0, remaining: 0 });
    expect(playground.endpoint.of('VSS')).toHaveLength(5);
  });

  test('tries again what was not taken only when it is asked to', async () => {
    playground.endpoint.answer('VSS', () => ({ status: 503 }));
    await playground.call();
    playground.endpoint.answer('VSS', () => ({}));

    const flush = (body: object) =>
      playground.simulator('POST', '/simulator/flush', body).then((reply) => reply.body);

    expect(await flush({})).toEqual({ delivered: 0, failed: 0, remaining: 1 });
    expect(await flush({ reasons: ['failed'] })).toEqual({ delivered: 1, failed: 0, remaining: 0 });
  });

  test('keeps what is not taken again', async () => {
    playground.endpoint.answer('VSS', () => ({ status: 503 }));
    await playground.call({ deliver: 'on-flush' });

    const { body } = await playground.simulator('POST', '/simulator/flush');

    expect(body).toEqual({ delivered: 6, failed: 1, remaining: 1 });
    expect((await playground.simulator('GET', '/simulator/pending')).body).toMatchObject({
      items: [{ webhook: 'VSS', reason: 'failed', dueAt: expect.any(String) }],
    });
  });
});

describe('events', () => {
  test('of a call can be delivered after its answer', async () => {
    await playground.call({ deliver: 'in-background' });
    await playground.settled();

    expect(playground.endpoint.of('VSS')).toHaveLength(1);
  });

  test('of many calls at once are all delivered, each session by itself', async () => {
    const reports = await Promise.all(Array.from({ length: 40 }, () => playground.call()));

    expect(new Set(reports.map(({ sessionId }) => sessionId)).size).toBe(40);
    expect(new Set(playground.endpoint.of('VSS').map(({ payload }) => payload.sessionId)).size).toBe(40);
    expect(reports.every(({ legs }) => legs[0]?.destination === VIRTUAL_NUMBER)).toBe(true);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  hangup,
  makeCall,
  type Playground,
  startPlayground,
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

const _play = (request: object | string) => playground.simulator('POST', '/simulator/calls', request);

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

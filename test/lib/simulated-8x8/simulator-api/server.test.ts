import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startSimulated8x8 } from '../../../../lib/simulated-8x8/start-simulated-8x8.ts';
import {
  makeCall,
  type Playground,
  RIDER,
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

const play = (request: object | string) => playground.simulator('POST', '/simulator/calls', request);

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

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Playground, startPlayground } from '../../../support/simulated-8x8/playground.ts';

let playground: Playground;
beforeAll(async () => {
  playground = await startPlayground();
});
afterAll(() => playground.stop());
beforeEach(() => playground.startOver());

const arm = (fault: object) => playground.simulator('POST', '/simulator/management-faults', fault);
const statusOf = async (method: string, path: string, body?: object) =>
  (await playground.management(method, path, body)).status;

describe('management faults', () => {
  test('strike the next requests and no more', async () => {
    await arm({ next: 2, status: 500 });

    expect([
      await statusOf('GET', '/webhooks'),
      await statusOf('GET', '/numbers'),
      await statusOf('GET', '/numbers'),
    ]).toEqual([500, 500, 200]);
  });

  test('can tell to come back later', async () => {
    await arm({ status: 429, retryAfterSeconds: 2 });

    const { status, headers } = await playground.management('GET', '/webhooks');

    expect(status).toBe(429);
    expect(headers.get('retry-after')).toBe('2');
  });

  test('can let some requests pass first', async () => {
    await arm({ after: 1, status: 503 });

    expect([
      await statusOf('GET', '/webhooks'),
      await statusOf('GET', '/webhooks'),
      await statusOf('GET', '/webhooks'),
    ]).toEqual([200, 503, 200]);
  });

  test('can refuse one type of webhook for good', async () => {
    await arm({ status: 403, next: 10_000, method: 'POST', bodyContains: '"VRU"' });
    const register = (type: string) =>
      statusOf('POST', '/webhooks', { type, url: 'https://calls.example/hook' });

    expect([await register('VCA'), await register('VRU'), await register('VRU')]).toEqual([200, 403, 403]);
  });

  test('can be for one operation alone', async () => {
    await arm({ method: 'DELETE', pathContains: '/webhooks/VSS' });

    expect(await statusOf('DELETE', '/webhooks/VCA')).toBe(200);
    expect(await statusOf('DELETE', '/webhooks/VSS')).toBe(500);
    expect(await statusOf('DELETE', '/webhooks/VSS')).toBe(200);
  });

  test.each([
    [false, 5],
    [true, 4],
  ])('can lose the request or only its answer: %s', async (carriedOut, left) => {
    await arm({ carriedOut });

    expect(await statusOf('DELETE', '/webhooks/VCS')).toBe(500);
    expect((await playground.management('GET', '/webhooks')).body.count).toBe(left);
  });

  test('can cut the connection', async () => {
    await arm({ status: 'reset' });

    await expect(playground.management('GET', '/webhooks')).rejects.toThrow(/fetch failed/);
    expect(await statusOf('GET', '/webhooks')).toBe(200);
  });

  test('answer Send Callflow in its own form', async () => {
    await arm({});

    const { body } = await playground.management('POST', '/callflows', { callflow: [] });

    expect(body).toMatchObject({
      sessionStatus: 'NOT_CREATED',
      statusCode: 500,
      statusMessage: 'Internal server error',
    });
  });

  test('can be disarmed', async () => {
    await arm({ next: 10 });
    await playground.simulator('DELETE', '/simulator/management-faults');

    expect(await statusOf('GET', '/webhooks')).toBe(200);
    expect((await playground.simulator('GET', '/simulator/management-faults')).body.items).toEqual([]);
  });

  test.each([[{ status: 200 }], [{ next: 0 }], [{ sometimes: true }]])(
    'must make sense: %j',
    async (fault) => {
      expect((await arm(fault)).status).toBe(400);
    },
  );
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  hangup,
  type Playground,
  RIDER,
  startPlayground,
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

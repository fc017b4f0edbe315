import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Playground, startPlayground } from '../../../support/simulated-8x8/playground.ts';
import { field } from '../../../support/simulated-8x8/read-event.ts';

let playground: Playground;
beforeAll(async () => {
  playground = await startPlayground();
});
afterAll(() => playground.stop());
beforeEach(() => playground.startOver());

describe('GET /numbers', () => {
  test('lists the ten numbers that the simulator starts with', async () => {
    const { body } = await playground.management('GET', '/numbers');

    expect(body).toMatchObject({
      totalNumbers: 10,
      numbers: { length: 10 },
      statusCode: 0,
      statusMessage: 'ok',
    });
    expect(field(body, 'numbers.9')).toEqual({
      msisdn: '+6531290010',
      dateCreated: '2026-02-16T03:14:07.511Z',
      dateUpdated: '2026-02-16T03:14:07.511Z',
      countryCode: 'SG',
      operationalStatus: 'Active',
      referenceId: 'local-masking-range-01',
      rentalPrice: 6.5,
      incomingRate: 0.03,
      billingUnit: 60,
      billingCurrency: 'USD',
      uri: '/api/v1/subaccounts/local_masking/numbers/6531290010',
      numberHealthCheckEnabled: true,
      numberType: 'LOCAL',
      numberHealth: { isHealthy: true, status: 'HEALTHY', lastCheckedTime: '2026-02-16T03:14:07.511Z' },
    });
  });

  test.each([
    ['Unhealthy', 'Active', false],
    ['Expiring', 'Expiring', true],
    ['Inactive', 'Inactive', true],
  ])('shows a number that is %s', async (operationalStatus, shown, isHealthy) => {
    await playground.simulator('POST', '/simulator/numbers/6531290001/health', { operationalStatus });

    const { body } = await playground.management('GET', '/numbers');

    expect(field(body, 'numbers.0')).toMatchObject({ operationalStatus: shown, numberHealth: { isHealthy } });
  });
});

describe('GET /numbers/{number}', () => {
  test('checks one number, without its health', async () => {
    const { status, body } = await playground.management('GET', '/numbers/6531290003');

    expect(status).toBe(200);
    expect(body).toEqual({
      statusCode: 0,
      statusMessage: 'ok',
      timestamp: '2026-02-16T03:14:07.511Z',
      payload: { referenceId: 'local-masking-range-01', msisdn: '+6531290003', countryCode: 'SG' },
    });
  });

  test.each(['6531299999', '+6531290003', '65', 'all'])('answers 404 for %s', async (number) => {
    const { status, body } = await playground.management('GET', `/numbers/${encodeURIComponent(number)}`);

    expect(status).toBe(404);
    expect(body).toEqual({
      statusCode: 404,
      statusMessage: 'Resource not found',
      timestamp: expect.any(String),
    });
  });

  test('cannot take a number of more than ten digits, even when it is in the pool', async () => {
    await playground.simulator('PUT', '/simulator/numbers/628123456789');

    expect((await playground.management('GET', '/numbers/628123456789')).status).toBe(404);
    expect((await playground.management('GET', '/numbers')).body.totalNumbers).toBe(11);
  });
});

test('GET /speech-profiles lists the voices that a callflow may use', async () => {
  const { body } = await playground.management('GET', '/speech-profiles');

  expect(body).toMatchObject({ statusCode: 0, statusMessage: 'ok' });
  expect(body.speechProfiles).toContainEqual({
    speechProfileCode: 'en-US-BenjaminRUS',
    localeCode: 'en-US',
    localeDescription: 'EnglishUS',
    gender: 'M',
  });
});

test.each([
  ['an unknown session', '7c1d0a52-0b61-11f1-a3c4-5f0e9b27d610'],
  ['something that is no session id', 'latest'],
])('GET /recordings/{sessionId} answers 404 for %s', async (_, sessionId) => {
  expect((await playground.management('GET', `/recordings/${sessionId}`)).status).toBe(404);
});

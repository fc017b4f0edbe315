import { setTimeout as pause } from 'node:timers/promises';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { readCallerMessages } from '../../../functions/call-action/caller-messages.ts';
import type { CallRoute } from '../../../functions/shared/domain/call-route.ts';
import {
  AUTHORIZATION,
  answer,
  apology,
  context,
  NOW_MS,
  payload,
  requestOf,
  route,
  setUp,
} from './scene.ts';

describe('a call of a party', () => {
  test('is connected with the other one, who sees the virtual number', async () => {
    const { handler } = setUp(async () => route);

    const given = await answer(handler, await requestOf());

    expect(given).toEqual({
      statusCode: 200,
      answer: {
        callflow: [{ action: 'makeCall', params: { source: '+6531290001', destination: '+6591110002' } }],
      },
    });
  });

  test('is looked up once, by numbers that may lack their plus', async () => {
    const { handler, looks } = setUp(async () => route);

    await handler(await requestOf({ source: '6591110001', destination: '6531290001' }), context);

    expect(looks.map(([number, caller]) => [number.reveal(), caller.reveal()])).toEqual([
      ['+6531290001', '+6591110001'],
    ]);
  });

  test('is recorded when the booking asks for it', async () => {
    const { handler } = setUp(async () => ({ ...route, recordCalls: true }));

    const given = await answer(handler, await requestOf());

    expect(given.answer.callflow[0].params.callRecording).toBe(true);
  });

  test('is answered with digits only for an account that wants them so', async () => {
    const { handler } = setUp(async () => route, { numberFormat: 'digits' });

    const given = await answer(handler, await requestOf());

    expect(given.answer.callflow[0].params).toEqual({ source: '6531290001', destination: '6591110002' });
  });
});

describe('a call of nobody we know', () => {
  test.each([
    ['a stranger', undefined, {}, apology('Unknown caller.')],
    ['a stranger abroad', undefined, { destinationCountryCode: 'ID' }, apology('Tidak dikenal.')],
    [
      'a party whose booking has ended',
      { ...route, ended: { reason: 'completed', atMs: 1 } },
      {},
      apology('Ended.'),
    ],
    ['a party at the moment of expiry', { ...route, expiresAtMs: NOW_MS }, {}, apology('Expired.')],
    ['a hidden number', route, { source: 'anonymous' }, apology('Hidden number.')],
    ['no number at all', route, { source: null }, apology('Hidden number.')],
    ['a word in place of a number', route, { source: 'HARBOURCAB' }, apology('Unreadable number.')],
    [
      'a number that the country beside it does not have',
      route,
      { sourceCountryCode: 'MY' },
      apology('Unreadable number.'),
    ],
    ['a blocked party', { ...route, blocked: true }, {}, { callflow: [{ action: 'hangup' }] }],
  ] as const)('tells %s why, and connects nobody', async (_, found, changes, expected) => {
    const { handler } = setUp(async () => found as CallRoute | undefined);

    const given = await answer(handler, await requestOf(changes));

    expect(given).toEqual({ statusCode: 200, answer: expected });
  });
});

describe('a request that does not prove where it comes from', () => {
  test.each([
    ['another secret', 'Bearer guess'],
    ['a prefix of the secret', AUTHORIZATION.slice(0, -1)],
    ['none', undefined],
  ])('is answered 401 without a body and without a look-up when it presents %s', async (_, authorization) => {
    const { handler, looks } = setUp(async () => route);
    const request = await requestOf();
    const headers = { ...request.headers, authorization };

    const given = await handler({ ...request, headers } as APIGatewayProxyEventV2, context);

    expect(given).toMatchObject({ statusCode: 401, body: '' });
    expect(looks).toEqual([]);
  });

  test('is refused from an address outside the allow-list, even with the secret', async () => {
    const { handler, lines } = setUp(async () => route, { allowedSourceIps: new Set(['203.0.113.9']) });

    const given = await handler(await requestOf(), context);

    expect(given).toMatchObject({ statusCode: 401, body: '' });
    expect(lines.join()).toContain('WEBHOOK_FROM_UNKNOWN_ADDRESS');
  });

  test('is accepted with either value while a rotation is under way', async () => {
    const { handler } = setUp(async () => route, {
      acceptedAuthorizations: { get: async () => ['Bearer new', AUTHORIZATION] },
    });

    expect(await handler(await requestOf(), context)).toMatchObject({ statusCode: 200 });
  });
});

describe('when something of ours fails', () => {
  test('the caller hears the apology, and the record says that the call was not decided', async () => {
    const { handler, lines } = setUp(async () => {
      throw new Error('connect ECONNREFUSED');
    });

    const given = await answer(handler, await requestOf());

    expect(given).toEqual({ statusCode: 200, answer: apology('Unavailable.') });
    expect(lines.map((line) => JSON.parse(line).decision)).toContain('service-unavailable');
  });

  test('the caller hears it by the deadline when the store never answers', async () => {
    const { handler } = setUp(() => new Promise(() => undefined), { deadlineMs: 101 });

    const given = await answer(handler, await requestOf());

    expect(given).toEqual({ statusCode: 200, answer: apology('Unavailable.') });
  });

  test('what is recorded is what was answered, also where the secret and the store are slow together', async () => {
    const { handler, lines } = setUp(() => pause(120).then(() => route), {
      acceptedAuthorizations: { get: () => pause(120).then(() => [AUTHORIZATION]) },
      deadlineMs: 300,
    });

    const given = await answer(handler, await requestOf());
    await pause(100);

    expect(given).toEqual({ statusCode: 200, answer: apology('Unavailable.') });
    const decided = lines.filter((line) => line.includes('CALL_DECIDED'));
    expect(decided.map((line) => JSON.parse(line).decision)).toEqual(['service-unavailable']);
  });

  test('the caller hears it when the secret cannot be read, and no number is given away', async () => {
    const { handler, looks } = setUp(async () => route, {
      acceptedAuthorizations: { get: () => Promise.reject(new Error('secret store down')) },
    });

    const given = await answer(handler, await requestOf());

    expect(given).toEqual({ statusCode: 200, answer: apology('Unavailable.') });
    expect(looks).toEqual([]);
  });

  test.each(['not json', '{}', '[]', '{"eventType":"CALL_ACTION","payload":{}}', ''])(
    'a body nobody expected is set aside and answered with the apology: %s',
    async (body) => {
      const { handler, setAside } = setUp(async () => route);

      const given = await answer(handler, await requestOf({}, body));

      expect(given).toEqual({ statusCode: 200, answer: apology('Unavailable.') });
      expect(setAside).toMatchObject([{ webhook: 'VCA', body }]);
    },
  );
});

describe('the log', () => {
  test('explains each call by ids and never holds a phone number', async () => {
    const { handler, lines } = setUp(async () => route);

    await handler(await requestOf(), context);
    await handler(await requestOf({ sessionId: '+6591110001' }), context);
    await handler(await requestOf({ sessionId: 'other', eventId: '6591110001' }), context);

    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      code: 'CALL_DECIDED',
      sessionId: payload.sessionId,
      eventId: payload.eventId,
      bookingId: '01JDBOOKING',
      decision: 'connect',
      CallDecided: 1,
    });
    expect(lines.join('\n')).not.toMatch(/6591110001|6591110002|6531290001/);
  });
});

describe('caller messages', () => {
  test('fall back to a sentence of their own when the configuration has none for a case', () => {
    const messages = readCallerMessages('{"default":{},"byCountry":{}}', 'plus');

    const { callflow } = messages.answerFor('limit-reached', undefined);

    expect(callflow.map(({ action }) => action)).toEqual(['say', 'hangup']);
  });

  test('stop the start when 8x8 would not play them', () => {
    const tooFast = JSON.stringify({
      default: { blocked: { say: 'No.', voiceProfile: 'v', speed: 9 } },
      byCountry: {},
    });

    expect(() => readCallerMessages(tooFast, 'plus')).toThrow(/speed/);
  });
});

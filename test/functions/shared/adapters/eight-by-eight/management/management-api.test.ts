import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  EightByEightManagementApi,
  type ManagementApiOptions,
} from '../../../../../../functions/shared/adapters/eight-by-eight/management/management-api.ts';
import { hangup, makeCall, outboundCallflow } from '../../../../../../functions/shared/domain/callflow.ts';
import { PhoneNumber } from '../../../../../../functions/shared/domain/phone-number.ts';
import { EightByEightError } from '../../../../../../functions/shared/ports/eight-by-eight-error.ts';
import {
  type ScriptedAnswer,
  startScriptedServer,
} from '../../../../../support/eight-by-eight/scripted-server.ts';

const API_KEY = 'key-4f9d0c71e2';
const AUTHORIZATION = 'Bearer 3f9c7e52a1';
const PASSWORD = 'pw-9b1dAA/x+y';
const NO_WEBHOOKS = { status: 200, body: { webhooks: [], count: 0, statusCode: 0, statusMessage: 'ok' } };
const OK = { status: 200, body: { statusCode: 0, statusMessage: 'ok' } };

/** An API against a scripted server, whose pauses are recorded instead of waited for. */
async function openApi(script: readonly ScriptedAnswer[], options: Partial<ManagementApiOptions> = {}) {
  const server = await startScriptedServer(...script);
  const pausesMs: number[] = [];
  const api = new EightByEightManagementApi({
    baseUrl: server.url,
    subAccountId: 'rapid.fare_&co',
    apiKey: async () => API_KEY,
    sleep: async (milliseconds) => pausesMs.push(milliseconds),
    random: () => 0,
    nowMs: () => Date.UTC(2026, 1, 16, 3, 0, 0),
    ...options,
  });
  return { api, server, pausesMs, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

async function errorOf(promise: Promise<unknown>): Promise<EightByEightError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof EightByEightError) return error;
  throw new Error('Expected the call to fail with an EightByEightError.', { cause: error });
}

const virtualNumber = PhoneNumber.from('+6531290001');
const party = PhoneNumber.from('+6591110001');
const callflow = outboundCallflow([makeCall({ source: virtualNumber, destination: party }), hangup()], {
  validUntilMs: Date.UTC(2026, 1, 16, 9),
});

describe('requests', () => {
  test('carry the key and the encoded sub-account', async () => {
    await using opened = await openApi([NO_WEBHOOKS]);

    await opened.api.listWebhooks();

    const [request] = opened.server.requests;
    expect(request?.method).toBe('GET');
    expect(request?.path).toBe('/api/v1/subaccounts/rapid.fare_%26co/webhooks');
    expect(request?.headers.authorization).toBe(`Bearer ${API_KEY}`);
  });

  test('keep a path that the base URL has', async () => {
    await using server = await startScriptedServer(NO_WEBHOOKS);
    const api = new EightByEightManagementApi({
      baseUrl: `${server.url}/proxy/8x8/`,
      subAccountId: 'rapidfare',
      apiKey: async () => API_KEY,
    });

    await api.listWebhooks();

    expect(server.requests[0]?.path).toBe('/proxy/8x8/api/v1/subaccounts/rapidfare/webhooks');
  });

  test('register a webhook enabled, with its authorization', async () => {
    await using opened = await openApi([NO_WEBHOOKS]);

    await opened.api.createWebhook({
      type: 'VCA',
      url: 'https://x.example/vca',
      httpAuthHeader: AUTHORIZATION,
    });

    expect(opened.server.requests[0]).toMatchObject({ method: 'POST' });
    expect(JSON.parse(opened.server.requests[0]?.body ?? '')).toEqual({
      type: 'VCA',
      url: 'https://x.example/vca',
      httpAuthHeader: AUTHORIZATION,
      enabled: true,
    });
  });

  test('set a push config with the fields that 8x8 documents', async () => {
    await using opened = await openApi([OK]);
    const config = {
      protocol: 'S3',
      host: 'ap-southeast-1',
      port: 443,
      username: 'AKIA1',
      password: PASSWORD,
      path: '/b/p/',
    };

    await opened.api.setRecordingPushConfig(config);

    expect(JSON.parse(opened.server.requests[0]?.body ?? '')).toEqual(config);
  });

  test('send a callflow with its numbers and its end of validity', async () => {
    const created = { sessionId: 's-1', sessionStatus: 'CREATED', callFlowRequestId: 'r-1', statusCode: 1 };
    await using opened = await openApi([{ status: 200, body: created }], { numberFormat: 'digits' });

    const accepted = await opened.api.sendCallflow(callflow);

    expect(accepted).toEqual({ sessionId: 's-1', callFlowRequestId: 'r-1' });
    expect(JSON.parse(opened.server.requests[0]?.body ?? '')).toEqual({
      validUntil: '2026-02-16T09:00:00.000Z',
      callflow: [
        { action: 'makeCall', params: { source: '6531290001', destination: '6591110001' } },
        { action: 'hangup' },
      ],
    });
  });

  test.each([
    ['a base URL that is none', { baseUrl: 'voice.8x8.com' }],
    ['a base URL without TLS', { baseUrl: 'http://voice.8x8.com' }],
    ['a sub-account id that cannot be one', { subAccountId: 'a/b' }],
  ])('are not made with %s', (_, wrong) => {
    const options = {
      baseUrl: 'https://voice.8x8.com',
      subAccountId: 'rapidfare',
      apiKey: async () => API_KEY,
    };

    expect(() => new EightByEightManagementApi({ ...options, ...wrong })).toThrow(
      expect.objectContaining({ kind: 'misconfigured' }),
    );
  });

  test.each(['', '  ', 'two words', 'line\nbreak', 'clé'])('are not made with the key %j', async (key) => {
    await using opened = await openApi([NO_WEBHOOKS], { apiKey: async () => key });

    const error = await errorOf(opened.api.listWebhooks());

    expect(error.kind).toBe('misconfigured');
    expect(opened.server.requests).toEqual([]);
  });

  test('trim the line break that a pasted key ends with', async () => {
    await using opened = await openApi([NO_WEBHOOKS], { apiKey: async () => `${API_KEY}\n` });

    await opened.api.listWebhooks();

    expect(opened.server.requests[0]?.headers.authorization).toBe(`Bearer ${API_KEY}`);
  });
});

describe('answers', () => {
  test('list webhooks, with absent flags read as false', async () => {
    const webhooks = [
      { type: 'VCA', url: 'https://x.example/vca', enabled: true, httpAuthHeaderAvailable: true, more: 1 },
      { type: 'VXX', url: null },
    ];
    await using opened = await openApi([{ status: 200, body: { webhooks, statusCode: 0 } }]);

    const listed = await opened.api.listWebhooks();

    expect(listed).toEqual([
      { type: 'VCA', url: 'https://x.example/vca', enabled: true, httpAuthHeaderAvailable: true },
      { type: 'VXX', url: '', enabled: false, httpAuthHeaderAvailable: false },
    ]);
  });

  test.each([
    ['404', { status: 404, body: { statusMessage: 'Resource not found' } }],
    ['an empty config', { status: 200, body: { subAccountId: 'x', protocol: null, statusCode: 0 } }],
  ])('tell by %s that no push config is set', async (_, answer) => {
    await using opened = await openApi([answer]);

    expect(await opened.api.recordingPushConfig()).toBeUndefined();
  });

  test('count a deletion of what is not there as done', async () => {
    await using opened = await openApi([{ status: 404 }]);

    await opened.api.deleteWebhook('VSS');
    await opened.api.deleteRecordingPushConfig();

    expect(opened.server.requests.map(({ method }) => method)).toEqual(['DELETE', 'DELETE']);
  });

  test('accept an empty answer to a change, not to a question', async () => {
    await using opened = await openApi([{ status: 200 }]);

    await opened.api.deleteWebhook('VSS');
    const error = await errorOf(opened.api.listWebhooks());

    expect(error.kind).toBe('unexpected-answer');
  });

  test('give the state of a number in one word', async () => {
    const numbers = [
      {
        msisdn: '+6531290001',
        countryCode: 'sg',
        operationalStatus: 'Active',
        numberHealth: { isHealthy: true },
      },
      { msisdn: '6531290002', operationalStatus: 'Active', numberHealth: { isHealthy: false } },
      {
        msisdn: '+6531290003',
        operationalStatus: 'Active',
        numberHealthCheckEnabled: false,
        numberHealth: { isHealthy: false },
      },
      { msisdn: '+6531290004', operationalStatus: 'Expiring', numberHealth: { isHealthy: false } },
      { msisdn: '+6531290005', operationalStatus: 'INACTIVE' },
      { msisdn: '+6531290006', operationalStatus: 'Suspended' },
    ];
    await using opened = await openApi([{ status: 200, body: { totalNumbers: 6, numbers, statusCode: 0 } }]);

    const listed = await opened.api.virtualNumbers();

    expect(listed.complete).toBe(true);
    expect(listed.numbers.map(({ number, state }) => [number.reveal(), state])).toEqual([
      ['+6531290001', 'active'],
      ['+6531290002', 'unhealthy'],
      ['+6531290003', 'active'],
      ['+6531290004', 'expiring'],
      ['+6531290005', 'inactive'],
      ['+6531290006', undefined],
    ]);
    expect(listed.numbers[0]?.country).toBe('SG');
  });

  test.each([
    ['8x8 counts more than it lists', { totalNumbers: 2, numbers: [{ msisdn: '+6531290001' }] }],
    ['one cannot be read', { totalNumbers: 1, numbers: [{ msisdn: 'soon' }, { msisdn: '+6531290001' }] }],
  ])('tell an incomplete list of numbers when %s', async (_, body) => {
    await using opened = await openApi([{ status: 200, body }]);

    const listed = await opened.api.virtualNumbers();

    expect(listed.complete).toBe(false);
    expect(listed.numbers).toHaveLength(1);
  });

  test('read a recording in either spelling', async () => {
    const guide = {
      recordingId: 'r-1',
      sessionId: 's-1',
      status: 'CALLBACK_COMPLETED',
      externalFileUrl: 'https://x.example/r-1.mp3',
      startRecordingTime: '1969-12-31T23:59:59.999Z',
    };
    const schema = {
      recordingId: 'r-2',
      sessionid: 's-1',
      status: 'completed',
      duration: 10,
      startRecordingTime: '2026-02-16T03:14:15.702Z',
    };
    await using opened = await openApi([
      { status: 200, body: { recordings: [guide, schema], statusCode: 0 } },
    ]);

    const recordings = await opened.api.recordingsOf('s-1');

    expect(recordings).toEqual([
      {
        recordingId: 'r-1',
        sessionId: 's-1',
        status: 'CALLBACK_COMPLETED',
        progress: 'uploaded',
        externalFileUrl: 'https://x.example/r-1.mp3',
        durationSeconds: undefined,
        startedAtMs: undefined,
      },
      {
        recordingId: 'r-2',
        sessionId: 's-1',
        status: 'completed',
        progress: 'uploaded',
        externalFileUrl: undefined,
        durationSeconds: 10,
        startedAtMs: Date.UTC(2026, 1, 16, 3, 14, 15, 702),
      },
    ]);
  });

  test('tell no recordings of a session that 8x8 does not know', async () => {
    await using opened = await openApi([{ status: 404 }]);

    expect(await opened.api.recordingsOf('s-unknown')).toEqual([]);
  });

  test('list the voices', async () => {
    const speechProfiles = [{ speechProfileCode: 'en-GB-Emma', localeCode: 'en-GB', gender: 'F' }];
    await using opened = await openApi([{ status: 200, body: { speechProfiles } }]);

    expect(await opened.api.voiceProfiles()).toEqual([
      { code: 'en-GB-Emma', locale: 'en-GB', description: undefined, gender: 'F' },
    ]);
  });
});

describe('errors', () => {
  const refused = (status: number, body: unknown = {}, headers = {}): ScriptedAnswer => ({
    status,
    body,
    headers,
  });

  test.each([
    [refused(401), 'unauthorized', 'connect.8x8.com/messaging/api-keys'],
    [refused(403), 'forbidden', 'rapid.fare_&co'],
    [refused(404), 'not-found', 'sub-account id'],
    [
      refused(422, { statusCode: '1001', statusMessage: 'Invalid JSON request body', errorId: 'e-1' }),
      'invalid',
      'e-1',
    ],
    [refused(426, { code: 1014 }, { upgrade: 'TLS/1.3' }), 'tls-too-old', 'TLS 1.3'],
    [refused(429), 'rate-limited', 'Wait'],
    [refused(500), 'server', 'at 8x8'],
    [refused(503), 'server', 'at 8x8'],
    [refused(302, {}, { location: 'https://elsewhere.example' }), 'unexpected-answer', 'redirects'],
    [refused(200, { statusCode: 1200, statusMessage: 'Nope' }), 'invalid', 'Nope'],
    [refused(200, { something: 'else' }), 'unexpected-answer', 'webhooks'],
    [{ status: 200, text: '<html>Welcome to the airport</html>' } as const, 'unexpected-answer', 'not JSON'],
  ])('are typed and say what to do: %#', async (answer, kind, hint) => {
    await using opened = await openApi([answer], { attempts: 1 });

    const error = await errorOf(opened.api.listWebhooks());

    expect(error.kind).toBe(kind);
    expect(error.message).toContain('list the webhooks');
    expect(error.message).toContain(hint);
    expect(error.message).toContain(error.advice);
  });

  test('give the code and the error id of 8x8', async () => {
    await using opened = await openApi([refused(422, { statusCode: '1001', errorId: 'e-1' })]);

    const error = await errorOf(opened.api.createWebhook({ type: 'VSS', url: 'x', httpAuthHeader: 'y' }));

    expect(error).toMatchObject({ status: 422, code: '1001', errorId: 'e-1' });
  });

  test.each([
    [400, { sessionStatus: 'NOT_CREATED', statusCode: -1007, statusMessage: '$.callflow[0]' }, '-1007'],
    [422, { sessionStatus: 'NOT_CREATED', statusCode: -1014, statusMessage: 'Source not allowed' }, '-1014'],
    [200, { sessionStatus: 'NOT_CREATED', statusCode: -1013, statusMessage: 'First action' }, '-1013'],
    [200, { sessionStatus: 'NOT CREATED', statusMessage: 'First action' }, undefined],
  ])('tell a refused callflow, HTTP %d', async (status, body, code) => {
    await using opened = await openApi([{ status, body }]);

    const error = await errorOf(opened.api.sendCallflow(callflow));

    expect(error).toMatchObject({ kind: 'callflow-rejected', code, mayHaveTakenEffect: false });
  });

  test('tell a server that cannot be reached', async () => {
    const server = await startScriptedServer(NO_WEBHOOKS);
    await server[Symbol.asyncDispose]();
    const api = new EightByEightManagementApi({
      baseUrl: server.url,
      subAccountId: 'rapidfare',
      apiKey: async () => API_KEY,
      attempts: 1,
    });

    const error = await errorOf(api.listWebhooks());

    expect(error).toMatchObject({ kind: 'unreachable', code: 'ECONNREFUSED', mayHaveTakenEffect: false });
  });

  test('tell a server that does not answer in time', async () => {
    await using opened = await openApi(['hang'], { timeoutMs: 20, attempts: 1 });

    const error = await errorOf(opened.api.deleteWebhook('VSS'));

    expect(error).toMatchObject({ kind: 'timed-out', mayHaveTakenEffect: true });
  });

  test('never hold the key, a password, an authorization or a phone number', async () => {
    const echo = `${API_KEY} ${AUTHORIZATION} ${PASSWORD} +65 9111 0001 6591110001`;
    const answers: ScriptedAnswer[] = [401, 403, 422, 500].map((status) =>
      refused(status, { statusMessage: echo, code: echo }),
    );
    await using opened = await openApi([...answers, 'cut'], { attempts: 1 });
    const { api } = opened;
    const config = { protocol: 'S3', host: 'h', port: 443, username: 'u', password: PASSWORD, path: '/' };

    const errors = [
      await errorOf(
        api.createWebhook({ type: 'VSS', url: 'https://x.example', httpAuthHeader: AUTHORIZATION }),
      ),
      await errorOf(api.setRecordingPushConfig(config)),
      await errorOf(api.sendCallflow(callflow)),
      await errorOf(api.listWebhooks()),
      await errorOf(api.listWebhooks()),
    ];

    const printed = errors.map((error) =>
      [inspect(error, { depth: 9 }), String(error), JSON.stringify(error)].join(),
    );
    for (const text of printed) {
      expect(text).not.toContain(API_KEY);
      expect(text.replaceAll(' ', '')).not.toContain('91110001');
    }
    expect(printed[0]).not.toContain(AUTHORIZATION);
    expect(printed[1]).not.toContain(PASSWORD);
    expect(inspect(api, { depth: 9, showHidden: true })).not.toContain(API_KEY);
  });

  test('are the only thing thrown, whatever 8x8 answers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 200, max: 599 }), fc.json(), async (status, text) => {
        const api = new EightByEightManagementApi({
          subAccountId: 'rapidfare',
          apiKey: async () => API_KEY,
          attempts: 1,
          fetch: async () => new Response([204, 205, 304].includes(status) ? null : text, { status }),
        });

        const outcomes = await Promise.allSettled([
          api.listWebhooks(),
          api.recordingPushConfig(),
          api.virtualNumbers(),
          api.voiceProfiles(),
          api.recordingsOf('s-1'),
          api.sendCallflow(callflow),
          api.deleteWebhook('VNU'),
        ]);

        const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
        expect(failures.every(({ reason }) => reason instanceof EightByEightError)).toBe(true);
      }),
    );
  });
});

describe('retries', () => {
  const busy: ScriptedAnswer = { status: 503 };

  test('pause longer each time, and end with the answer', async () => {
    await using opened = await openApi([busy, 'cut', busy, NO_WEBHOOKS]);

    const webhooks = await opened.api.listWebhooks();

    expect(webhooks).toEqual([]);
    expect(opened.pausesMs).toEqual([125, 250, 500]);
  });

  test('spread at random up to twice the shortest pause', async () => {
    await using opened = await openApi([busy, NO_WEBHOOKS], { random: () => 0.999 });

    await opened.api.listWebhooks();

    expect(opened.pausesMs[0]).toBeCloseTo(249.9, 0);
  });

  test('end after the last attempt with the last error', async () => {
    await using opened = await openApi([busy], { attempts: 3 });

    const error = await errorOf(opened.api.listWebhooks());

    expect(error.kind).toBe('server');
    expect(opened.server.requests).toHaveLength(3);
  });

  test.each([
    ['seconds', '7', 7000],
    ['an HTTP date', 'Mon, 16 Feb 2026 03:00:05 GMT', 5000],
    ['a date that has passed', 'Mon, 16 Feb 2026 02:00:00 GMT', 0],
  ])('wait as long as Retry-After says in %s', async (_, header, pauseMs) => {
    const limited = { status: 429, headers: { 'retry-after': header } };
    await using opened = await openApi([limited, NO_WEBHOOKS]);

    await opened.api.listWebhooks();

    expect(opened.pausesMs).toEqual([pauseMs]);
  });

  test('do not wait for a Retry-After beyond the bound', async () => {
    const limited = { status: 429, headers: { 'retry-after': '3600' } };
    await using opened = await openApi([limited, NO_WEBHOOKS]);

    const error = await errorOf(opened.api.listWebhooks());

    expect(error).toMatchObject({ kind: 'rate-limited', retryAfterMs: 3_600_000 });
    expect(error.message).toContain('3600 s');
    expect(opened.pausesMs).toEqual([]);
  });

  test.each([401, 403, 404, 422, 426, 501])('are not made after HTTP %d', async (status) => {
    await using opened = await openApi([{ status }, NO_WEBHOOKS]);

    await errorOf(opened.api.listWebhooks());

    expect(opened.server.requests).toHaveLength(1);
  });

  test.each([
    ['a timeout', 'hang'],
    ['a cut line', 'cut'],
    ['a server error', busy],
  ] as const)('never send a callflow twice after %s', async (_, answer) => {
    await using opened = await openApi([answer], { timeoutMs: 20 });

    const error = await errorOf(opened.api.sendCallflow(callflow));

    expect(error.mayHaveTakenEffect).toBe(true);
    expect(opened.server.requests).toHaveLength(1);
  });

  test('send a callflow again that surely was not accepted', async () => {
    const created = { sessionId: 's-1', sessionStatus: 'CREATED', statusCode: 1 };
    await using opened = await openApi([{ status: 429 }, { status: 200, body: created }]);

    const accepted = await opened.api.sendCallflow(callflow);

    expect(accepted.sessionId).toBe('s-1');
    expect(opened.server.requests).toHaveLength(2);
  });

  test('ask for the key each time, so that a rotated one is used', async () => {
    const keys = ['old-key', 'new-key'];
    await using opened = await openApi([busy, NO_WEBHOOKS], { apiKey: async () => keys.shift() ?? '' });

    await opened.api.listWebhooks();

    expect(opened.server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer old-key',
      'Bearer new-key',
    ]);
  });
});

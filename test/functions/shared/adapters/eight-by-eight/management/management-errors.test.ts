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
const _OK = { status: 200, body: { statusCode: 0, statusMessage: 'ok' } };

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

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

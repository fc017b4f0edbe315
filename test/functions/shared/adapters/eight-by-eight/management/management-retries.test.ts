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
const _AUTHORIZATION = 'Bearer 3f9c7e52a1';
const _PASSWORD = 'pw-9b1dAA/x+y';
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

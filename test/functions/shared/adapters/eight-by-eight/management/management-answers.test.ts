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
const _NO_WEBHOOKS = { status: 200, body: { webhooks: [], count: 0, statusCode: 0, statusMessage: 'ok' } };
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
const _callflow = outboundCallflow([makeCall({ source: virtualNumber, destination: party }), hangup()], {
  validUntilMs: Date.UTC(2026, 1, 16, 9),
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

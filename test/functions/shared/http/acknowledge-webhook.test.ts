import { describe, expect, test } from 'vitest';
import { createCallStatusHandler } from '../../../../functions/call-status/handler.ts';
import type { SessionInput } from '../../../../functions/shared/domain/session.ts';
import { createAcknowledgedWebhook } from '../../../../functions/shared/http/acknowledge-webhook.ts';
import {
  answerOf,
  eventWith,
  fakeWebhookTools,
  receivedAtMs,
  sampleEvent,
} from '../../../support/webhooks.ts';

/** A recorder that remembers what it was given. */
function rememberingRecorder() {
  const recorded: [sessionId: string, input: SessionInput, receivedAtMs: number][] = [];
  return {
    recorded,
    recorder: {
      record: async (sessionId: string, input: SessionInput, options: { receivedAtMs: number }) => {
        recorded.push([sessionId, input, options.receivedAtMs]);
      },
    },
  };
}

const failingRecorder = {
  record: async () => {
    throw new Error('The store cannot be reached.');
  },
};

const event = sampleEvent('call-status');
const body = event.body ?? '';

describe('an acknowledged webhook', () => {
  test('answers 200 with an empty object when the event is stored', async () => {
    const { tools } = fakeWebhookTools();
    const { recorder, recorded } = rememberingRecorder();

    const answer = await answerOf(createCallStatusHandler(tools, recorder), event);

    expect(answer).toMatchObject({ statusCode: 200, json: {} });
    expect(recorded).toMatchObject([
      ['c5e1a7d0-1f4b-11f1-8c52-4b1d9e07a3f6', { kind: 'event' }, receivedAtMs],
    ]);
  });

  test('sets an event of another sub-account aside, and stores nothing of it', async () => {
    const { tools, quarantined } = fakeWebhookTools();
    const { recorder, recorded } = rememberingRecorder();
    const handler = createCallStatusHandler({ ...tools, ownSubAccount: 'ours' }, recorder);

    const answer = await answerOf(handler, event);

    expect(answer).toMatchObject({ statusCode: 400, json: { errors: [{ path: 'payload.subAccountId' }] } });
    expect(quarantined).toMatchObject([{ webhook: 'VCS', body }]);
    expect(recorded).toEqual([]);
  });

  test('reads a body with a byte-order mark before it and padding behind it', async () => {
    const { tools } = fakeWebhookTools();
    const { recorder, recorded } = rememberingRecorder();

    const handler = createCallStatusHandler(tools, recorder);
    const answer = await answerOf(handler, eventWith('call-status', `\u{FEFF}${body}\0\n\0`));

    expect(answer.statusCode).toBe(200);
    expect(recorded).toHaveLength(1);
  });

  test('reads a body that the gateway has encoded', async () => {
    const { tools } = fakeWebhookTools();
    const { recorder, recorded } = rememberingRecorder();
    const encoded = eventWith('call-status', Buffer.from(body).toString('base64'), true);

    await answerOf(createCallStatusHandler(tools, recorder), encoded);

    expect(recorded).toHaveLength(1);
  });

  test.each(['Bearer wrong', '', undefined])(
    'answers 401 with an empty body to %s',
    async (authorization) => {
      const { tools, quarantined, retried } = fakeWebhookTools();
      const { recorder, recorded } = rememberingRecorder();
      const { authorization: _, ...headers } = event.headers;
      const forged = {
        ...event,
        headers: { ...headers, ...(authorization !== undefined && { authorization }) },
      };

      const answer = await answerOf(createCallStatusHandler(tools, recorder), forged);

      expect(answer).toMatchObject({ statusCode: 401, body: '' });
      expect([recorded, quarantined, retried]).toEqual([[], [], []]);
    },
  );

  test.each(['', 'not json', '{"payload":', '['.repeat(100_000)])(
    'answers 400 to a body that is not JSON',
    async (text) => {
      const { tools, quarantined } = fakeWebhookTools();

      const answer = await answerOf(
        createCallStatusHandler(tools, rememberingRecorder().recorder),
        eventWith('call-status', text),
      );

      expect(answer).toMatchObject({
        statusCode: 400,
        headers: { 'content-type': 'application/problem+json' },
        json: { code: 'INVALID_REQUEST', status: 400, errors: [{ path: 'body' }] },
      });
      expect(quarantined).toEqual([]);
    },
  );

  test('answers 413 to more than 256 KB, counted in bytes and after decoding', async () => {
    const { tools } = fakeWebhookTools();
    const { recorder, recorded } = rememberingRecorder();
    const large = JSON.stringify({ ...JSON.parse(body), filler: 'é'.repeat(140_000) });

    const answers = await Promise.all([
      answerOf(createCallStatusHandler(tools, recorder), eventWith('call-status', large)),
      answerOf(
        createCallStatusHandler(tools, recorder),
        eventWith('call-status', Buffer.from(large).toString('base64'), true),
      ),
    ]);

    expect(answers.map(({ statusCode, json }) => [statusCode, json])).toEqual(
      Array(2).fill([413, expect.objectContaining({ code: 'BODY_TOO_LARGE' })]),
    );
    expect(recorded).toEqual([]);
  });

  test('puts a body of unknown shape into quarantine and names every fault', async () => {
    const { tools, quarantined, lines } = fakeWebhookTools();
    const strange = JSON.stringify({ eventType: 'CALL_STATUS', payload: { source: '+6591110001' } });

    const answer = await answerOf(
      createCallStatusHandler(tools, rememberingRecorder().recorder),
      eventWith('call-status', strange),
    );

    const errors = [{ path: 'payload.sessionId' }, { path: 'payload.callStatus' }];
    expect(answer).toMatchObject({ statusCode: 400, json: { code: 'INVALID_REQUEST', errors } });
    expect(quarantined).toMatchObject([{ webhook: 'VCS', body: strange, issues: errors }]);
    expect(lines.join()).toContain('"WebhookQuarantined":1');
  });

  test('answers 503 when the quarantine cannot take the body', async () => {
    const { tools } = fakeWebhookTools(['quarantine']);

    const answer = await answerOf(
      createCallStatusHandler(tools, rememberingRecorder().recorder),
      eventWith('call-status', '{}'),
    );

    expect(answer).toMatchObject({ statusCode: 503, json: { code: 'STORE_UNAVAILABLE' } });
  });

  test('queues the raw event and answers 200 when the store fails', async () => {
    const { tools, retried, lines } = fakeWebhookTools();

    const answer = await answerOf(createCallStatusHandler(tools, failingRecorder), event);

    expect(answer.statusCode).toBe(200);
    expect(retried).toEqual([{ webhook: 'VCS', receivedAtMs, body }]);
    expect(lines.join()).toContain('"WebhookDeferred":1');
  });

  test('queues the event when the store takes too long, even one that ignores the signal', async () => {
    const { tools, retried } = fakeWebhookTools();
    const record = () => new Promise<void>(() => undefined);

    const answer = await answerOf(
      createCallStatusHandler({ ...tools, storePatienceMs: 5 }, { record }),
      event,
    );

    expect(answer.statusCode).toBe(200);
    expect(retried).toHaveLength(1);
  });

  test('answers 503 when neither the store nor the queue takes the event', async () => {
    const { tools } = fakeWebhookTools(['retry']);

    const answer = await answerOf(createCallStatusHandler(tools, failingRecorder), event);

    expect(answer).toMatchObject({ statusCode: 503, json: { code: 'STORE_UNAVAILABLE' } });
  });

  test('answers 503 when the accepted value cannot be read', async () => {
    const { tools } = fakeWebhookTools();
    const acceptedAuthorizations = { get: () => Promise.reject(new Error('No secret.')) };

    const answer = await answerOf(
      createCallStatusHandler({ ...tools, acceptedAuthorizations }, failingRecorder),
      event,
    );

    expect(answer.statusCode).toBe(503);
  });

  test('no phone number reaches the log, whatever goes wrong', async () => {
    const { tools, lines } = fakeWebhookTools(['retry', 'quarantine']);
    const leaking = createAcknowledgedWebhook({
      ...tools,
      webhook: 'VCS',
      parse: () => ({ ok: true, event: { subAccountId: undefined } }),
      store: async () => {
        throw new Error('Could not store +6591110001 for 6531290001.');
      },
    });

    await answerOf(leaking, event);
    await answerOf(
      createCallStatusHandler(tools, failingRecorder),
      eventWith('call-status', '{"a":"+6591110001"}'),
    );
    await answerOf(createCallStatusHandler(tools, failingRecorder), eventWith('call-status', '+6591110001x'));

    expect(lines.length).toBeGreaterThan(3);
    expect(lines.join('\n')).not.toMatch(/9111000|3129000/);
  });
});

import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SQSRecord } from 'aws-lambda';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, test } from 'vitest';
import { createEventWebhookHandler } from '../../../functions/event-webhook/handler.ts';
import { createPost, secondsOf } from '../../../functions/event-webhook/post.ts';
import { parseSigningKeys, signedHeaders } from '../../../functions/event-webhook/signature.ts';
import { createLogger } from '../../../functions/shared/observability/logger.ts';
import { NOON_MS } from '../../support/bookings.ts';

const detail = { specversion: '1.0', id: 'e-1', type: 'booking.created', data: { bookingId: 'b-1' } };
const SECRET = Buffer.from('a key of four and twenty').toString('base64');
const OTHER_SECRET = Buffer.from('another key, as long as it').toString('base64');

function message(
  messageId: string,
  attempts = 1,
  body: unknown = { source: 'number-masking', detail },
): SQSRecord {
  return {
    messageId,
    receiptHandle: `receipt-${messageId}`,
    body: JSON.stringify(body),
    attributes: {
      ApproximateReceiveCount: String(attempts),
      SentTimestamp: '0',
      SenderId: 'events',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-central-1:000000000000:events',
    awsRegion: 'eu-central-1',
  };
}

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver that answers with the given statuses, one after the other, and then with the last. */
async function startReceiver(...statuses: (number | [status: number, retryAfter: string])[]) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    const [status, retryAfter] = [statuses[Math.min(received.length, statuses.length) - 1] ?? 200].flat();
    const headers = {
      ...(status === 302 && { location: 'http://127.0.0.1:9/elsewhere' }),
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    };
    response.writeHead(Number(status), headers).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received };
}

function webhook(url: string) {
  const postponed: [string, number][] = [];
  const lines: string[] = [];
  const clock = { nowMs: NOON_MS };
  const handler = createEventWebhookHandler({
    post: createPost(url),
    postpone: async (receiptHandle, seconds) => {
      postponed.push([receiptHandle, seconds]);
    },
    keys: { get: async () => parseSigningKeys(JSON.stringify({ secret: SECRET })) },
    logger: createLogger('event-webhook', (line) => lines.push(line)),
    nowMs: () => clock.nowMs,
    random: () => 1,
  });
  return { handler, postponed, lines, clock };
}

describe('the event webhook', () => {
  test('hands the event over as it was published, signed with the time', async () => {
    const { url, received } = await startReceiver(204);

    const answer = await webhook(url).handler({ Records: [message('m-1')] });

    expect(answer).toEqual({ batchItemFailures: [] });
    const [request] = received;
    expect(JSON.parse(request?.body ?? '')).toEqual(detail);
    expect(request?.headers).toMatchObject({
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'webhook-id': 'e-1',
      'webhook-timestamp': String(NOON_MS / 1000),
      'webhook-signature': new Webhook(SECRET).sign('e-1', new Date(NOON_MS), request?.body ?? ''),
    });
  });

  test('leaves in the queue, alone and for longer each time, what the receiver did not take', async () => {
    const { url } = await startReceiver(500);
    const { handler, postponed, lines } = webhook(url);

    const answer = await handler({ Records: [message('m-1', 1), message('m-2', 4)] });

    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'm-1' }, { itemIdentifier: 'm-2' }]);
    expect(postponed.sort()).toEqual([
      ['receipt-m-1', 10],
      ['receipt-m-2', 80],
    ]);
    expect(lines.join()).toContain('EventWebhookRefused');
  });

  test('follows no redirect: a signed event goes nowhere but to the configured address', async () => {
    const { url, received } = await startReceiver(302);

    const answer = await webhook(url).handler({ Records: [message('m-1')] });

    expect(answer.batchItemFailures).toHaveLength(1);
    expect(received).toHaveLength(1);
  });

  test('keeps an event for a receiver that cannot be reached', async () => {
    const { handler, postponed } = webhook('http://127.0.0.1:1/hook');

    const answer = await handler({ Records: [message('m-1', 20)] });

    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'm-1' }]);
    expect(postponed).toEqual([['receipt-m-1', 900]]);
  });

  test.each([
    { answer: [503, '120'], waits: 120 },
    // It asks for less than it would be given anyway.
    { answer: [429, '3'], waits: 10 },
    { answer: [503, 'soon'], waits: 10 },
    // Longer than a queue can hide a message.
    { answer: [503, '999999'], waits: 21_600 },
  ] as { answer: [number, string]; waits: number }[])(
    'waits for a receiver that answers $answer: $waits s',
    async ({ answer, waits }) => {
      const { url } = await startReceiver(answer);
      const { handler, postponed } = webhook(url);

      await handler({ Records: [message('m-1')] });

      expect(postponed).toEqual([['receipt-m-1', waits]]);
    },
  );

  test('sends a receiver that is gone nothing for an hour, loses no event, and then asks with one', async () => {
    const { url, received } = await startReceiver(410, 204);
    const { handler, postponed, clock } = webhook(url);

    await handler({ Records: [message('m-1')] });
    const meanwhile = await handler({ Records: [message('m-2'), message('m-3')] });
    clock.nowMs += 3_600_000;
    const later = await handler({ Records: [message('m-1', 2)] });

    expect(received).toHaveLength(2);
    expect(meanwhile.batchItemFailures).toHaveLength(2);
    expect(postponed.map(([, seconds]) => seconds)).toEqual([3600, 3600, 3600]);
    expect(later).toEqual({ batchItemFailures: [] });
  });
});

describe('what a receiver asks for', () => {
  test.each([
    [null, undefined],
    ['7', 7],
    ['0', undefined],
    ['-5', undefined],
    ['never', undefined],
    [new Date(NOON_MS + 90_500).toUTCString(), 90],
    [new Date(NOON_MS - 1000).toUTCString(), undefined],
  ])('%j is read as %j seconds', (text, seconds) => {
    expect(secondsOf(text, NOON_MS)).toBe(seconds);
  });
});

describe('the signature', () => {
  const body = JSON.stringify(detail);
  const now = () => Math.floor(Date.now() / 1000) * 1000;
  const keys = (...secrets: string[]) =>
    parseSigningKeys(JSON.stringify({ secret: secrets[0], previousSecret: secrets[1] }));

  test('is accepted by a verifier from the shelf, with the secret as it is or with whsec_', () => {
    const headers = signedHeaders('e-1', body, keys(SECRET), now());

    expect(new Webhook(SECRET).verify(body, headers)).toEqual(detail);
    expect(new Webhook(`whsec_${SECRET}`).verify(body, headers)).toEqual(detail);
    expect(signedHeaders('e-1', body, keys(`whsec_${SECRET}`), now())).toEqual(headers);
  });

  test('is refused with another secret, another body, another id, and after its time', () => {
    const headers = signedHeaders('e-1', body, keys(SECRET), now());
    const old = signedHeaders('e-1', body, keys(SECRET), now() - 6 * 60_000);
    const verifier = new Webhook(SECRET);

    expect(() => new Webhook(OTHER_SECRET).verify(body, headers)).toThrow();
    expect(() => verifier.verify(`${body} `, headers)).toThrow();
    expect(() => verifier.verify(body, { ...headers, 'webhook-id': 'e-2' })).toThrow();
    expect(() => verifier.verify(body, old)).toThrow('too old');
  });

  test('is made with both secrets while one replaces the other', () => {
    const headers = signedHeaders('e-1', body, keys(OTHER_SECRET, SECRET), now());

    for (const secret of [SECRET, OTHER_SECRET]) {
      expect(new Webhook(secret).verify(body, headers)).toEqual(detail);
    }
  });

  test.each(['', 'text', '{}', '{"secret":""}', '[]', 'null'])('needs a secret, and %j is none', (text) => {
    expect(() => parseSigningKeys(text)).toThrow(/^The secret of the event webhook is not/);
  });

  test.each(['not base64 at all, whatever it is', 'c2hvcnQ=', 'A'.repeat(92)])(
    'is made with no secret that a receiver would read otherwise: %s',
    (secret) => {
      expect(() => keys(secret)).toThrow(/must be 24 to 64 bytes in base64/);
    },
  );
});

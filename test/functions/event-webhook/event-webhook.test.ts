import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SQSRecord } from 'aws-lambda';
import { afterEach, describe, expect, test } from 'vitest';
import { createEventWebhookHandler } from '../../../functions/event-webhook/handler.ts';
import { createPost } from '../../../functions/event-webhook/post.ts';
import {
  parseSigningSecrets,
  SIGNATURE_HEADER,
  signatureOf,
} from '../../../functions/event-webhook/signature.ts';
import { createLogger } from '../../../functions/shared/observability/logger.ts';
import { NOON_MS } from '../../support/bookings.ts';

const detail = { schemaVersion: 1, eventId: 'e-1', type: 'booking.created', data: { bookingId: 'b-1' } };

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
async function startReceiver(...statuses: number[]) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    const status = statuses[Math.min(received.length, statuses.length) - 1] ?? 200;
    response.writeHead(status, status === 302 ? { location: 'http://127.0.0.1:9/elsewhere' } : {}).end();
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
  const handler = createEventWebhookHandler({
    post: createPost(url),
    postpone: async (receiptHandle, seconds) => {
      postponed.push([receiptHandle, seconds]);
    },
    secrets: { get: async () => ['the secret'] },
    logger: createLogger('event-webhook', (line) => lines.push(line)),
    nowMs: () => NOON_MS,
    random: () => 1,
  });
  return { handler, postponed, lines };
}

describe('the event webhook', () => {
  test('hands the event over as it was published, signed with the time', async () => {
    const { url, received } = await startReceiver(204);

    const answer = await webhook(url).handler({ Records: [message('m-1')] });

    expect(answer).toEqual({ batchItemFailures: [] });
    const [request] = received;
    expect(JSON.parse(request?.body ?? '')).toEqual(detail);
    const seconds = NOON_MS / 1000;
    const expected = createHmac('sha256', 'the secret').update(`${seconds}.${request?.body}`).digest('hex');
    expect(request?.headers[SIGNATURE_HEADER]).toBe(`t=${seconds},v1=${expected}`);
    expect(request?.headers['x-number-masking-event-id']).toBe('e-1');
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
});

describe('the signature', () => {
  test('is made with both secrets while one replaces the other', () => {
    const secrets = parseSigningSecrets('{"secret":"new","previousSecret":"old"}');

    const signature = signatureOf('{}', secrets, NOON_MS);

    expect(signature.match(/v1=[\da-f]{64}/g)).toHaveLength(2);
  });

  test.each(['', 'text', '{}', '{"secret":""}', '[]', 'null'])('needs a secret, and %j is none', (text) => {
    expect(() => parseSigningSecrets(text)).toThrow(/^The secret of the event webhook is not/);
  });
});

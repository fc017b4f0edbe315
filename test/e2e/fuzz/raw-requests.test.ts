import { randomUUID } from 'node:crypto';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ServiceCloud, startServiceCloud } from '../../../lib/local-cloud/service/service-cloud.ts';
import { readSettings } from '../../../lib/local-cloud/service/settings.ts';
import { REGION } from '../../../lib/local-cloud/template/physical-names.ts';
import { bookingApiPaths, webhookPaths } from '../../../lib/routes.ts';
import { callBodies } from '../../rehearsal/soak/masked-call.ts';
import { createRawClient, type RawClient } from './raw-http.ts';
import { countWrites } from './writes.ts';

const AUTHORIZATION = 'Authorization: Bearer local-webhook-secret';
const story = {
  sessionId: randomUUID(),
  caller: '+6591110001',
  callee: '+6591110002',
  virtualNumber: '+6531290001',
  atMs: Date.UTC(2026, 10, 21, 12),
  talkSeconds: 30,
};
/** A webhook that is stored if it gets through. */
const BODY = JSON.stringify(callBodies(story).statuses[0]);
const LENGTH = `Content-Length: ${BODY.length}`;
const POST = 'POST /webhooks/call-status HTTP/1.1';
const CHUNKED = 'Transfer-Encoding: chunked';

let service: ServiceCloud;
let raw: RawClient;
let sqs: SQSClient;

beforeAll(async () => {
  service = await startServiceCloud(readSettings({ PORT: '0', SIMULATOR_PORT: '0' }), { say: () => {} });
  raw = createRawClient(service.cloud.url);
  const { endpoints, credentials } = service.cloud;
  sqs = new SQSClient({ endpoint: endpoints.SQS, region: REGION, credentials });
}, 120_000);
afterAll(async () => {
  sqs.destroy();
  await service.stop();
});

/** Lines of a head, an empty one, and what follows it. */
const message = (head: readonly string[], rest = ''): Buffer =>
  Buffer.from([...head, '', rest].join('\r\n'), 'latin1');
/** A webhook in one request after which the connection is to end, with more lines in its head. */
const webhook = (...lines: string[]): Buffer =>
  message([POST, 'Host: localhost', 'Connection: close', 'Content-Type: application/json', ...lines], BODY);
const get = (target: string, ...lines: string[]): Buffer =>
  message([`GET ${target} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...lines]);
const inChunks = (...lines: string[]): Buffer =>
  message(
    [POST, 'Host: localhost', 'Connection: close', 'Content-Type: application/json', AUTHORIZATION, CHUNKED],
    lines.join('\r\n'),
  );
const SIZE = BODY.length.toString(16);

async function messagesKept(): Promise<number> {
  const counts = service.cloud.deployment.queues.map(async ({ url }) => {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
    );
    return Number(Attributes?.ApproximateNumberOfMessages);
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

/** Sends bytes of which nothing may be left, and after which the service must go on. */
async function withstand(bytes: Buffer, isCut = false): Promise<number[]> {
  const { writes, result } = await countWrites(service.cloud.database, () => raw.send(bytes, isCut));
  expect(writes).toBe(0);
  expect(result.filter((status) => status >= 500)).toEqual([]);
  return result;
}

describe('a request that two readers could understand in two ways', () => {
  let keptBefore = 0;
  beforeEach(async () => {
    keptBefore = await messagesKept();
  });
  afterEach(async () => {
    expect(await messagesKept()).toBe(keptBefore);
    expect((await fetch(`${service.cloud.url}/healthz`)).status).toBe(200);
  });

  test.each([
    ['two lengths that differ', webhook(AUTHORIZATION, LENGTH, 'Content-Length: 5')],
    ['the same length twice', webhook(AUTHORIZATION, LENGTH, LENGTH)],
    ['a list of lengths', webhook(AUTHORIZATION, `${LENGTH}, ${BODY.length}`)],
    ['a length, then chunks', webhook(AUTHORIZATION, LENGTH, CHUNKED)],
    ['chunks, then a length', webhook(AUTHORIZATION, CHUNKED, LENGTH)],
    ['a negative length', webhook(AUTHORIZATION, 'Content-Length: -1')],
    ['a length with a sign', webhook(AUTHORIZATION, `Content-Length: +${BODY.length}`)],
    ['a length in another base', webhook(AUTHORIZATION, `Content-Length: 0x${SIZE}`)],
    ['a length that no number holds', webhook(AUTHORIZATION, 'Content-Length: 99999999999999999999')],
    ['chunks inside of something else', webhook(AUTHORIZATION, `${CHUNKED}, identity`)],
    ['chunks by another name', webhook(AUTHORIZATION, 'Transfer-Encoding: xchunked')],
    ['chunks twice', webhook(AUTHORIZATION, CHUNKED, 'Transfer-Encoding: identity')],
    ['a blank before the colon', webhook(AUTHORIZATION, 'Transfer-Encoding : chunked')],
    ['a chunk without a size', inChunks('zz', BODY, '0', '', '')],
    ['a chunk of a size that no number holds', inChunks('FFFFFFFFFFFFFFFFF', BODY, '0', '', '')],
    ['a chunk that is longer than it says', inChunks('5', BODY, '0', '', '')],
    ['a chunk that ends its lines in another way', inChunks(`${SIZE}\n${BODY}\n0\n\n`)],
    ['Authorization over two lines', webhook(LENGTH, 'Authorization: Bearer\r\n local-webhook-secret')],
    ['a header that goes on in the next line', webhook(AUTHORIZATION, LENGTH, 'X-A: 1\r\n\tX-B: 2')],
    ['a character nobody sees in a header', webhook(AUTHORIZATION, LENGTH, 'X-A: a\0b')],
    ['half a line end in a header', webhook(AUTHORIZATION, LENGTH, 'X-A: 1\rX-B: 2')],
    ['a blank in the name of a header', webhook(AUTHORIZATION, LENGTH, 'X A: 1')],
    ['a header without a name', webhook(AUTHORIZATION, LENGTH, ': 1')],
    [
      'a line end in the path',
      message(
        [`${POST.replace(' HTTP', '\r\nX-A: 1 HTTP')}`, 'Host: localhost', AUTHORIZATION, LENGTH],
        BODY,
      ),
    ],
    ['bytes in the path that are no characters', get('/v1/bookings/\xff\xfe')],
    ['no host', message([POST, 'Connection: close', AUTHORIZATION, LENGTH], BODY)],
    ['a version that does not exist', message(['GET /healthz HTTP/9.9', 'Host: localhost'])],
    ['a method that does not exist', message(['BREW /v1/bookings HTTP/1.1', 'Host: localhost'])],
    ['HTTP/2', Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')],
    ['the beginning of TLS', Buffer.from('16030100a5010000a10303', 'hex')],
  ])('is refused: %s', async (_, bytes) => {
    expect(await withstand(bytes)).toEqual([400]);
  });

  test.each([
    ['one header of 20 KB', webhook(AUTHORIZATION, LENGTH, `X-A: ${'a'.repeat(20_000)}`)],
    ['3,000 headers', webhook(AUTHORIZATION, LENGTH, ...Array.from({ length: 3000 }, (_, n) => `X-${n}: 1`))],
    ['a path of 20 KB', get(`/${'a'.repeat(20_000)}`)],
  ])('is refused for its size: %s', async (_, bytes) => {
    expect(await withstand(bytes)).toEqual([431]);
  });

  test.each([
    ['twice, and right', webhook(LENGTH, AUTHORIZATION, AUTHORIZATION)],
    ['twice, the second one right', webhook(LENGTH, 'Authorization: Bearer wrong', AUTHORIZATION)],
    ['twice, the first one right', webhook(LENGTH, AUTHORIZATION, 'Authorization: Bearer wrong')],
    ['under a name that only looks like it', webhook(LENGTH, AUTHORIZATION.replace(':', '_:'))],
    [
      'behind the body',
      message(
        [POST, 'Host: localhost', 'Connection: close', CHUNKED, 'Trailer: Authorization'],
        [SIZE, BODY, '0', AUTHORIZATION, '', ''].join('\r\n'),
      ),
    ],
    ['nowhere, for another host', webhook(LENGTH, 'Host: internal')],
    ['nowhere, over another protocol', webhook(LENGTH, 'Connection: Upgrade', 'Upgrade: h2c')],
  ])('is unauthenticated with Authorization %s', async (_, bytes) => {
    expect(await withstand(bytes)).toEqual([401]);
  });

  test.each([
    ['a target with another host', 'http://elsewhere.example/webhooks/call-status', 401],
    ['two slashes', '//webhooks/call-status', 404],
    ['a way back', '/v1/../webhooks/call-status', 404],
    ['an encoded slash', '/webhooks%2fcall-status', 404],
    ['other letters', '/WEBHOOKS/call-status', 404],
  ])('reaches no webhook by %s', async (_, target, status) => {
    const bytes = message(
      [
        `POST ${target} HTTP/1.1`,
        'Host: localhost',
        'Content-Type: application/json',
        'Connection: close',
        LENGTH,
      ],
      BODY,
    );

    expect(await withstand(bytes)).toEqual([status]);
  });

  test.each([
    '//',
    '//[',
    '*',
    'http://[/v1/nowhere',
    '/v1/bookings/%zz%00',
    '/v1/bookings/%0d%0aX-A:%201',
    '/local-cloud/x/%zz',
  ])('finds nothing at %s', async (target) => {
    expect(await withstand(get(target))).toEqual([404]);
  });

  test('is not carried out by another method than its own', async () => {
    const override = get('/v1/numbers/%2B6531290001', 'X-HTTP-Method-Override: DELETE');

    expect(await withstand(override)).toEqual([404]);
    expect((await fetch(`${service.cloud.url}/v1/pool`)).status).toBe(200);
  });

  test('opens no way to another host', async () => {
    expect(await withstand(message(['CONNECT elsewhere.example:443 HTTP/1.1', 'Host: localhost']))).toEqual(
      [],
    );
  });

  test('is forgotten where its client hangs up in the middle', async () => {
    const head = [POST, 'Host: localhost', 'Content-Type: application/json', AUTHORIZATION];

    await withstand(message([...head, `Content-Length: ${BODY.length + 1}`], BODY), true);
    await withstand(message([...head, CHUNKED], `${SIZE}\r\n${BODY}`), true);
    await withstand(message(head).subarray(0, 60), true);
  });

  test('is judged by its own Authorization where several come over one connection', async () => {
    const noJson = message([POST, 'Host: localhost', AUTHORIZATION, 'Content-Length: 4'], 'text');

    const answers = await withstand(Buffer.concat([noJson, webhook(LENGTH)]));

    expect(answers).toEqual([400, 401]);
  });
});

test('the webhook of these tests is stored when it comes as it should', async () => {
  const { writes, result } = await countWrites(service.cloud.database, () =>
    raw.send(webhook(AUTHORIZATION, LENGTH)),
  );

  expect(result).toEqual([200]);
  expect(writes).toBeGreaterThan(0);
});

describe('bytes that nobody meant', () => {
  const routes = [
    ...Object.values(webhookPaths).map((path) => ['POST', path] as const),
    ...Object.entries(bookingApiPaths).flatMap(([path, methods]) =>
      methods.map((method) => [method, path.replaceAll(/\{\w+\}/g, 'none')] as const),
    ),
  ];
  const types = ['application/json', 'application/octet-stream', 'text/plain; charset=utf-16', ''];
  const encodings = ['', 'gzip', 'br'];
  const bodies = fc.sample(
    fc.tuple(
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      fc.constantFrom(...types),
      fc.constantFrom(...encodings),
    ),
    { numRuns: 4, seed: 2026 },
  );

  test.each(routes)('are withstood as the body of %s %s', async (method, path) => {
    const statuses: number[] = [];
    for (const [bytes, type, encoding] of bodies) {
      const head = [
        `${method} ${path} HTTP/1.1`,
        'Host: localhost',
        'Connection: close',
        AUTHORIZATION,
        `Content-Length: ${bytes.length}`,
        ...(type === '' ? [] : [`Content-Type: ${type}`]),
        ...(encoding === '' ? [] : [`Content-Encoding: ${encoding}`]),
      ];
      statuses.push(...(await withstand(Buffer.concat([message(head), bytes]))));
    }

    expect(statuses).toHaveLength(bodies.length);
  });

  test('are withstood instead of a request', async () => {
    const samples = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 300 }), { numRuns: 50, seed: 2026 });

    for (const bytes of samples) await withstand(Buffer.from(bytes), true);

    expect((await fetch(`${service.cloud.url}/healthz`)).status).toBe(200);
  });
});

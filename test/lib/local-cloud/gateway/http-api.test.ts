import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHttpApi } from '../../../../lib/local-cloud/gateway/http-api.ts';
import { fixtureFunction, type LambdaFixture, startLambda } from '../support/function-fixture.ts';

describe('the HTTP API of the local cloud', () => {
  let lambda: LambdaFixture;
  let server: Server;
  let url: string;

  beforeAll(async () => {
    lambda = startLambda([
      fixtureFunction('echo'),
      fixtureFunction('give'),
      fixtureFunction('fail'),
      fixtureFunction('crash'),
      fixtureFunction('hang', { timeoutMs: 100 }),
      fixtureFunction('wait', { reservedConcurrency: 0 }),
    ]);
    const route = (routeKey: string, functionName: string, integrationTimeoutMs = 30_000) => ({
      routeKey,
      functionName,
      integrationTimeoutMs,
    });
    const api = createHttpApi(
      [
        route('POST /echo', 'Test-echo'),
        route('GET /items/{id}', 'Test-echo'),
        route('POST /give', 'Test-give'),
        route('GET /fail', 'Test-fail'),
        route('GET /crash', 'Test-crash'),
        route('GET /late', 'Test-hang'),
        route('GET /impatient', 'Test-hang', 10),
        route('GET /throttled', 'Test-wait'),
      ],
      lambda.lambda,
    );
    server = createServer((incoming, outgoing) => void api(incoming, outgoing));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    url = `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
  });
  afterAll(async () => {
    server.close();
    server.closeAllConnections();
    await lambda.stop();
  });

  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    fetch(url + path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  const give = (response: unknown) => post('/give', JSON.stringify({ return: response }));

  test('hands a request over in payload format 2.0', async () => {
    const response = await post('/echo?a=1&a=2&b=x%20y', '{"k":1}', {
      'X-Mixed-Case': 'Kept',
      cookie: 'c=1; d=2',
    });
    const event = await bodyOf(response);

    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'POST /echo',
      rawPath: '/echo',
      rawQueryString: 'a=1&a=2&b=x%20y',
      queryStringParameters: { a: '1,2', b: 'x y' },
      cookies: ['c=1', 'd=2'],
      headers: { 'x-mixed-case': 'Kept', 'x-forwarded-for': '127.0.0.1' },
      requestContext: { http: { method: 'POST', path: '/echo', sourceIp: '127.0.0.1' }, stage: '$default' },
      body: '{"k":1}',
      isBase64Encoded: false,
    });
    expect(event.headers).not.toHaveProperty('cookie');
    expect(response.headers.get('apigw-requestid')).toBe(event.requestContext.requestId);
  });

  test('decodes path variables, and leaves out what a request does not have', async () => {
    const event = await bodyOf(await fetch(`${url}/items/%2B65%2099`));

    expect(event.pathParameters).toEqual({ id: '+65 99' });
    expect(event.rawPath).toBe('/items/+65 99');
    for (const absent of ['body', 'cookies', 'queryStringParameters'])
      expect(event).not.toHaveProperty(absent);
  });

  test('takes names of the query for nothing but names', async () => {
    const event = await bodyOf(await fetch(`${url}/items/1?toString=1&__proto__=2&toString=3`));

    expect(Object.entries(event.queryStringParameters)).toEqual([
      ['toString', '1,3'],
      ['__proto__', '2'],
    ]);
  });

  test('encodes bodies that are not text in base64', async () => {
    const form = await bodyOf(
      await post('/echo', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }),
    );
    const zipped = await bodyOf(await post('/echo', 'zip', { 'content-encoding': 'gzip' }));

    expect(form).toMatchObject({ body: Buffer.from('a=1').toString('base64'), isBase64Encoded: true });
    expect(zipped.isBase64Encoded).toBe(true);
  });

  test('does not believe a client about its address', async () => {
    const event = await bodyOf(await post('/echo', '{}', { 'x-forwarded-for': '203.0.113.9' }));

    expect(event.requestContext.http.sourceIp).toBe('127.0.0.1');
    expect(event.headers['x-forwarded-for']).toBe('203.0.113.9, 127.0.0.1');
  });

  test('answers what the function answers', async () => {
    const response = await give({
      statusCode: 201,
      headers: { 'X-A': 1 },
      cookies: ['a=1', 'b=2'],
      body: 'made',
    });

    expect(response.status).toBe(201);
    expect(response.headers.get('x-a')).toBe('1');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.text()).toBe('made');
  });

  test('decodes binary answers', async () => {
    const response = await give({ statusCode: 200, body: 'AAEC', isBase64Encoded: true });

    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 1, 2]);
  });

  test('wraps an answer that names no status', async () => {
    const fromObject = await give({ hello: 'you' });
    const fromText = await give('hello');

    expect([fromObject.status, await fromObject.text()]).toEqual([200, '{"hello":"you"}']);
    expect([fromText.status, await fromText.text()]).toEqual([200, 'hello']);
    expect(fromText.headers.get('content-type')).toBe('application/json');
  });

  test.each([
    ['a status that is none', { statusCode: 'soon' }],
    ['a body that is no text', { statusCode: 200, body: { a: 1 } }],
    ['a header that HTTP forbids', { statusCode: 200, headers: { 'x-a': 'line\nbreak' } }],
  ])('answers 500 for %s', async (_, answer) => {
    const response = await give(answer);

    expect([response.status, await response.json()]).toEqual([500, { message: 'Internal Server Error' }]);
  });

  test.each([
    ['/fail', 500, 'Internal Server Error'],
    ['/crash', 500, 'Internal Server Error'],
    ['/late', 500, 'Internal Server Error'],
    ['/impatient', 503, 'Service Unavailable'],
    ['/throttled', 503, 'Service Unavailable'],
    ['/nowhere', 404, 'Not Found'],
  ])('answers %s with %i', async (path, status, message) => {
    const response = await fetch(url + path);

    expect([response.status, await response.json()]).toEqual([status, { message }]);
  });

  test('refuses bodies over 10 MB', async () => {
    const response = await post('/echo', 'x'.repeat(10 * 1024 * 1024 + 1));

    expect([response.status, await response.json()]).toEqual([413, { message: 'Request Entity Too Large' }]);
  });

  test('joins a header that is sent twice', async () => {
    const outgoing = request(`${url}/items/1`, { headers: { 'x-twice': ['one', 'two'] } }).end();
    const [incoming] = await once(outgoing, 'response');
    const chunks: Buffer[] = await incoming.toArray();

    expect(JSON.parse(Buffer.concat(chunks).toString()).headers['x-twice']).toBe('one,two');
  });
});

async function bodyOf(response: Response) {
  return JSON.parse(await response.text());
}

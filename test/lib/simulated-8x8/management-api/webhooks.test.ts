import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Playground, startPlayground } from '../../../support/simulated-8x8/playground.ts';

let playground: Playground;
beforeAll(async () => {
  playground = await startPlayground();
});
afterAll(() => playground.stop());
beforeEach(() => playground.simulator('POST', '/simulator/reset', { account: true }));

const vca = {
  type: 'VCA',
  url: 'https://hooks.example/vca',
  httpAuthHeader: 'Bearer 3f9c7e52a1',
  enabled: true,
};

describe('POST /webhooks', () => {
  test('answers with the whole list and never with the header value', async () => {
    await playground.management('POST', '/webhooks', { type: 'VSS', url: 'https://hooks.example/vss' });

    const { status, body, text } = await playground.management('POST', '/webhooks', vca);

    expect(status).toBe(200);
    expect(body).toEqual({
      subAccountId: 'local_masking',
      count: 2,
      webhooks: [
        { type: 'VSS', url: 'https://hooks.example/vss', enabled: true, httpAuthHeaderAvailable: false },
        { type: 'VCA', url: 'https://hooks.example/vca', enabled: true, httpAuthHeaderAvailable: true },
      ],
      statusCode: 0,
      statusMessage: 'ok',
    });
    expect(text).not.toContain('3f9c7e52a1');
  });

  test.each([
    ['enabled when nothing is said', {}, true],
    ['enabled when null is said', { enabled: null }, true],
    ['enabled when only active is said, which is another field', { active: false }, true],
    ['disabled when it is said', { enabled: false }, false],
  ])('registers a webhook that is %s', async (_, fields, enabled) => {
    const { body } = await playground.management('POST', '/webhooks', {
      type: 'VCS',
      url: 'https://hooks.example',
      ...fields,
    });

    expect(body).toMatchObject({ webhooks: [{ enabled }] });
  });

  test('replaces a webhook of the same type', async () => {
    await playground.management('POST', '/webhooks', vca);
    const { body } = await playground.management('POST', '/webhooks', {
      ...vca,
      url: 'https://hooks.example/new',
    });

    expect(body).toMatchObject({ count: 1, webhooks: [{ url: 'https://hooks.example/new' }] });
  });

  test.each([
    ['no JSON', '{ "type": "VCA", }', /it is not JSON/],
    ['no object', '[]', /expected object/],
    ['an unknown type', { ...vca, type: 'VSX' }, /type: /],
    ['no type', { url: vca.url }, /type: /],
    ['no URL', { type: 'VCA' }, /url: /],
    ['a URL of another protocol', { ...vca, url: 'ftp://hooks.example' }, /http or https/],
    ['a URL that is none', { ...vca, url: 'hooks.example/vca' }, /http or https/],
    [
      'a header value with a line break',
      { ...vca, httpAuthHeader: 'Bearer x\r\nX-Other: y' },
      /header value/,
    ],
    ['a flag that is no boolean', { ...vca, enabled: 'true' }, /enabled: /],
  ])('refuses %s with 422 and a code that is a text', async (_, body, reason) => {
    const reply = await playground.management('POST', '/webhooks', body);

    expect(reply.status).toBe(422);
    expect(reply.body).toEqual({
      errorId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      statusCode: '1001',
      statusMessage: expect.stringMatching(reason),
      timestamp: expect.stringMatching(/^2026-02-16T03:14:07/),
    });
    expect((await playground.management('GET', '/webhooks')).body.count).toBe(0);
  });
});

describe('DELETE /webhooks/{type}', () => {
  test('answers with the webhook that is gone', async () => {
    await playground.management('POST', '/webhooks', vca);

    const { status, body } = await playground.management('DELETE', '/webhooks/VCA');

    expect(status).toBe(200);
    expect(body).toEqual({
      subAccountId: 'local_masking',
      type: 'VCA',
      url: 'https://hooks.example/vca',
      enabled: false,
      httpAuthHeaderAvailable: true,
      statusCode: 0,
      statusMessage: 'deleted',
    });
    expect((await playground.management('GET', '/webhooks')).body).toMatchObject({ count: 0, webhooks: [] });
  });

  test.each(['VCA', 'VSX', 'vca'])('answers 404 when there is no %s', async (type) => {
    const { status, body } = await playground.management('DELETE', `/webhooks/${type}`);

    expect(status).toBe(404);
    expect(body).toMatchObject({ message: 'Resource not found' });
  });
});

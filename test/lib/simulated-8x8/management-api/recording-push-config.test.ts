import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Playground, startPlayground } from '../../../support/simulated-8x8/playground.ts';

let playground: Playground;
beforeAll(async () => {
  playground = await startPlayground();
});
afterAll(() => playground.stop());
beforeEach(() => playground.simulator('POST', '/simulator/reset', { account: true }));

const config = {
  protocol: 'S3',
  host: 'ap-southeast-1',
  port: 13,
  username: 'AKIARECORDINGS',
  password: 'recordings-secret',
  path: '/masked-calls/recordings/',
};
const { password, ...shown } = config;
const described = {
  subAccountId: 'local_masking',
  ...shown,
  passwordSet: true,
  statusCode: 0,
  statusMessage: 'ok',
};

test('a push config is set, read and removed, and never shows its password', async () => {
  const created = await playground.management('POST', '/recording-push-config', config);
  const read = await playground.management('GET', '/recording-push-config');
  const removed = await playground.management('DELETE', '/recording-push-config');

  expect([created.status, read.status, removed.status]).toEqual([200, 200, 200]);
  expect(created.body).toEqual(described);
  expect(read.body).toEqual(described);
  expect(removed.body).toEqual({ delete: true, ...described });
  expect(`${created.text}${read.text}${removed.text}`).not.toContain(password);
  expect((await playground.management('GET', '/recording-push-config')).status).toBe(404);
});

test('a second push config takes the place of the first', async () => {
  await playground.management('POST', '/recording-push-config', config);
  await playground.management('POST', '/recording-push-config', { ...config, protocol: 'SFTP', port: 22 });

  expect((await playground.management('GET', '/recording-push-config')).body).toMatchObject({
    protocol: 'SFTP',
    port: 22,
  });
});

test('a push config without a port shows none', async () => {
  const { port, ...withoutPort } = config;

  const { body } = await playground.management('POST', '/recording-push-config', withoutPort);

  expect(port).toBe(13);
  expect(body).not.toHaveProperty('port');
});

test.each(['GET', 'DELETE'])('%s answers 404 when there is none', async (method) => {
  expect((await playground.management(method, '/recording-push-config')).status).toBe(404);
});

test.each([
  ['no JSON', '{', /it is not JSON/],
  ['a protocol that there is not', { ...config, protocol: 'ftp' }, /protocol: /],
  ['no host', { ...config, host: '' }, /host: /],
  ['no user', { ...config, username: undefined }, /username: /],
  ['no password', { ...config, password: undefined }, /password: /],
  ['no path', { ...config, path: undefined }, /path: /],
  ['a port that is no number', { ...config, port: '22' }, /port: /],
])('%s is refused with 422 and changes nothing', async (_, body, reason) => {
  const reply = await playground.management('POST', '/recording-push-config', body);

  expect(reply.status).toBe(422);
  expect(reply.body).toMatchObject({ statusCode: '1001', statusMessage: expect.stringMatching(reason) });
  expect((await playground.management('GET', '/recording-push-config')).status).toBe(404);
});

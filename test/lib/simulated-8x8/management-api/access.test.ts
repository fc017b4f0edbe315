import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Playground, startPlayground } from '../../../support/simulated-8x8/playground.ts';

let playground: Playground;
beforeAll(async () => {
  playground = await startPlayground({
    apiKeys: ['local-8x8-api-key', 'second-key'],
    subAccounts: [
      { id: 'local_masking', virtualNumbers: ['+6531290001'] },
      { id: 'a.b&c-d', virtualNumbers: [] },
      { id: 'closed', virtualNumbers: [], apiKeys: ['key-of-closed'] },
    ],
  });
});
afterAll(() => playground.stop());
beforeEach(() => playground.simulator('POST', '/simulator/reset'));

const SESSION = '7c1d0a52-0b61-11f1-a3c4-5f0e9b27d610';
const operations = [
  ['GET', '/webhooks'],
  ['POST', '/webhooks'],
  ['DELETE', '/webhooks/VCA'],
  ['GET', '/recording-push-config'],
  ['POST', '/recording-push-config'],
  ['DELETE', '/recording-push-config'],
  ['GET', `/recordings/${SESSION}`],
  ['GET', '/numbers'],
  ['GET', '/numbers/6531290001'],
  ['GET', '/speech-profiles'],
  ['POST', '/callflows'],
  ['POST', '/messages/exports'],
  ['GET', '/messages/exports/some-job'],
  ['DELETE', '/messages/exports/some-job'],
] as const;

describe.each(operations)('%s %s', (method, path) => {
  test.each([
    ['no key', null],
    ['an unknown key', 'wrong-key'],
  ])('answers 401 to %s', async (_, key) => {
    const { status } = await playground.management(method, path, undefined, { key });

    expect(status).toBe(401);
  });

  test('answers 403 to the key of another sub-account', async () => {
    const { status } = await playground.management(method, path, undefined, { key: 'key-of-closed' });

    expect(status).toBe(403);
  });

  test.each(['nobody', 'ab', 'with space'])('answers 404 for the sub-account %j', async (subAccountId) => {
    const { status } = await playground.management(method, path, undefined, { subAccountId });

    expect(status).toBe(404);
  });
});

describe('errors', () => {
  test('have the generic form', async () => {
    const { body } = await playground.management('GET', '/webhooks', undefined, { key: null });

    expect(body).toEqual({
      code: 1200,
      message: 'API key not found or invalid',
      errorId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      timestamp: expect.any(String),
    });
  });

  test.each([
    [{ key: null }, 401, 'Authentication header not found or token invalid'],
    [{ subAccountId: 'nobody' }, 404, 'SubAccount not found by Id : nobody'],
  ])('of Send Callflow have a form of their own: %j', async (options, statusCode, statusMessage) => {
    const { body } = await playground.management('POST', '/callflows', {}, options);

    expect(body).toEqual({
      sessionStatus: 'NOT_CREATED',
      callFlowRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      statusCode,
      statusMessage,
    });
  });

  test('of a path that does not exist are 404, of a method 405', async () => {
    expect((await playground.management('GET', '/calls')).status).toBe(404);
    expect((await playground.management('PUT', '/webhooks', {})).body).toMatchObject({
      code: 'METHOD_NOT_ALLOWED',
      message: 'PUT is not possible here, but POST, GET is.',
    });
  });
});

test('a sub-account id may hold every character of the rule, encoded', async () => {
  const { status, body } = await playground.management('GET', '/webhooks', undefined, {
    subAccountId: 'a.b&c-d',
  });

  expect(status).toBe(200);
  expect(body.subAccountId).toBe('a.b&c-d');
});

test('every key of the simulator opens a sub-account without keys of its own', async () => {
  expect((await playground.management('GET', '/numbers', undefined, { key: 'second-key' })).status).toBe(200);
  expect(
    (await playground.management('GET', '/numbers', undefined, { key: 'second-key', subAccountId: 'closed' }))
      .status,
  ).toBe(403);
  expect(
    (
      await playground.management('GET', '/numbers', undefined, {
        key: 'key-of-closed',
        subAccountId: 'closed',
      })
    ).status,
  ).toBe(200);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAccessRules } from '../../../functions/booking-api/access.ts';
import { createTestApi } from '../../support/booking-api.ts';
import { startTestDatabase, type TestDatabase } from '../../support/dynamodb-engine.ts';
import { accessRules, openScene, type Scene } from './scene.ts';

let database: TestDatabase;
let scene: Scene;

beforeAll(async () => {
  database = await startTestDatabase();
  scene = await openScene(database);
});
afterAll(() => database.stop());

/** What each right is enough for, tried on routes that need no store. */
async function allowed(claims: Record<string, string> | undefined): Promise<string[]> {
  const routes = {
    read: 'GET /openapi.json',
    book: 'POST /v1/bookings',
    manage: 'PUT /v1/numbers/{e164}',
    erase: 'DELETE /v1/parties/{e164}',
  };
  const tried = await Promise.all(
    Object.entries(routes).map(async ([level, routeKey]) => {
      const answer = await scene.withTokens.call(routeKey, {
        path: { e164: 'none' },
        body: {},
        ...(claims && { claims }),
      });
      return answer.body.code === 'FORBIDDEN' ? [] : [level];
    }),
  );
  return tried.flat();
}

describe('a token', () => {
  test.each([
    ['the right to read', 'openid masking/read', ['read']],
    ['the right to book', 'masking/book', ['read', 'book']],
    ['the right to manage', 'masking/manage', ['read', 'book', 'manage']],
    ['the right to erase', 'masking/erase', ['read', 'book', 'manage', 'erase']],
    ['several rights', 'masking/read masking/book', ['read', 'book']],
    ['a right that only begins alike', 'masking/readers xmasking/erase', []],
    ['a right of another case', 'MASKING/ERASE', []],
    ['no right', '', []],
  ])('with %s may do as much', async (_, scope, expected) => {
    expect(await allowed({ scope })).toEqual(expected);
  });

  test.each([
    ['no token', undefined],
    ['no such claim', { 'cognito:groups': '[masking/erase]' }],
  ])('may do nothing: %s', async (_, claims) => {
    expect(await allowed(claims)).toEqual([]);
  });

  test('may name its groups instead, as the deployment says', async () => {
    const access = { ...accessRules, claim: 'cognito:groups', read: 'support', erase: 'privacy-team' };
    const api = createTestApi(database, database.tables, { access });
    const ask = (groups: string) =>
      api.call('GET /openapi.json', { claims: { 'cognito:groups': groups } }).then(({ status }) => status);

    expect(
      await Promise.all(['[support]', '[drivers privacy-team]', '[drivers]', 'support'].map(ask)),
    ).toEqual([200, 200, 403, 200]);
  });

  test('is told which right it lacks', async () => {
    const { body } = await scene.withTokens.call('DELETE /v1/parties/{e164}', {
      path: { e164: '+6591110001' },
      claims: { scope: 'masking/book' },
    });

    expect(body).toMatchObject({ code: 'FORBIDDEN', detail: expect.stringContaining('`masking/erase`') });
  });
});

test('what changes the pool or the blocklist takes more than a booking, and an erasure most of all', async () => {
  const book = { scope: 'masking/book' };
  const refused = await Promise.all(
    scene.withTokens.documented.routeKeys.map(async (routeKey) => {
      const { body } = await scene.withTokens.call(routeKey, { claims: book, rawBody: '{' });
      return body.code === 'FORBIDDEN' ? [routeKey] : [];
    }),
  );

  expect(refused.flat().toSorted()).toEqual(
    expect.arrayContaining([
      'DELETE /v1/blocklist/{e164}',
      'DELETE /v1/numbers/{e164}',
      'DELETE /v1/parties/{e164}',
      'POST /v1/numbers/sync',
      'POST /v1/numbers/{e164}/renumber',
      'PUT /v1/blocklist/{e164}',
      'PUT /v1/numbers/{e164}',
    ]),
  );
  expect(refused.flat().filter((routeKey) => routeKey.startsWith('GET '))).toEqual([]);
});

test('a deployment without tokens has no rules', () => {
  expect(readAccessRules('null')).toBeUndefined();
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { descriptionOperations } from '../../../functions/booking-api/operations/descriptions.ts';
import { problems } from '../../../functions/shared/domain/problems.ts';
import { internalError, tooLarge, unavailable } from '../../../lib/local-cloud/gateway/http-answer.ts';
import { type ApiAnswer, createTestApi } from '../../support/booking-api.ts';
import { startTestDatabase, type TestDatabase } from '../../support/dynamodb-engine.ts';
import { type Provocation, provocations } from './provocations.ts';
import { openScene, type Scene } from './scene.ts';

/*
 * The API against its own document: each answer that the document names is brought about, and whatever is answered
 * is checked against the document by `createTestApi`. An answer that is documented and never given fails here, as
 * does one that is given and not documented.
 */

let database: TestDatabase;
let scene: Scene;

beforeAll(async () => {
  database = await startTestDatabase();
  scene = await openScene(database);
});
afterAll(() => database.stop());

type Provoke = () => Promise<ApiAnswer>;

const DESCRIPTIONS = ['GET /openapi.json', 'GET /asyncapi.json'];

/** How each operation is brought to what may befall all of them. */
function commonFailures(routeKey: string, provokeUsual: Provocation): Readonly<Record<string, Provoke>> {
  const unread = (rawBody: string) => () => scene.api.call(routeKey, { rawBody });
  const inputFailures = {
    FORBIDDEN: () => scene.withTokens.call(routeKey, { claims: { scope: 'openid' } }),
    INVALID_REQUEST: unread('{'),
    BODY_TOO_LARGE: unread(' '.repeat(256 * 1024 + 1)),
  };
  if (DESCRIPTIONS.includes(routeKey)) {
    // It asks nothing of the store, so no store can fail it.
    const broken = () => {
      throw new Error('A schema cannot be written.');
    };
    const instead = descriptionOperations({ openApiDocument: broken, asyncApiDocument: broken }).find(
      (operation) => operation.routeKey === routeKey,
    );
    const failing = () => createTestApi(database, database.tables, { ...(instead && { instead }) });
    return { ...inputFailures, INTERNAL: () => failing().call(routeKey) };
  }
  return {
    ...inputFailures,
    INTERNAL: async () => scene.withoutTables.call(routeKey, await provokeUsual(scene)),
    STORE_UNAVAILABLE: async () => scene.whileStoreIsDown(routeKey, await provokeUsual(scene)),
  };
}

/** How each answer of an operation is had: by its status where it is a success, else by the code of the problem. */
function answersOf(routeKey: string): Readonly<Record<string, Provoke>> {
  const found = provocations[routeKey];
  if (found === undefined) throw new Error(`Nothing is known of ${routeKey}.`);
  const { usual, others } = found;
  const provoked = Object.entries({ [usual[0]]: usual[1], ...others }).map(([outcome, provoke]) => {
    const send = async () => {
      const { to = scene.api, ...request } = await provoke(scene);
      return to.call(routeKey, request);
    };
    return [outcome, send];
  });
  return { ...Object.fromEntries(provoked), ...commonFailures(routeKey, usual[1]) };
}

const outcomeOf = ({ status, body }: { status: number; body: { code?: string } | undefined }) =>
  status < 300 ? String(status) : body?.code;

test('every documented operation is looked at here', () => {
  expect(Object.keys(provocations).sort()).toEqual([...scene.api.documented.routeKeys].sort());
});

describe.each(Object.keys(provocations))('%s', (routeKey) => {
  const answers = answersOf(routeKey);

  test('documents the answers that are brought about here, and no other', () => {
    const documented = scene.api.documented.outcomesOf(routeKey);

    expect(documented.map(({ status, code }) => code ?? status).sort()).toEqual(Object.keys(answers).sort());
  });

  test.each(Object.entries(answers))('answers %s', async (outcome, provoke) => {
    const answer = await provoke();

    expect(outcomeOf(answer)).toBe(outcome);
  });
});

describe('what API Gateway answers by itself', () => {
  test.each<{ status: number; body: string | Buffer }>([
    { status: 401, body: '{"message":"Unauthorized"}' },
    { status: 403, body: '{"message":"Forbidden"}' },
    { status: 429, body: '{"message":"Too Many Requests"}' },
    // These the local cloud gives as well.
    tooLarge,
    internalError,
    unavailable,
  ])('is documented with $status for every operation', ({ status, body }) => {
    const answer = JSON.parse(String(body));
    const { routeKeys, check } = scene.api.documented;

    for (const routeKey of routeKeys) {
      expect(() => check(routeKey, status, 'application/json', answer)).not.toThrow();
      expect(() => check(routeKey, status, 'application/json', {})).toThrow('another shape');
    }
  });
});

test('a route that is none is answered with NOT_FOUND', async () => {
  const answer = await scene.api.call('GET /v1/nothing');

  expect(outcomeOf(answer)).toBe('NOT_FOUND');
});

test('every problem that is defined is answered by some operation, or in front of them', () => {
  const provoked = new Set(Object.keys(provocations).flatMap((key) => Object.keys(answersOf(key))));

  const never = Object.keys(problems).filter((code) => !provoked.has(code));

  expect(never.sort()).toEqual(['NOT_FOUND', 'TOO_MANY_REQUESTS', 'UNAUTHENTICATED']);
});

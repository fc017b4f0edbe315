import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bookingApiPaths } from '../../../lib/routes.ts';
import { type ApiRequest, createTestApi, type TestApi } from '../../support/booking-api.ts';
import { startTestDatabase, type TestDatabase } from '../../support/dynamodb-engine.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { hostileText, monstrousBodies, rawBody } from './hostile-values.ts';
import { asSchema, nearly } from './schema-arbitrary.ts';
import { countWrites } from './writes.ts';

const RUNS = propertyRuns(60);
/** What is told to a request that was wrong in itself, so that nothing may have been written for it. */
const REFUSED_UNREAD = [400, 413];

let database: TestDatabase;
let api: TestApi;
let bookingId: string;
let document: Record<string, unknown>;

const routes = Object.entries(bookingApiPaths).flatMap(([path, methods]) =>
  methods.map((method) => `${method} ${path}`),
);

beforeAll(async () => {
  database = await startTestDatabase();
  api = createTestApi(database, database.tables);
  await api.addNumbers(5);
  const parties = [{ phoneNumber: '+6591110001' }, { phoneNumber: '+6591110002' }];
  bookingId = (await api.call('POST /v1/bookings', { body: { parties } })).body.bookingId;
  document = (await api.call('GET /openapi.json')).body;
});
afterAll(() => database.stop());

const operationOf = (routeKey: string) => {
  const [method = '', path = ''] = routeKey.split(' ');
  return asSchema(asSchema(asSchema(document.paths)[path])[method.toLowerCase()]);
};

function bodySchemaOf(routeKey: string): unknown {
  const content = asSchema(asSchema(operationOf(routeKey).requestBody).content);
  return asSchema(content['application/json']).schema ?? {};
}

function pathValues(routeKey: string): fc.Arbitrary<Record<string, string>> {
  const names = [...routeKey.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  // API Gateway gives no route a parameter that is empty.
  const value = fc.oneof(
    fc.constantFrom(bookingId, '+6591110001', '+6531000001', '__proto__'),
    hostileText.filter((text) => text !== ''),
  );
  return fc.record(Object.fromEntries(names.map((name) => [name, value])));
}

function queryValues(routeKey: string): fc.Arbitrary<Record<string, string>> {
  const parameters = operationOf(routeKey).parameters;
  const names = (Array.isArray(parameters) ? parameters : [])
    .map(asSchema)
    .filter((parameter) => parameter.in === 'query')
    .map((parameter) => String(parameter.name));
  const known = names.length === 0 ? fc.string({ maxLength: 8 }) : fc.constantFrom(...names);
  return fc.dictionary(fc.oneof(known, fc.string({ maxLength: 8 })), hostileText, { maxKeys: 3 });
}

async function withstand(routeKey: string, request: ApiRequest): Promise<void> {
  const { writes, result } = await countWrites(database, () => api.call(routeKey, request));

  expect(result.status).toBeLessThan(500);
  if (REFUSED_UNREAD.includes(result.status)) expect(writes).toBe(0);
}

describe.each(routes)('%s', (routeKey) => {
  test('withstands requests that are nearly right', async () => {
    const headers = fc.oneof(
      fc.constant({}),
      hostileText.map((key) => ({ 'idempotency-key': key })),
    );
    const requests = fc.record({
      path: pathValues(routeKey),
      query: fc.oneof(fc.constant({}), queryValues(routeKey)),
      body: nearly(bodySchemaOf(routeKey), document),
      headers,
    });

    await fc.assert(
      fc.asyncProperty(requests, (request) => withstand(routeKey, request)),
      RUNS,
    );
    expect(Object.prototype).not.toHaveProperty('polluted');
  });

  test('withstands bodies that are no JSON', async () => {
    const sound = nearly(bodySchemaOf(routeKey), document).map((value) => JSON.stringify(value) ?? '');
    const requests = fc.record({ path: pathValues(routeKey), rawBody: rawBody(sound) });

    await fc.assert(
      fc.asyncProperty(requests, (request) => withstand(routeKey, request)),
      RUNS,
    );
  });

  test('withstands monstrous bodies', async () => {
    for (const { body } of monstrousBodies) {
      await withstand(routeKey, { path: { bookingId: 'none', e164: '+6531000001' }, rawBody: body });
    }

    expect(Object.prototype).not.toHaveProperty('polluted');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

describe('a booking with values at the edge of what can be kept', () => {
  const parties = [{ phoneNumber: '+6591110003' }, { phoneNumber: '+6591110004' }];

  test.each([1e-300, 5e-324, 1e126, 1.7976931348623157e308, 2 ** 53, -0])(
    'is made or refused with the number %d in its metadata, and gives it back as it was',
    async (edge) => {
      const made = await api.call('POST /v1/bookings', { body: { parties, metadata: { edge } } });
      const { bookingId: id } = made.body;

      expect([201, 400]).toContain(made.status);
      if (made.status === 201) {
        expect(made.body.metadata.edge).toBe(JSON.parse(JSON.stringify(edge)));
        await api.call('POST /v1/bookings/{bookingId}/cancel', { path: { bookingId: id } });
      }
    },
  );

  test.each([
    ['reference', { reference: '\ud800' }],
    ['parties.0.label', { parties: [{ label: '\udfff', phoneNumber: '+6591110003' }, parties[1]] }],
    ['metadata.note', { metadata: { note: 'a\ud800b' } }],
  ])('is refused for half a character at %s', async (path, change) => {
    const { status, body } = await api.call('POST /v1/bookings', { body: { parties, ...change } });

    expect([status, body.errors]).toEqual([
      400,
      [{ path, message: expect.stringContaining('whole characters') }],
    ]);
  });
});

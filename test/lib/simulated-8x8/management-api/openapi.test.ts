import { existsSync, readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { isJsonObject } from '../../../../lib/simulated-8x8/model/webhook-types.ts';
import {
  type HttpReply,
  hangup,
  makeCall,
  type Playground,
  startPlayground,
} from '../../../support/simulated-8x8/playground.ts';
import { field } from '../../../support/simulated-8x8/read-event.ts';

const FOLDER = new URL('../../../../../shared/reference/openapi/', import.meta.url);
const FILES = ['voice_v1_api.json', 'number_masking_api.json'];
const published = FILES.filter((file) => existsSync(new URL(file, FOLDER)));
if (published.length === 0) {
  console.warn('Not compared: the published OpenAPI files of the platform are not on this machine.');
}

let playground: Playground;
beforeAll(async () => {
  playground = await startPlayground();
});
afterAll(() => playground.stop());
beforeEach(async () => {
  await playground.startOver();
  await playground.management('POST', '/recording-push-config', PUSH_CONFIG);
});

const PUSH_CONFIG: object = {
  protocol: 'S3',
  host: 'eu-west-1',
  port: 13,
  username: 'u',
  password: 'p',
  path: '/b/p/',
};
const SOME_SESSION = '7c1d0a52-0b61-11f1-a3c4-5f0e9b27d610';

/** Requests and the operation, method and status of the published files that their answers must match. */
const requests: readonly [string, string, object | undefined, string, number][] = [
  ['POST', '/webhooks', { type: 'VCA', url: 'https://hooks.example', httpAuthHeader: 'x' }, '/webhooks', 200],
  ['POST', '/webhooks', { type: 'XYZ' }, '/webhooks', 422],
  ['GET', '/webhooks', undefined, '/webhooks', 200],
  ['POST', '/recording-push-config', PUSH_CONFIG, '/recording-push-config', 200],
  ['POST', '/recording-push-config', {}, '/recording-push-config', 422],
  ['GET', '/recording-push-config', undefined, '/recording-push-config', 200],
  ['DELETE', '/recording-push-config', undefined, '/recording-push-config', 200],
  ['GET', '/numbers', undefined, '/numbers', 200],
  ['GET', '/numbers/6531290001', undefined, '/numbers/{number}', 200],
  ['GET', '/numbers/6531299999', undefined, '/numbers/{number}', 404],
  ['GET', '/speech-profiles', undefined, '/speech-profiles', 200],
  [
    'POST',
    '/callflows',
    { callflow: [makeCall(), hangup], validUntil: '2026-03-01T00:00:00.000Z' },
    '/callflows',
    200,
  ],
  ['POST', '/callflows', { callflow: [{ action: 'dial' }] }, '/callflows', 400],
  ['POST', '/callflows', { callflow: [hangup] }, '/callflows', 422],
  ['POST', '/messages/exports', {}, '/messages/exports', 202],
];

test.skipIf(published.length === 0).each(requests)(
  '%s %s with %j answers as published',
  async (method, path, body, operation, status) => {
    const reply = await playground.management(method, path, body);

    expectAsPublished(reply, method, operation, status);
  },
);

test.skipIf(published.length === 0)('GET /recordings/{sessionId} answers as published', async () => {
  playground.answerWith(makeCall({ callRecording: true }));
  const { sessionId } = await playground.call({ variations: { recordingStatus: 'openapi' } });

  const reply = await playground.management('GET', `/recordings/${sessionId}`);

  expect(field(reply.body, 'recordings')).toHaveLength(1);
  expectAsPublished(reply, 'GET', '/recordings/{sessionId}', 200);
});

test.skipIf(published.length === 0)('GET /messages/exports/{jobId} answers as published', async () => {
  playground.answerWith(hangup);
  await playground.call();
  const { body } = await playground.management('POST', '/messages/exports');

  const reply = await playground.management('GET', `/messages/exports/${String(body.jobId)}`);

  expect(reply.body.status).toBe('succeeded');
  expectAsPublished(reply, 'GET', '/messages/exports/{jobId}', 200);
});

test.skipIf(published.length === 0)(
  'DELETE /webhooks/{webhook-type} answers as the published example, for its schema is malformed',
  async () => {
    await playground.management('POST', '/webhooks', { type: 'VSS', url: 'https://hooks.example' });

    const reply = await playground.management('DELETE', '/webhooks/VSS');

    for (const file of published) {
      const example = response(read(file), 'DELETE', '/webhooks/{webhook-type}', 200, 'example');
      expect(typesOf(reply.body)).toEqual(typesOf(example));
    }
  },
);

test.skipIf(published.length === 0)(
  'errors that have no published body have a published status',
  async () => {
    const statuses = [
      (await playground.management('GET', '/webhooks', undefined, { key: null })).status,
      (await playground.management('GET', `/recordings/${SOME_SESSION}`)).status,
      (await playground.management('DELETE', '/webhooks/VRS')).status,
    ];

    expect(statuses).toEqual([401, 404, 404]);
    for (const file of published) {
      expect(Object.keys(Object(operationOf(read(file), 'GET', '/webhooks')?.responses))).toContain('401');
    }
  },
);

/** Checks the answer against every published file that has the operation, and that it has no field beyond. */
function expectAsPublished(reply: HttpReply, method: string, operation: string, status: number): void {
  expect(reply.status).toBe(status);
  let compared = 0;
  for (const file of published) {
    const document = read(file);
    if (operationOf(document, method, operation) === undefined) continue;
    const schema = closed(dereferenced(response(document, method, operation, status, 'schema'), document));
    const validate = compile(schema);
    expect(validate(reply.body), JSON.stringify(validate.errors)).toBe(true);
    compared += 1;
  }
  expect(compared).toBeGreaterThan(0);
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'));
}

function operationOf(
  document: unknown,
  method: string,
  operation: string,
): Record<string, unknown> | undefined {
  const paths = field(document, 'paths');
  const path = isJsonObject(paths) ? paths[`/api/v1/subaccounts/{subAccountId}${operation}`] : undefined;
  const found = isJsonObject(path) ? path[method.toLowerCase()] : undefined;
  return isJsonObject(found) ? found : undefined;
}

function response(
  document: unknown,
  method: string,
  operation: string,
  status: number,
  part: 'schema' | 'example',
): unknown {
  const { content } = Object(field(operationOf(document, method, operation), `responses.${status}`));
  const media = isJsonObject(content) ? Object(content['application/json']) : {};
  return part === 'schema' ? media.schema : (media.example ?? Object(media.schema).example);
}

/** Replaces every `$ref` by what it points to. */
function dereferenced(node: unknown, document: unknown): unknown {
  if (Array.isArray(node)) return node.map((inner) => dereferenced(inner, document));
  if (!isJsonObject(node)) return node;
  if (typeof node.$ref === 'string') return dereferenced(pointedTo(node.$ref, document), document);
  return Object.fromEntries(
    Object.entries(node).map(([name, inner]) => [name, dereferenced(inner, document)]),
  );
}

function pointedTo(reference: string, document: unknown): unknown {
  return reference
    .slice(2)
    .split('/')
    .map((segment) => decodeURIComponent(segment).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((node, segment) => Object(node)[segment], document);
}

/** Forbids fields that a schema does not name: the published ones leave every object open. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (!isJsonObject(schema)) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  return isJsonObject(schema.properties) ? { ...inner, additionalProperties: false } : inner;
}

function compile(schema: unknown): ValidateFunction {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  return ajv.compile(Object(schema));
}

function typesOf(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(Object(value)).map(([name, inner]) => [name, typeof inner]));
}

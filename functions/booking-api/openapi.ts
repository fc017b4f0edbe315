import * as z from 'zod';
import { type ProblemCode, problems } from '../shared/domain/problems.ts';
import { gatewayAnswer, gatewayAnswers } from './gateway-answers.ts';
import type { Operation } from './operation.ts';

/*
 * The API's OpenAPI 3.1 document, made of the operations that the router runs: their schemas validate the requests,
 * so the document cannot say anything else.
 */

type Json = Record<string, unknown>;

/** What can go wrong with any request, besides what an operation names itself. */
const COMMON_PROBLEMS: readonly ProblemCode[] = ['INVALID_REQUEST', 'BODY_TOO_LARGE', 'INTERNAL'];

/** A problem as it is answered (RFC 9457). */
export const presentedProblem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(Object.keys(problems)),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });

/** Collects the named schemas while others are written, so that each stands in the document once. */
function createSchemaWriter(components: Json) {
  return (schema: z.ZodType, io: 'input' | 'output'): Json => {
    const { $schema: _, $defs: named, ...written } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
    for (const [name, definition] of Object.entries(named ?? {})) components[name] = relocated(definition);
    return relocated(written);
  };
}

/** Points references at `components/schemas` and drops what only JSON Schema files carry. */
function relocated(schema: unknown): Json {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/');
  const { id: _, ...rest }: Json = JSON.parse(text, (key, value) => (key === '$id' ? undefined : value));
  return rest;
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters(schema: Json): Json[] {
  const { properties = {}, required = [] } = schema as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => {
    const { default: _, ...rest } = property;
    const hasDefault = 'default' in property;
    return { name, in: 'query', required: required.includes(name) && !hasDefault, schema: rest };
  });
}

function problemsOf({ problems: own, needsNoStore }: Operation): ReadonlySet<ProblemCode> {
  return new Set([...COMMON_PROBLEMS, ...(needsNoStore ? [] : (['STORE_UNAVAILABLE'] as const)), ...own]);
}

/** What is answered besides success, by status: problems of ours, and what the gateway says by itself. */
function failureResponses(codes: ReadonlySet<ProblemCode>): Json {
  const byStatus = Map.groupBy<number, ProblemCode>(codes, (code) => problems[code].status);
  const statuses = new Set([...byStatus.keys(), ...Object.keys(gatewayAnswers).map(Number)]);
  return Object.fromEntries(
    [...statuses].map((status) => [String(status), failureResponse(status, byStatus.get(status) ?? [])]),
  );
}

function failureResponse(status: number, codes: readonly ProblemCode[]): Json {
  const ofGateway = gatewayAnswers[status];
  const described = (code: ProblemCode) => `\`${code}\`: ${problems[code].title}.`;
  return {
    description: [
      ...codes.map(described),
      ...(ofGateway?.code === undefined ? [] : [described(ofGateway.code)]),
      ...(ofGateway === undefined ? [] : [`Answered by API Gateway: ${ofGateway.why}`]),
    ].join(' '),
    content: {
      ...(codes.length > 0 && { 'application/problem+json': { schema: problemOf(status, codes) } }),
      ...(ofGateway && { 'application/json': { schema: { $ref: '#/components/schemas/GatewayAnswer' } } }),
    },
  };
}

/** A problem that has one of these codes. */
function problemOf(status: number, codes: readonly ProblemCode[]): Json {
  const properties = { status: { const: status }, code: { enum: codes } };
  return { allOf: [{ $ref: '#/components/schemas/Problem' }, { type: 'object', properties }] };
}

/** @returns the document for these operations, as plain JSON. */
export function openApiDocument(operations: readonly Operation[]): Json {
  const schemas: Json = {};
  const write = createSchemaWriter(schemas);
  for (const named of [presentedProblem, gatewayAnswer]) write(named, 'output');

  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const [method = '', path = ''] = operation.routeKey.split(' ');
    const answers = Object.entries(operation.answers).map(([status, schema]) => [
      status,
      schema === null
        ? { description: 'Done.' }
        : {
            description: schema.description ?? 'Done.',
            content: { 'application/json': { schema: write(schema, 'output') } },
          },
    ]);
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]: {
        operationId: operation.operationId,
        summary: operation.summary,
        parameters: [
          ...pathParameters(path),
          ...(operation.query ? queryParameters(write(operation.query, 'input')) : []),
          ...(operation.takesIdempotencyKey
            ? [
                {
                  name: 'Idempotency-Key',
                  in: 'header',
                  required: false,
                  description: 'Repeating a request with the same key gives the same answer for a day.',
                  schema: { type: 'string', minLength: 1, maxLength: 255 },
                },
              ]
            : []),
        ],
        ...(operation.body && {
          requestBody: {
            required: !operation.bodyMayBeAbsent,
            content: { 'application/json': { schema: write(operation.body, 'input') } },
          },
        }),
        responses: {
          ...Object.fromEntries(answers),
          ...failureResponses(problemsOf(operation)),
        },
      },
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Number masking',
      version: '1.0.0',
      description:
        'Bookings of two parties and a virtual number, their calls, and the pool of virtual numbers.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    paths,
    components: { schemas },
  };
}

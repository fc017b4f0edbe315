import * as z from 'zod';
import { type ProblemCode, problems } from '../shared/domain/problems.ts';
import type { AccessLevel } from './access.ts';
import { webhooksOfEvents } from './asyncapi.ts';
import { gatewayAnswer, gatewayAnswers } from './gateway-answers.ts';
import { createSchemaWriter, type Json, type SchemaWriter } from './openapi-schemas.ts';
import { accessOf, type Operation, operationTags } from './operation.ts';

/*
 * The API's OpenAPI 3.1 document, made of the operations that the router runs: their schemas validate the requests,
 * so the document cannot say anything else.
 */

/** What can go wrong with any request, besides what an operation names itself. */
const COMMON_PROBLEMS: readonly ProblemCode[] = [
  'INVALID_REQUEST',
  'FORBIDDEN',
  'BODY_TOO_LARGE',
  'INTERNAL',
];

/** Where tokens are asked for: what one must allow. */
const ACCESS_WORDS: Readonly<Record<AccessLevel, string>> = {
  read: 'A token needs the right to read.',
  book: 'A token needs the right to book.',
  manage: 'A token needs the right to manage.',
  erase: 'A token needs the right to erase.',
};

const issue = z
  .object({
    path: z.string().describe('Where, such as `parties.0.phoneNumber`.'),
    message: z.string().describe('What would be right; never the value that was given.'),
  })
  .meta({ id: 'Issue', description: 'One thing that was wrong with a request.' });

/** A problem as it is answered (RFC 9457). */
const presentedProblem = z
  .looseObject({
    type: z.string(),
    title: z.string().describe('The same for every problem of the code.'),
    status: z.int().describe('The HTTP status.'),
    detail: z.string().describe('What was wrong this time, and what to do.'),
    code: z.enum(Object.keys(problems)).describe('Stable: branch on it.'),
    errors: z.array(issue).optional(),
  })
  .meta({
    id: 'Problem',
    description: 'What went wrong (RFC 9457). Some codes come with further fields, such as counts.',
  });

/** What stands in a path, and how it looks. */
const pathValues: Readonly<Record<string, Json>> = {
  bookingId: {
    description: 'As it was answered when the booking was made.',
    pattern: '^[0-9A-Za-z-]{1,64}$',
  },
  sessionId: { description: "8x8's id of the call.", minLength: 1, maxLength: 255 },
  recordingId: { description: "8x8's id of the recording.", minLength: 1, maxLength: 255 },
  menuId: {
    description: 'What the company calls the menu.',
    pattern: '^[0-9A-Za-z][0-9A-Za-z_-]{0,31}$',
  },
  e164: {
    description: 'A phone number in E.164; its `+` is written `%2B` in a URL, or left out.',
    pattern: '^\\+?[1-9]\\d{6,14}$',
  },
};

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Repeating a request with the same key gives the same answer for a day.',
  schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$' },
  example: 'ride-1042-first-try',
};

const securitySchemes = {
  sigv4: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    'x-amazon-apigateway-authtype': 'awsSigv4',
    description:
      'AWS Signature Version 4 for the service `execute-api`, by an identity that may invoke the API; ' +
      'of a deployment whose `api.auth` is `iam`.',
  },
  jwt: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'An access token of the issuer that `api.auth` of the deployment names. What it may do stands in the claim ' +
      'that `api.auth.access` names: who may manage may book too, who may book may read.',
  },
};

const EVENTS = 'What other systems hear; the same events are described by `GET /asyncapi.json`.';

/** @returns the document for these operations, as plain JSON. */
export function openApiDocument(operations: readonly Operation[]): Json {
  const writer = createSchemaWriter();
  for (const named of [presentedProblem, gatewayAnswer]) writer.write(named, 'output');

  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const [method = '', path = ''] = operation.routeKey.split(' ');
    paths[path] = { ...paths[path], [method.toLowerCase()]: described(operation, path, writer) };
  }
  const used = new Set<string>(operations.map(({ tag }) => tag));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Number masking',
      version: '1.0.0',
      description:
        'Bookings of two parties and a virtual number, their calls, and the pool of virtual numbers. ' +
        'Errors are problems (RFC 9457) with a stable `code`; lists are read on with `nextCursor`.',
      contact: { name: 'Whoever runs this deployment' },
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'The deployment that answered this document.' }],
    // Which one it is, the deployment says; the local cloud asks for none.
    security: [{ sigv4: [] }, { jwt: [] }, {}],
    tags: Object.entries({ ...operationTags, Events: EVENTS })
      .filter(([name]) => name === 'Events' || used.has(name))
      .map(([name, description]) => ({ name, description })),
    paths,
    webhooks: webhooksOfEvents(),
    components: {
      securitySchemes,
      schemas: writer.named,
      examples: exampleProblems(operations),
    },
  };
}

function described(operation: Operation, path: string, writer: SchemaWriter): Json {
  const { example } = operation;
  const parameters = [
    ...pathParameters(operation, path),
    ...(operation.query ? queryParameters(operation, operation.query, writer) : []),
    ...(operation.takesIdempotencyKey ? [idempotencyKey] : []),
  ];
  return {
    operationId: operation.operationId,
    tags: [operation.tag],
    summary: operation.summary,
    description: `${operation.description} ${ACCESS_WORDS[accessOf(operation)]}`,
    'x-access': accessOf(operation),
    ...(parameters.length > 0 && { parameters }),
    ...(operation.body && {
      requestBody: {
        required: !operation.bodyMayBeAbsent,
        content: {
          'application/json': { schema: writer.write(operation.body, 'input'), example: example.body },
        },
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(operation.answers).map(([status, schema]) => [
          status,
          successResponse(operation, Number(status), schema, writer),
        ]),
      ),
      ...failureResponses(problemsOf(operation)),
    },
  };
}

function pathParameters({ routeKey, example }: Operation, path: string): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    const value = pathValues[name];
    if (value === undefined) throw new Error(`Nothing is said of {${name}} in ${routeKey}.`);
    const { description, ...schema } = value;
    return {
      name,
      in: 'path',
      required: true,
      description,
      schema: { type: 'string', ...schema },
      example: example.path?.[name],
    };
  });
}

function queryParameters({ example }: Operation, query: z.ZodType, writer: SchemaWriter): Json[] {
  const { properties = {}, required = [] } = writer.write(query, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => {
    const given = example.query?.[name];
    return {
      name,
      in: 'query',
      required: required.includes(name) && !('default' in schema),
      description,
      schema,
      ...(given !== undefined && { example: schema.type === 'integer' ? Number(given) : given }),
    };
  });
}

function successResponse(
  { example, takesIdempotencyKey }: Operation,
  status: number,
  schema: z.ZodType | null,
  writer: SchemaWriter,
): Json {
  if (schema === null) return { description: 'Done.' };
  const isExample = status === example.answer.status;
  return {
    description: schema.description ?? 'Done.',
    ...(takesIdempotencyKey && {
      headers: {
        Location: {
          description: 'Where it can be read.',
          schema: { type: 'string', format: 'uri-reference' },
        },
      },
    }),
    content: {
      'application/json': {
        schema: writer.write(schema, 'output'),
        ...(isExample && { example: example.answer.body }),
      },
    },
  };
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

/**
 * One name for every problem: what is written beside a reference, generators drop or cannot compile. Which codes a
 * status may have is told in words, in `x-problem-codes` and by an example of each.
 */
function failureResponse(status: number, codes: readonly ProblemCode[]): Json {
  const ofGateway = gatewayAnswers[status];
  const told = (code: ProblemCode) => `\`${code}\`: ${problems[code].title}.`;
  return {
    description: [
      ...codes.map(told),
      ...(ofGateway?.code === undefined ? [] : [told(ofGateway.code)]),
      ...(ofGateway === undefined ? [] : [`Answered by API Gateway: ${ofGateway.why}`]),
    ].join(' '),
    ...(codes.length > 0 && { 'x-problem-codes': codes }),
    content: {
      ...(codes.length > 0 && {
        'application/problem+json': {
          schema: { $ref: '#/components/schemas/Problem' },
          examples: Object.fromEntries(
            codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
          ),
        },
      }),
      ...(ofGateway && {
        'application/json': {
          schema: { $ref: '#/components/schemas/GatewayAnswer' },
          example: { message: 'Said by API Gateway.' },
        },
      }),
    },
  };
}

function exampleProblems(operations: readonly Operation[]): Json {
  const codes = new Set(operations.flatMap((operation) => [...problemsOf(operation)]));
  return Object.fromEntries([...codes].map((code) => [code, { value: exampleProblem(code) }]));
}

function exampleProblem(code: ProblemCode): Json {
  const { status, title } = problems[code];
  const errors = [{ path: 'parties.0.phoneNumber', message: 'must be an international phone number' }];
  return {
    type: 'about:blank',
    title,
    status,
    detail: `${title}; what to do is said here.`,
    code,
    ...(code === 'INVALID_REQUEST' && { errors }),
  };
}

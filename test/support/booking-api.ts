import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { createBookingApiHandler } from '../../functions/booking-api/handler.ts';
import { openApiDocument } from '../../functions/booking-api/openapi.ts';
import type { Operation } from '../../functions/booking-api/operation.ts';
import { blocklistOperations } from '../../functions/booking-api/operations/blocklist.ts';
import { bookingOperations } from '../../functions/booking-api/operations/bookings.ts';
import { numberOperations } from '../../functions/booking-api/operations/numbers.ts';
import { openApiOperation } from '../../functions/booking-api/operations/openapi.ts';
import { poolOperation } from '../../functions/booking-api/operations/pool.ts';
import { renumberOperation } from '../../functions/booking-api/operations/renumber.ts';
import { sessionOperations } from '../../functions/booking-api/operations/sessions.ts';
import { watchPool } from '../../functions/booking-api/pool-watch.ts';
import { createBlocklistStore } from '../../functions/shared/adapters/dynamodb/blocklist-store.ts';
import { createCallRecord } from '../../functions/shared/adapters/dynamodb/calls-table.ts';
import { createNumberBookings } from '../../functions/shared/adapters/dynamodb/number-bookings.ts';
import { createPoolCounts } from '../../functions/shared/adapters/dynamodb/pool-summary-store.ts';
import { isStoreUnavailable } from '../../functions/shared/adapters/dynamodb/unavailable.ts';
import { createLogger } from '../../functions/shared/observability/logger.ts';
import { createTestStores, type TestStores } from './bookings.ts';
import type { TestDatabase, TestTables } from './dynamodb-engine.ts';

/** An answer of the API, its body read. */
export interface ApiAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly body: any;
  readonly contentType: string | undefined;
}

/** The booking API over the real engine, every answer of which is checked against its own OpenAPI document. */
export interface TestApi extends TestStores {
  readonly lines: string[];
  readonly operations: readonly Operation[];
  call(routeKey: string, request?: ApiRequest): Promise<ApiAnswer>;
}

export interface ApiRequest {
  readonly path?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
  readonly rawBody?: string;
  readonly headers?: Record<string, string>;
}

export function createTestApi(database: TestDatabase, tables: TestTables): TestApi {
  const stores = createTestStores(database, tables);
  const lines: string[] = [];
  const logger = createLogger('booking-api', (line) => lines.push(line));
  const nowMs = () => stores.clock.nowMs;
  const poolCounts = createPoolCounts(stores.documents, tables.bookings);
  const { numbers } = stores;
  const { store, onChoice } = watchPool({ store: stores.bookings, numbers, poolCounts, logger, nowMs });
  const operations = [
    ...bookingOperations({
      ...stores.deps,
      store,
      onChoice,
      logger,
      rules: {
        defaultSeconds: 7200,
        longestSeconds: 86_400,
        coolDownSeconds: 0,
        numbering: 'shared',
        sticky: false,
      },
    }),
    ...numberOperations({ numbers: stores.numbers, nowMs }),
    poolOperation({ poolCounts, nowMs }),
    renumberOperation({
      ...stores.deps,
      store,
      numbers,
      numberBookings: createNumberBookings(stores.documents, tables.callRoutes),
    }),
    ...blocklistOperations({ blocklist: createBlocklistStore(stores.documents, tables), nowMs }),
    ...sessionOperations({
      store: stores.bookings,
      calls: createCallRecord(stores.documents, tables.calls),
      recordingLinks: {
        downloadUrl: async (key) => ({
          url: `https://recordings.example/${key}`,
          expiresAtMs: nowMs() + 1000,
        }),
      },
      nowMs,
    }),
  ];
  const document = openApiDocument(operations);
  const handler = createBookingApiHandler({
    operations: [...operations, openApiOperation(() => document)],
    logger,
    isStoreUnavailable,
  });
  const check = createAnswerCheck(document);

  return {
    ...stores,
    lines,
    operations,
    async call(routeKey, request = {}) {
      const answer = await handler(requestOf(routeKey, request), {} as Context);
      const body = answer.body === undefined ? undefined : JSON.parse(answer.body);
      const contentType = answer.headers?.['content-type']?.toString();
      if (routeKey !== 'GET /openapi.json') check(routeKey, answer.statusCode ?? 0, contentType, body);
      return { status: answer.statusCode ?? 0, body, contentType };
    },
  };
}

function requestOf(routeKey: string, request: ApiRequest): APIGatewayProxyEventV2 {
  const body = request.rawBody ?? (request.body === undefined ? undefined : JSON.stringify(request.body));
  const [method = '', path = ''] = routeKey.split(' ');
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: '',
    headers: { 'content-type': 'application/json', ...request.headers },
    ...(request.query && { queryStringParameters: request.query }),
    ...(request.path && { pathParameters: request.path }),
    ...(body !== undefined && { body }),
    isBase64Encoded: false,
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      domainName: 'localhost',
      domainPrefix: 'localhost',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: 'request',
      routeKey,
      stage: '$default',
      time: '21/Nov/2026:12:00:00 +0000',
      timeEpoch: 0,
    },
  };
}

/** Fails when an answer is not among those that the document names for the operation, or not of their shape. */
function createAnswerCheck(document: Record<string, unknown>) {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document, 'api');
  return (routeKey: string, status: number, contentType: string | undefined, body: unknown): void => {
    const [method = '', path = ''] = routeKey.split(' ');
    const pointer = ['paths', path, method.toLowerCase(), 'responses', String(status)]
      .map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))
      .join('/');
    const response = resolve(document, ['paths', path, method.toLowerCase(), 'responses', String(status)]);
    if (response === undefined)
      throw new Error(`${routeKey} answered ${status}, which its document does not name.`);
    if (body === undefined) return;
    const media = contentType?.split(';')[0] ?? '';
    if (resolve(response, ['content', media]) === undefined) {
      throw new Error(`${routeKey} answered ${status} as ${media}, which its document does not name.`);
    }
    const validate = ajv.compile({
      $ref: `api#/${pointer}/content/${encodeURIComponent(media.replaceAll('/', '~1'))}/schema`,
    });
    if (!validate(body)) {
      throw new Error(
        `${routeKey} answered ${status} with another shape: ${ajv.errorsText(validate.errors)}`,
      );
    }
  };
}

function resolve(node: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? new Map(Object.entries(at)).get(key) : undefined),
    node,
  );
}

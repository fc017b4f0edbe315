import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import type { AccessRules } from '../../functions/booking-api/access.ts';
import type { BookingRules } from '../../functions/booking-api/booking-input.ts';
import { createBookingApiHandler } from '../../functions/booking-api/handler.ts';
import { openApiDocument } from '../../functions/booking-api/openapi.ts';
import type { Operation } from '../../functions/booking-api/operation.ts';
import { serviceOperations } from '../../functions/booking-api/service-operations.ts';
import { createBookingLinks } from '../../functions/shared/adapters/dynamodb/bookings/booking-links.ts';
import { createCallRoutes } from '../../functions/shared/adapters/dynamodb/bookings/call-routes-table.ts';
import { createNumberBookings } from '../../functions/shared/adapters/dynamodb/bookings/number-bookings.ts';
import { createCallCounter } from '../../functions/shared/adapters/dynamodb/calls/call-counter.ts';
import { createCallRequests } from '../../functions/shared/adapters/dynamodb/calls/call-requests.ts';
import { createCallRecord } from '../../functions/shared/adapters/dynamodb/calls/calls-table.ts';
import { createSessionRecorder } from '../../functions/shared/adapters/dynamodb/calls/calls-table-recorder.ts';
import { createMenuStore } from '../../functions/shared/adapters/dynamodb/conversations/menu-store.ts';
import { createNumberStrangers } from '../../functions/shared/adapters/dynamodb/conversations/number-strangers.ts';
import { createOutboundDialogues } from '../../functions/shared/adapters/dynamodb/conversations/outbound-dialogues.ts';
import { isStoreUnavailable } from '../../functions/shared/adapters/dynamodb/unavailable.ts';
import { routeCall } from '../../functions/shared/domain/call-route.ts';
import { createLogger } from '../../functions/shared/observability/logger.ts';
import type { BookingStore } from '../../functions/shared/ports/booking-store.ts';
import type { SessionRecorder } from '../../functions/shared/ports/call-record.ts';
import { bookingApiPaths } from '../../lib/routes.ts';
import { createTestStores, phone, type TestStores } from './bookings.ts';
import type { TestDatabase, TestTables } from './dynamodb-engine.ts';
import { createFakeEightByEight, type FakeEightByEight } from './fake-eight-by-eight.ts';
import { followedStore } from './followed-store.ts';
import { type DocumentedAnswers, readDocumentedAnswers } from './openapi-answers.ts';

/** An answer of the API, its body read. */
export interface ApiAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly body: any;
  readonly contentType: string | undefined;
}

/**
 * The booking API over the real engine, with every operation that is deployed. Every answer is checked against the
 * OpenAPI document that it serves.
 */
export interface TestApi extends TestStores {
  readonly lines: string[];
  readonly eightByEight: FakeEightByEight;
  /** Adds to the record of calls that the API reads. */
  readonly recorder: SessionRecorder;
  readonly documented: DocumentedAnswers;
  readonly operations: readonly Operation[];
  readonly document: Readonly<Record<string, unknown>>;
  call(routeKey: string, request?: ApiRequest): Promise<ApiAnswer>;
  /**
   * What happens when somebody dials a virtual number now: `connect <callee> as <number that the callee sees>`, or why
   * nobody is rung.
   */
  dial(caller: string, dialled: string): Promise<string>;
}

export interface TestApiOptions {
  /** False: a deployment without an API key of 8x8. */
  readonly hasApiKey?: boolean;
  /** Puts something between the API and its bookings. */
  readonly around?: (store: BookingStore) => BookingStore;
  readonly rules?: Partial<BookingRules>;
  /** What tokens may do; absent: no token is asked for. */
  readonly access?: AccessRules;
  /** Takes the place of the operation of the same route. */
  readonly instead?: Operation;
  readonly newBookingId?: () => string;
  /** Whether somebody follows the stream of the bookings, at once; by default so. */
  readonly isFollowed?: boolean;
}

export interface ApiRequest {
  readonly path?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
  readonly rawBody?: string;
  readonly headers?: Record<string, string>;
  /** The claims of the token, as API Gateway passes them on. */
  readonly claims?: Record<string, string>;
}

export function createTestApi(
  database: TestDatabase,
  tables: TestTables,
  {
    hasApiKey = true,
    around = (store) => store,
    rules,
    access,
    instead,
    newBookingId,
    isFollowed = true,
  }: TestApiOptions = {},
): TestApi {
  const stores = createTestStores(database, tables);
  const { documents, numbers } = stores;
  const lines: string[] = [];
  const logger = createLogger('booking-api', (line) => lines.push(line));
  const nowMs = () => stores.clock.nowMs;
  const eightByEight = createFakeEightByEight();
  const recorder = createSessionRecorder({
    client: documents,
    tableName: tables.calls,
    bookingLinks: createBookingLinks(documents, tables.bookings),
    retentionDays: 90,
  });
  const followed = followedStore(stores.bookings, () => stores.following);
  const operations = serviceOperations({
    ...stores.deps,
    ...(newBookingId && { newBookingId }),
    store: around(isFollowed ? followed : stores.bookings),
    numbers,
    numberBookings: createNumberBookings(documents, tables.callRoutes),
    poolCounts: stores.poolCounts,
    calls: createCallRecord(documents, tables.calls),
    recorder,
    callRoutes: createCallRoutes(documents, tables.callRoutes),
    callRequests: createCallRequests(documents, tables.calls),
    counter: createCallCounter({ client: documents, tables, retentionDays: 90 }),
    recordingLinks: {
      downloadUrl: async (key) => ({
        url: `https://recordings.example/${key}`,
        expiresAtMs: nowMs() + 1000,
      }),
    },
    traces: stores.traces,
    blocklist: stores.blocklist,
    newErasureId: () => randomUUID(),
    menus: createMenuStore(documents, tables.conversations),
    strangers: createNumberStrangers(documents, tables.conversations),
    outboundDialogues: createOutboundDialogues(documents, tables.conversations),
    voices: hasApiKey ? eightByEight : undefined,
    inventory: hasApiKey ? eightByEight : undefined,
    sender: hasApiKey ? eightByEight : undefined,
    logger,
    rules: {
      defaultSeconds: 7200,
      longestSeconds: 86_400,
      coolDownSeconds: 0,
      leastCoolDownSeconds: 0,
      numbering: 'shared',
      sticky: false,
      recordings: true,
      ...rules,
    },
  }).map((operation) => (operation.routeKey === instead?.routeKey ? instead : operation));
  const handler = createBookingApiHandler({ operations, logger, access, isStoreUnavailable });

  const document = openApiDocument(operations);
  const documented = readDocumentedAnswers(document);
  const served = operations.map(({ routeKey }) => routeKey);
  requireSame('serves', served, 'documents', documented.routeKeys);
  requireSame('serves', served, 'deploys', deployedRoutes());

  return {
    ...stores,
    lines,
    eightByEight,
    recorder,
    documented,
    operations,
    document,
    async call(routeKey, request = {}) {
      const answer = await handler(requestOf(routeKey, request), {} as Context);
      const status = answer.statusCode ?? 0;
      const body = answer.body === undefined ? undefined : JSON.parse(answer.body);
      const contentType = answer.headers?.['content-type']?.toString();
      documented.check(routeKey, status, contentType, body);
      return { status, body, contentType };
    },
    async dial(caller, dialled) {
      const call = { sessionId: 'a-session', caller: phone(caller), virtualNumber: phone(dialled) };
      const routes = createCallRoutes(documents, tables.callRoutes);
      const route = await routes.find(call.virtualNumber, call.caller, new AbortController().signal);
      const decision = routeCall(call, route, nowMs());
      if (decision.kind !== 'connect') return decision.kind;
      return `connect ${decision.callee.reveal()} as ${decision.callerId.reveal()}`;
    },
  };
}

function deployedRoutes(): string[] {
  return Object.entries(bookingApiPaths).flatMap(([path, methods]) =>
    methods.map((method) => `${method} ${path}`),
  );
}

/** @throws when one of two lists of routes has one that the other has not. */
function requireSame(
  does: string,
  routes: readonly string[],
  alsoDoes: string,
  others: readonly string[],
): void {
  const refuse = (missing: readonly string[], one: string, other: string) => {
    if (missing.length === 0) return;
    throw new Error(`The booking API ${one} what it never ${other}: ${missing.join(', ')}.`);
  };
  refuse(
    routes.filter((route) => !others.includes(route)),
    does,
    alsoDoes,
  );
  refuse(
    others.filter((route) => !routes.includes(route)),
    alsoDoes,
    does,
  );
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
      ...(request.claims && { authorizer: { jwt: { claims: request.claims, scopes: [] } } }),
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

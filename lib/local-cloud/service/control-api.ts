import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import type { LocalDatabase } from '../dynamodb/local-database.ts';
import type { EventBridge } from '../event-bridge/event-bridge.ts';
import type { Schedules } from '../event-bridge/schedules.ts';
import type { HttpAnswer } from '../gateway/http-answer.ts';
import { readBody } from '../gateway/http-api.ts';
import { decodePart, readTarget } from '../gateway/request-target.ts';
import type { FunctionLogs } from '../lambda/function-logs.ts';
import type { LambdaService } from '../lambda/lambda-service.ts';
import type { LocalStorage } from '../storage/local-storage.ts';
import type { AccessKey } from '../template/credentials.ts';

/** What the controls act on. */
export interface ControlledServices {
  readonly database: LocalDatabase;
  readonly storage: LocalStorage;
  readonly lambda: LambdaService;
  readonly logs: FunctionLogs;
  readonly eventBridge: EventBridge;
  readonly schedules: Schedules;
  /** The secrets of the stack, but not what they hold. */
  readonly secretIds: readonly { readonly logicalId: string; readonly arn: string }[];
  /** The pages for people, by path. */
  readonly pages: (path: string) => HttpAnswer | undefined;
  /** Whether calls can be made. */
  readonly isReady: () => boolean;
  /** Addresses of the local services by name. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** What these services are asked with; they hold nothing of anybody's account. */
  readonly credentials: AccessKey;
}

/** Answers a request to the local cloud's own controls, or nothing when it is not one. */
export type ControlApi = (request: IncomingMessage) => Promise<HttpAnswer> | undefined;

const PREFIX = '/local-cloud';
const LARGEST_BODY_BYTES = 64 * 1024;

const every = z.int().positive().optional();
const FaultsSchema = z.strictObject({
  stopped: z.boolean().optional(),
  latencyMs: z.number().nonnegative().optional(),
  throttleEvery: every,
  throttlePartition: z.string().optional(),
  failEvery: every,
  failAfterApplyingEvery: every,
  loseAnswerEvery: every,
  leaveUnprocessedEvery: every,
  indexLagMs: z.number().nonnegative().optional(),
  operations: z.array(z.string()).optional(),
});
const ConnectionFaultsSchema = z.strictObject({
  stopped: z.boolean().optional(),
  latencyMs: z.number().nonnegative().optional(),
});
const AllFaultsSchema = z.strictObject({
  database: FaultsSchema.optional(),
  objects: ConnectionFaultsSchema.optional(),
  queues: ConnectionFaultsSchema.optional(),
});

/** What a body with faults may name, for whoever named something else. */
const knownFaults = {
  database: Object.keys(FaultsSchema.shape),
  objects: Object.keys(ConnectionFaultsSchema.shape),
  queues: Object.keys(ConnectionFaultsSchema.shape),
};

/**
 * The local cloud's own routes, beside those of the template: `/healthz`, and below `/local-cloud` what breaks
 * services on purpose, fires schedules and shows logs and events.
 */
export function createControlApi(services: ControlledServices): ControlApi {
  const { database, storage, lambda, logs, eventBridge, schedules, endpoints, credentials } = services;

  const setFaults = async (request: IncomingMessage): Promise<HttpAnswer> => {
    const faults = AllFaultsSchema.safeParse(parse(await readBody(request, LARGEST_BODY_BYTES)));
    if (!faults.success) {
      return json(400, { message: z.prettifyError(faults.error), known: knownFaults });
    }
    const { database: databaseFaults = {}, objects = {}, queues = {} } = faults.data;
    database.proxy.setFaults(databaseFaults);
    storage.objects.setFaults(objects);
    storage.queues.setFaults(queues);
    return json(200, currentFaults());
  };

  const currentFaults = () => ({
    database: database.proxy.faults(),
    objects: storage.objects.faults(),
    queues: storage.queues.faults(),
  });

  const overview = () => ({
    endpoints,
    database: {
      engine: database.kind(),
      pid: database.pid(),
      running: database.engineEndpoint() !== undefined,
    },
    functions: lambda
      .definitions()
      .map(({ logicalId, name, handler, runtime, codeFolder, memoryMb, timeoutMs, environment }) => ({
        logicalId,
        name,
        pids: lambda.pids(logicalId),
        ...{ handler, runtime, codeFolder, memoryMb, timeoutMs, environment },
      })),
    credentials,
    schedules: schedules.ids(),
    secrets: services.secretIds,
    faults: currentFaults(),
  });

  const runSchedule = (logicalId: string): HttpAnswer =>
    schedules.run(logicalId)
      ? json(202, { started: logicalId })
      : json(404, {
          message: `There is no schedule ${logicalId}; there are: ${schedules.ids().join(', ')}.`,
        });

  return (request) => {
    const { path, query } = readTarget(request);
    if (path === '/healthz') {
      return answerNow(services.isReady() ? json(200, { status: 'ok' }) : json(503, { status: 'starting' }));
    }
    const page = request.method === 'GET' ? services.pages(path) : undefined;
    if (page !== undefined) return answerNow(page);
    if (path !== PREFIX && !path.startsWith(`${PREFIX}/`)) return undefined;
    const [area = '', id = '', action = ''] = path
      .slice(PREFIX.length + 1)
      .split('/')
      .map(decodePart);
    switch (`${request.method} ${area}`) {
      case 'GET ':
        return answerNow(json(200, overview()));
      case 'GET faults':
        return answerNow(json(200, currentFaults()));
      case 'POST faults':
        return setFaults(request);
      case 'POST dynamodb':
        if (id === 'stop') return database.stopEngine().then(() => json(200, { running: false }));
        if (id === 'start') return database.startEngine().then(() => json(200, { running: true }));
        break;
      case 'POST schedules':
        if (action === 'run') return answerNow(runSchedule(id));
        break;
      case 'GET events':
        return answerNow(
          json(200, { items: eventBridge.archive(new URLSearchParams(query).get('bus') ?? undefined) }),
        );
      case 'GET logs':
        return answerNow(plain(logs.lines(id).join('\n')));
      default:
    }
    return answerNow(json(404, { message: `The local cloud has no ${request.method} ${path}.` }));
  };
}

/** A JSON answer. */
export function json(status: number, body: unknown): HttpAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function plain(text: string): HttpAnswer {
  return { status: 200, headers: { 'content-type': 'text/plain;charset=UTF-8' }, body: text };
}

function answerNow(answer: HttpAnswer): Promise<HttpAnswer> {
  return Promise.resolve(answer);
}

function parse(body: Buffer | undefined): unknown {
  try {
    return JSON.parse(body?.toString() ?? '');
  } catch {
    return undefined;
  }
}

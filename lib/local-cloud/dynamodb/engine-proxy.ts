import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type EngineFaults,
  type Fate,
  type FaultCounts,
  fateOf,
  NO_FAULTS,
  type RefusedRequest,
  refusalOf,
} from './engine-faults.ts';
import { openUpstream, type Upstream } from './engine-upstream.ts';
import { createHardEngine, type EngineHardness } from './hard-engine.ts';

/** A fixed address in front of a DynamoDB engine that may come and go. */
export interface EngineProxy {
  readonly endpoint: string;
  /** Where requests go from now on; undefined while there is no engine. */
  setTarget(endpoint: string | undefined): void;
  /** Replaces all faults at once. */
  setFaults(faults: EngineFaults): void;
  faults(): EngineFaults;
  /** How often each operation was asked for since the last {@link EngineProxy.resetCounts}, faulty or not. */
  requestCounts(): Record<string, number>;
  /** How many requests each fault has really hit since the last {@link EngineProxy.resetCounts}. */
  faultCounts(): FaultCounts;
  /** How many requests met a row that a transaction held, since the start. */
  conflictCount(): number;
  resetCounts(): void;
  stop(): Promise<void>;
}

export interface EngineProxyOptions {
  readonly target?: string | undefined;
  /** Loopback port to listen on; 0, the default, takes a free one. */
  readonly port?: number | undefined;
  /** How rows lock; without it they do not, as in an engine that serves one request after the other. */
  readonly hardness?: EngineHardness | undefined;
}

const ERROR_NAMESPACE = 'com.amazonaws.dynamodb.v20120810#';
const DYNAMODB_TARGET = /^DynamoDB_\d+\./;

/** Starts a proxy that forwards, counts and, when told to, breaks requests to a DynamoDB engine. */
export async function startEngineProxy(options: EngineProxyOptions = {}): Promise<EngineProxy> {
  let target = options.target === undefined ? undefined : openUpstream(options.target);
  let faults: EngineFaults = {};
  let counts = new Map<string, number>();
  let faultCounts = NO_FAULTS;
  let hits = 0;
  const hard = createHardEngine(options.hardness);

  const server = createServer((incoming, outgoing) => {
    const named = String(incoming.headers['x-amz-target'] ?? '');
    const operation = named.split('.').pop() ?? '';
    counts.set(operation, (counts.get(operation) ?? 0) + 1);
    const active = faults.operations === undefined || faults.operations.includes(operation) ? faults : {};
    hits += active === faults ? 1 : 0;
    const fate = fateOf(target !== undefined, active, hits);
    if (fate !== 'served') faultCounts = { ...faultCounts, [fate]: faultCounts[fate] + 1 };
    const isRead = DYNAMODB_TARGET.test(named) && hard.concerns(operation, active);
    void serve(incoming, outgoing, {
      upstream: target,
      fate,
      latencyMs: active.latencyMs,
      ...(isRead && {
        carryOut: async (upstream: Upstream) => {
          const { method = 'POST', url: path = '/', headers } = incoming;
          const body = await readWhole(incoming);
          return hard.serve(operation, { method, path, headers, body }, active, upstream);
        },
      }),
    });
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;

  return {
    endpoint: `http://127.0.0.1:${port}`,
    setTarget(endpoint) {
      target?.close();
      target = endpoint === undefined ? undefined : openUpstream(endpoint);
    },
    setFaults(next) {
      faults = next;
      hits = 0;
    },
    faults: () => faults,
    requestCounts: () => Object.fromEntries(counts),
    faultCounts: () => faultCounts,
    conflictCount: hard.conflicts,
    resetCounts() {
      counts = new Map();
      faultCounts = NO_FAULTS;
    },
    async stop() {
      target?.close();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

interface Service {
  readonly upstream: Upstream | undefined;
  readonly fate: Fate;
  readonly latencyMs: number | undefined;
  /** For a request that has to be understood; the others are passed on as they come. */
  readonly carryOut?: (upstream: Upstream) => ReturnType<ReturnType<typeof createHardEngine>['serve']>;
}

async function serve(incoming: IncomingMessage, outgoing: ServerResponse, service: Service): Promise<void> {
  const { upstream, fate, latencyMs, carryOut } = service;
  if (upstream === undefined || fate === 'cut') return cut(incoming);
  if (fate === 'throttled' || fate === 'failed') {
    incoming.resume();
    return refuse(outgoing, refusalOf(fate));
  }
  if (latencyMs !== undefined) await sleep(latencyMs);
  if (carryOut === undefined) return forward(incoming, outgoing, upstream, fate);
  try {
    const outcome = await carryOut(upstream);
    if (fate === 'unanswered') return cut(incoming);
    if (fate === 'failedAfterApplying') return refuse(outgoing, refusalOf(fate));
    if (outcome.kind === 'refused') return refuse(outgoing, outcome.refusal);
    const { status, headers, body } = outcome.answer;
    outgoing.writeHead(status, headers);
    outgoing.end(body);
  } catch {
    cut(incoming);
  }
}

function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { host, port, agent }: Upstream,
  fate: Fate,
): void {
  const { method, url: path, headers } = incoming;
  const upstream = request({ host, port, agent, method, path, headers }, (answer) => {
    if (fate === 'unanswered' || fate === 'failedAfterApplying') {
      answer.resume();
      return fate === 'unanswered' ? cut(incoming) : refuse(outgoing, refusalOf(fate));
    }
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
    answer.on('error', () => cut(incoming));
  });
  upstream.on('error', () => cut(incoming));
  outgoing.on('close', () => upstream.destroy());
  incoming.pipe(upstream);
}

async function readWhole(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** What a client sees of a host that is gone: its connection ends without an answer. */
function cut(incoming: IncomingMessage): void {
  incoming.socket.destroy();
}

function refuse(outgoing: ServerResponse, { status, error, message, details }: RefusedRequest): void {
  outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  outgoing.end(JSON.stringify({ __type: ERROR_NAMESPACE + error, message, Message: message, ...details }));
}

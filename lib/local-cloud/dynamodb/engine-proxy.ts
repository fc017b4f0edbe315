import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What goes wrong between the functions and the database. Every field is optional; `{}` is a healthy database. */
interface EngineFaults {
  /** Connections are cut without an answer, as by a host that went away. */
  readonly stopped?: boolean | undefined;
  /** Every answer comes this much later. */
  readonly latencyMs?: number | undefined;
  /** Every n-th request is refused as throttled, without reaching the engine; 1 refuses all. */
  readonly throttleEvery?: number | undefined;
  /** Every n-th request is answered with an internal error, without reaching the engine. */
  readonly failEvery?: number | undefined;
  /** Every n-th request is carried out, but its answer is lost: the client cannot know. */
  readonly loseAnswerEvery?: number | undefined;
  /** Only these operations (such as `GetItem`) are hit; without it all are. */
  readonly operations?: readonly string[] | undefined;
}

/** Requests by what happened to them; those that were only late are in none of these. */
export interface FaultCounts {
  readonly cut: number;
  readonly throttled: number;
  readonly failed: number;
  /** Carried out, but nobody heard of it. */
  readonly unanswered: number;
}

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
  resetCounts(): void;
  stop(): Promise<void>;
}

export interface EngineProxyOptions {
  readonly target?: string | undefined;
  /** Loopback port to listen on; 0, the default, takes a free one. */
  readonly port?: number | undefined;
}

const NO_FAULTS: FaultCounts = { cut: 0, throttled: 0, failed: 0, unanswered: 0 };
const ERROR_NAMESPACE = 'com.amazonaws.dynamodb.v20120810#';

/** Starts a proxy that forwards, counts and, when told to, breaks requests to a DynamoDB engine. */
export async function startEngineProxy(options: EngineProxyOptions = {}): Promise<EngineProxy> {
  let target = connectionTo(options.target);
  let faults: EngineFaults = {};
  let counts = new Map<string, number>();
  let faultCounts = NO_FAULTS;
  let hits = 0;

  const server = createServer((incoming, outgoing) => {
    const operation =
      String(incoming.headers['x-amz-target'] ?? '')
        .split('.')
        .pop() ?? '';
    counts.set(operation, (counts.get(operation) ?? 0) + 1);
    const active = faults.operations === undefined || faults.operations.includes(operation) ? faults : {};
    hits += active === faults ? 1 : 0;
    const fate = fateOf(target, active, hits);
    if (fate !== 'served') faultCounts = { ...faultCounts, [fate]: faultCounts[fate] + 1 };
    void serve(incoming, outgoing, { target, fate, latencyMs: active.latencyMs });
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;

  return {
    endpoint: `http://127.0.0.1:${port}`,
    setTarget(endpoint) {
      target?.agent.destroy();
      target = connectionTo(endpoint);
    },
    setFaults(next) {
      faults = next;
      hits = 0;
    },
    faults: () => faults,
    requestCounts: () => Object.fromEntries(counts),
    faultCounts: () => faultCounts,
    resetCounts() {
      counts = new Map();
      faultCounts = NO_FAULTS;
    },
    async stop() {
      target?.agent.destroy();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

interface Connection {
  readonly host: string;
  readonly port: string;
  readonly agent: Agent;
}

function connectionTo(endpoint: string | undefined): Connection | undefined {
  if (endpoint === undefined) return undefined;
  const { hostname, port } = new URL(endpoint);
  return { host: hostname, port, agent: new Agent({ keepAlive: true, maxSockets: 64 }) };
}

/** What becomes of a request. */
type Fate = 'served' | keyof FaultCounts;

interface Service {
  readonly target: Connection | undefined;
  readonly fate: Fate;
  readonly latencyMs: number | undefined;
}

function fateOf(target: Connection | undefined, faults: EngineFaults, hit: number): Fate {
  if (target === undefined || faults.stopped === true) return 'cut';
  if (isHit(faults.throttleEvery, hit)) return 'throttled';
  if (isHit(faults.failEvery, hit)) return 'failed';
  return isHit(faults.loseAnswerEvery, hit) ? 'unanswered' : 'served';
}

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { target, fate, latencyMs }: Service,
): Promise<void> {
  if (target === undefined || fate === 'cut') return cut(incoming);
  if (fate === 'throttled') {
    return refuse(
      incoming,
      outgoing,
      400,
      'ProvisionedThroughputExceededException',
      'Rate exceeded, by request.',
    );
  }
  if (fate === 'failed') {
    return refuse(incoming, outgoing, 500, 'InternalServerError', 'Internal server error, by request.');
  }
  if (latencyMs !== undefined) await sleep(latencyMs);
  forward(incoming, outgoing, target, fate === 'unanswered');
}

function isHit(every: number | undefined, hit: number): boolean {
  return every !== undefined && every > 0 && hit % every === 0;
}

function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  target: Connection,
  loseAnswer: boolean,
): void {
  const { host, port, agent } = target;
  const { method, url: path, headers } = incoming;
  const upstream = request({ host, port, agent, method, path, headers }, (answer) => {
    if (loseAnswer) {
      answer.resume();
      return cut(incoming);
    }
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
    answer.on('error', () => cut(incoming));
  });
  upstream.on('error', () => cut(incoming));
  outgoing.on('close', () => upstream.destroy());
  incoming.pipe(upstream);
}

/** What a client sees of a host that is gone: its connection ends without an answer. */
function cut(incoming: IncomingMessage): void {
  incoming.socket.destroy();
}

function refuse(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  status: number,
  error: string,
  message: string,
): void {
  incoming.resume();
  outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  outgoing.end(JSON.stringify({ __type: ERROR_NAMESPACE + error, message }));
}

import { randomUUID } from 'node:crypto';
import type { FunctionDefinition } from '../template/function-definitions.ts';
import {
  type ExecutionEnvironment,
  type ServiceEnvironment,
  startExecutionEnvironment,
} from './execution-environment.ts';
import type { FunctionLogs } from './function-logs.ts';
import type { InvocationOutcome } from './runtime-api.ts';

/** All execution environments of one function. */
export interface FunctionPool {
  readonly definition: FunctionDefinition;
  /** Runs the function with an event (JSON); waits for a free environment when all are busy. */
  invoke(payload: string): Promise<InvocationOutcome>;
  /** Starts one environment ahead of its first event, so that nobody waits for it. */
  warmUp(): Promise<void>;
  /** Process ids of the environments that are up. */
  pids(): number[];
  /** Ends the environments; events that wait or run fail. */
  stop(): Promise<void>;
}

export interface FunctionPoolOptions {
  readonly definition: FunctionDefinition;
  readonly services: ServiceEnvironment;
  readonly logs: FunctionLogs;
  /** How many processes the function may have at most; further events wait. */
  readonly mostEnvironments: number;
  /** How many of them may use a processor or be loading; those whose event waits for something else do not count. */
  readonly mostAtWork: number;
  /** An environment without work for this long is ended, down to one. */
  readonly idleTimeoutMs?: number;
}

interface WaitingEvent {
  readonly requestId: string;
  readonly payload: string;
  settle(outcome: InvocationOutcome): void;
}

interface IdleEnvironment {
  readonly environment: ExecutionEnvironment;
  readonly sinceEpochMs: number;
}

const IDLE_TIMEOUT_MS = 60_000;
/** A function that has not answered by then waits for something, for a database that hangs for one. */
const LONGEST_WORK_MS = 150;
const STOPPED: InvocationOutcome = {
  kind: 'failed',
  errorType: 'ServiceException',
  errorMessage: 'The local cloud is stopping.',
};

/** Makes the pool of one function; it starts empty and grows with the events that come at the same time. */
export function createFunctionPool(options: FunctionPoolOptions): FunctionPool {
  const { definition, services, logs, mostEnvironments, mostAtWork } = options;
  const { idleTimeoutMs = IDLE_TIMEOUT_MS } = options;
  const environments = new Set<ExecutionEnvironment>();
  const waiting: WaitingEvent[] = [];
  let idle: IdleEnvironment[] = [];
  let launchingCount = 0;
  let loadingCount = 0;
  let runningCount = 0;
  let pausingCount = 0;
  let isStopped = false;

  const grow = (): void => {
    const hasRoom = (): boolean => {
      const all = environments.size + launchingCount;
      return all < mostEnvironments && all - pausingCount < mostAtWork;
    };
    while (!isStopped && loadingCount < waiting.length && hasRoom()) void start().then(serveWaiting);
  };

  const start = async (): Promise<ExecutionEnvironment | undefined> => {
    loadingCount += 1;
    launchingCount += 1;
    const environment = await startExecutionEnvironment(definition, services, logs);
    launchingCount -= 1;
    environments.add(environment);
    void environment.ended.then(() => forget(environment));
    if (isStopped) environment.end();
    const failure = await environment.initialized;
    loadingCount -= 1;
    if (failure === undefined) return environment;
    waiting.shift()?.settle(failure);
    return undefined;
  };

  const forget = (environment: ExecutionEnvironment): void => {
    environments.delete(environment);
    idle = idle.filter((candidate) => candidate.environment !== environment);
    grow();
  };

  /** The environment that was used last: its connections are the most likely to be alive. */
  const takeIdle = (): ExecutionEnvironment | undefined => {
    for (let last = idle.pop(); last !== undefined; last = idle.pop()) {
      if (!last.environment.isGone()) return last.environment;
    }
    return undefined;
  };

  const serveWaiting = async (environment: ExecutionEnvironment | undefined): Promise<void> => {
    if (environment === undefined) return;
    for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) {
      event.settle(await noticingPause(environment.invoke(event.requestId, event.payload)));
      if (environment.isGone()) return;
    }
    idle.push({ environment, sinceEpochMs: Date.now() });
  };

  const noticingPause = async (running: Promise<InvocationOutcome>): Promise<InvocationOutcome> => {
    let isPausing = false;
    const pause = setTimeout(() => {
      isPausing = true;
      pausingCount += 1;
      grow();
    }, LONGEST_WORK_MS);
    const outcome = await running;
    clearTimeout(pause);
    if (isPausing) pausingCount -= 1;
    return outcome;
  };

  const endIdle = (): void => {
    const before = Date.now() - idleTimeoutMs;
    for (const { environment, sinceEpochMs } of idle.slice(0, -1)) {
      if (sinceEpochMs < before) environment.end();
    }
  };
  const sweeper = setInterval(endIdle, idleTimeoutMs).unref();

  return {
    definition,
    async invoke(payload) {
      if (isStopped) return STOPPED;
      if (runningCount >= (definition.reservedConcurrency ?? Number.POSITIVE_INFINITY))
        return { kind: 'throttled' };
      runningCount += 1;
      const { promise, resolve } = Promise.withResolvers<InvocationOutcome>();
      waiting.push({ requestId: randomUUID(), payload, settle: resolve });
      const free = takeIdle();
      if (free === undefined) grow();
      else void serveWaiting(free);
      const outcome = await promise;
      runningCount -= 1;
      return outcome;
    },
    async warmUp() {
      if (environments.size + launchingCount === 0 && !isStopped) await serveWaiting(await start());
    },
    pids: () => [...environments].map(({ pid }) => pid),
    async stop() {
      isStopped = true;
      clearInterval(sweeper);
      for (const event of waiting.splice(0)) event.settle(STOPPED);
      const ending = [...environments];
      for (const environment of ending) environment.end();
      await Promise.all(ending.map((environment) => environment.ended));
    },
  };
}

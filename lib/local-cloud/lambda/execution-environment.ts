import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { hasEnded, spawnGuarded } from '../processes/guarded-process.ts';
import type { FunctionDefinition } from '../template/function-definitions.ts';
import { REGION } from '../template/physical-names.ts';
import type { FunctionLogs } from './function-logs.ts';
import { type InvocationOutcome, type RuntimeApi, startRuntimeApi } from './runtime-api.ts';

/** One process that runs one function, one event at a time. */
export interface ExecutionEnvironment {
  readonly pid: number;
  /** Settles with nothing when the function is loaded, or with why it could not be. */
  readonly initialized: Promise<InvocationOutcome | undefined>;
  /** Settles when the process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Whether the process has ended or is being ended: it takes no further event. */
  isGone(): boolean;
  /** Runs one event; a function that takes too long is killed, and the environment with it. */
  invoke(requestId: string, payload: string): Promise<InvocationOutcome>;
  end(): void;
}

/** What every function's environment holds beside its own variables: where the services are, and as whom. */
export type ServiceEnvironment = Readonly<Record<string, string>>;

/** Lambda allows ten seconds; a developer's machine may be busy with other things. */
const LONGEST_INIT_MS = 30_000;

/** Node's heap may fill this much of the function's memory; the rest is for buffers and Node itself. */
const HEAP_SHARE = 0.9;

const RUNTIME = fileURLToPath(import.meta.resolve('aws-lambda-ric'));
const CLIENT = new URL('./runtime-client.mjs', import.meta.url).href;

/** Starts the process of one environment; AWS's runtime interface client loads the function in it. */
export async function startExecutionEnvironment(
  definition: FunctionDefinition,
  services: ServiceEnvironment,
  logs: FunctionLogs,
): Promise<ExecutionEnvironment> {
  const api = await startRuntimeApi();
  const heapMb = Math.floor(definition.memoryMb * HEAP_SHARE);
  const child = spawnGuarded(
    process.execPath,
    [`--max-old-space-size=${heapMb}`, '--import', CLIENT, RUNTIME],
    {
      cwd: definition.codeFolder,
      env: environmentOf(definition, services, api.address),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const say = (message: string): void => {
    const { name, logicalId } = definition;
    logs.write({ functionName: name, logicalId, message, epochMs: Date.now() });
  };
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on('line', say);
  }
  child.on('error', (error) => say(`The process did not start: ${error.message}`));
  let isEnding = false;
  const end = (): void => {
    isEnding = true;
    child.kill('SIGKILL');
  };
  const exit = hasEnded(child) ? Promise.resolve() : once(child, 'exit').then(() => {});
  const ended = exit.then(() => api.close());

  return {
    pid: child.pid ?? 0,
    initialized: waitForInitialization(child, api, exit, end),
    ended,
    isGone: () => isEnding || hasEnded(child),
    end,
    async invoke(requestId, payload) {
      const { arn, timeoutMs } = definition;
      const deadlineEpochMs = Date.now() + timeoutMs;
      const answer = api.invoke({ requestId, payload, functionArn: arn, deadlineEpochMs });
      const overtime = timer(timeoutMs, () => timedOut(requestId, timeoutMs));
      const crash = exit.then(() => exited(child, requestId));
      const outcome = await Promise.race([answer, overtime.promise, crash]);
      overtime.cancel();
      if (outcome.kind === 'failed' && outcome.errorType === SANDBOX_TIMED_OUT) {
        end();
        say(`${new Date().toISOString()} ${requestId} Task timed out after ${seconds(timeoutMs)} seconds`);
      }
      return outcome;
    },
  };
}

async function waitForInitialization(
  child: ChildProcess,
  api: RuntimeApi,
  exit: Promise<void>,
  end: () => void,
): Promise<InvocationOutcome | undefined> {
  const overtime = timer(LONGEST_INIT_MS, () => timedOut('init', LONGEST_INIT_MS));
  const crash = exit.then(() => exited(child, 'init'));
  const failure = await Promise.race([api.initialized, overtime.promise, crash]);
  overtime.cancel();
  if (failure !== undefined) end();
  return failure;
}

/** Only what Lambda gives: nothing of the developer's own shell may reach a function. */
function environmentOf(
  definition: FunctionDefinition,
  services: ServiceEnvironment,
  runtimeApi: string,
): Record<string, string> {
  return {
    ...definition.environment,
    ...services,
    _HANDLER: definition.handler,
    AWS_DEFAULT_REGION: REGION,
    AWS_EXECUTION_ENV: `AWS_Lambda_${definition.runtime}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMb),
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: definition.logFormat,
    ...(definition.logLevel !== undefined && { AWS_LAMBDA_LOG_LEVEL: definition.logLevel }),
    AWS_LAMBDA_LOG_GROUP_NAME: definition.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    AWS_REGION: REGION,
    // The AWS SDK looks for a person's profiles below the home folder; a function has none.
    HOME: definition.codeFolder,
    LAMBDA_TASK_ROOT: definition.codeFolder,
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin',
    TZ: ':UTC',
    // Windows cannot open a socket without it.
    ...(process.env.SystemRoot !== undefined && { SystemRoot: process.env.SystemRoot }),
  };
}

const SANDBOX_TIMED_OUT = 'Sandbox.Timedout';

function timedOut(requestId: string, timeoutMs: number): InvocationOutcome {
  const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${seconds(timeoutMs)} seconds`;
  return { kind: 'failed', errorType: SANDBOX_TIMED_OUT, errorMessage };
}

function exited({ exitCode, signalCode }: ChildProcess, requestId: string): InvocationOutcome {
  const cause = signalCode === null ? `exit status ${exitCode}` : `signal: ${signalCode}`;
  const errorMessage = `RequestId: ${requestId} Error: Runtime exited with error: ${cause}`;
  return { kind: 'failed', errorType: 'Runtime.ExitError', errorMessage };
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(2);
}

function timer<T>(milliseconds: number, value: () => T): { promise: Promise<T>; cancel: () => void } {
  const { promise, resolve } = Promise.withResolvers<T>();
  const timeout = setTimeout(() => resolve(value()), milliseconds);
  return { promise, cancel: () => clearTimeout(timeout) };
}

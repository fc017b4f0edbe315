import { availableParallelism } from 'node:os';
import type { FunctionDefinition, UnservableFunction } from '../template/function-definitions.ts';
import type { ServiceEnvironment } from './execution-environment.ts';
import type { FunctionLogs } from './function-logs.ts';
import { createFunctionPool, type FunctionPool } from './function-pool.ts';
import type { InvocationOutcome } from './runtime-api.ts';

/** Runs the functions of the stack. */
export interface LambdaService {
  /** Runs a function with an event that is serialized to JSON, and waits for its answer. */
  invoke(functionName: string, event: unknown): Promise<InvocationOutcome>;
  definition(functionName: string): FunctionDefinition | undefined;
  definitions(): FunctionDefinition[];
  warmUp(logicalId: string): Promise<void>;
  /** Process ids of a function's environments; for tests that kill one. */
  pids(logicalId: string): number[];
  stop(): Promise<void>;
}

export interface LambdaServiceOptions {
  readonly functions: readonly FunctionDefinition[];
  readonly unservable?: readonly UnservableFunction[];
  readonly services: ServiceEnvironment;
  readonly logs: FunctionLogs;
  /** Processes per function; by default enough for a hundred calls that wait for a database that hangs. */
  readonly mostEnvironments?: number | undefined;
}

const MOST_ENVIRONMENTS = 100;

/** Lambda takes requests of 6 MB at most. */
const LARGEST_PAYLOAD_BYTES = 6 * 1024 * 1024;

/** Makes the service; functions start when they are first invoked. */
export function createLambdaService(options: LambdaServiceOptions): LambdaService {
  const { functions, unservable = [], services, logs } = options;
  const mostEnvironments = options.mostEnvironments ?? MOST_ENVIRONMENTS;
  const mostAtWork = Math.min(8, Math.max(4, availableParallelism()));
  const pools = new Map<string, FunctionPool>(
    functions.map((definition) => [
      definition.name,
      createFunctionPool({ definition, services, logs, mostEnvironments, mostAtWork }),
    ]),
  );
  const byLogicalId = (logicalId: string): FunctionPool | undefined =>
    [...pools.values()].find(({ definition }) => definition.logicalId === logicalId);

  return {
    async invoke(functionName, event) {
      const payload = JSON.stringify(event);
      if (Buffer.byteLength(payload) > LARGEST_PAYLOAD_BYTES) {
        return failed('RequestTooLargeException', 'The event is larger than 6 MB.');
      }
      const pool = pools.get(functionName);
      if (pool !== undefined) return pool.invoke(payload);
      const known = unservable.find(({ name }) => name === functionName);
      return failed('ResourceNotFoundException', known?.reason ?? `There is no function ${functionName}.`);
    },
    definition: (functionName) => pools.get(functionName)?.definition,
    definitions: () => [...pools.values()].map(({ definition }) => definition),
    warmUp: async (logicalId) => byLogicalId(logicalId)?.warmUp(),
    pids: (logicalId) => byLogicalId(logicalId)?.pids() ?? [],
    async stop() {
      await Promise.all([...pools.values()].map((pool) => pool.stop()));
    },
  };
}

function failed(errorType: string, errorMessage: string): InvocationOutcome {
  return { kind: 'failed', errorType, errorMessage };
}

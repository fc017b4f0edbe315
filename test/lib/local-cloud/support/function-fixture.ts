import { fileURLToPath } from 'node:url';
import { createFunctionLogs, type FunctionLogs } from '../../../../lib/local-cloud/lambda/function-logs.ts';
import {
  createLambdaService,
  type LambdaService,
} from '../../../../lib/local-cloud/lambda/lambda-service.ts';
import { makeTemporaryFolder } from '../../../../lib/local-cloud/processes/guarded-process.ts';
import type { FunctionDefinition } from '../../../../lib/local-cloud/template/function-definitions.ts';
import { arn } from '../../../../lib/local-cloud/template/physical-names.ts';

/** Folder of a bundle that the tests deploy. */
export function fixtureFolder(name: 'functions' | 'broken'): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
}

/** A function that runs one export of the fixture, with Lambda's defaults where nothing else is said. */
export function fixtureFunction(
  exportName: string,
  overrides: Partial<FunctionDefinition> = {},
): FunctionDefinition {
  const name = overrides.name ?? `Test-${exportName}`;
  return {
    logicalId: `${exportName}Function`,
    name,
    arn: arn('lambda', `function:${name}`),
    handler: `index.${exportName}`,
    codeFolder: fixtureFolder('functions'),
    runtime: 'nodejs24.x',
    memoryMb: 128,
    timeoutMs: 3000,
    reservedConcurrency: undefined,
    environment: {},
    logGroup: `/aws/lambda/${name}`,
    logFormat: 'Text',
    logLevel: undefined,
    deadLetterQueueArn: undefined,
    ...overrides,
  };
}

export interface LambdaFixture {
  readonly lambda: LambdaService;
  readonly logs: FunctionLogs;
  /** What was printed to the terminal. */
  readonly printed: string[];
  stop(): Promise<void>;
}

/** A Lambda service with some functions, and the logs they write. */
export function startLambda(
  functions: readonly FunctionDefinition[],
  options: { readonly mostEnvironments?: number } = {},
): LambdaFixture {
  const printed: string[] = [];
  const logs = createFunctionLogs({
    folder: makeTemporaryFolder('lambda-test-'),
    print: (line) => printed.push(line),
    printAll: false,
  });
  const lambda = createLambdaService({ functions, logs, services: {}, ...options });
  return {
    lambda,
    logs,
    printed,
    async stop() {
      await lambda.stop();
      logs.close();
    },
  };
}

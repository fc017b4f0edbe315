import { readAssembly } from './assembly.ts';
import type { Credential } from './credentials.ts';
import { type CustomResourceDefinition, readCustomResources } from './custom-resource-definitions.ts';
import { type FunctionDefinition, readFunctions, type UnservableFunction } from './function-definitions.ts';
import { createResolver } from './intrinsics.ts';
import { type Addresses, createPhysicalNames, pseudoParameters } from './physical-names.ts';
import { type RouteDefinition, readRoutes } from './route-definitions.ts';
import {
  type QueueDefinition,
  readBucketNames,
  readQueues,
  readSecrets,
  readTables,
  type SecretDefinition,
  type TemplateTable,
} from './storage-definitions.ts';
import { createTemplateReader } from './template-reader.ts';
import {
  type EventSourceMapping,
  type LogSubscription,
  type RuleDefinition,
  readEventSourceMappings,
  readLogSubscriptions,
  readRules,
} from './trigger-definitions.ts';
import { readUserCredentials } from './user-definitions.ts';

/** Everything of a stack that the local cloud serves, under its local names. */
export interface Deployment {
  readonly stackName: string;
  readonly functions: readonly FunctionDefinition[];
  readonly unservable: readonly UnservableFunction[];
  readonly routes: readonly RouteDefinition[];
  readonly tables: readonly TemplateTable[];
  readonly buckets: readonly string[];
  readonly queues: readonly QueueDefinition[];
  readonly secrets: readonly SecretDefinition[];
  readonly userCredentials: readonly Credential[];
  readonly eventSourceMappings: readonly EventSourceMapping[];
  readonly logSubscriptions: readonly LogSubscription[];
  readonly rules: readonly RuleDefinition[];
  readonly customResources: readonly CustomResourceDefinition[];
}

/**
 * Reads the cloud assembly in a folder.
 * @throws UnservableTemplateError for what the local cloud would have to serve and cannot.
 */
export function readDeployment(assemblyFolder: string, addresses: Addresses): Deployment {
  const stack = readAssembly(assemblyFolder);
  const names = createPhysicalNames(stack.stackName, stack.template, addresses);
  const resolve = createResolver(stack.template, names, pseudoParameters(stack.stackName));
  const reader = createTemplateReader(stack, resolve);
  const functions = readFunctions(reader);
  return {
    stackName: stack.stackName,
    ...functions,
    routes: readRoutes(reader),
    tables: readTables(reader),
    buckets: readBucketNames(reader),
    queues: readQueues(reader),
    secrets: readSecrets(reader),
    userCredentials: readUserCredentials(reader),
    eventSourceMappings: readEventSourceMappings(reader),
    logSubscriptions: readLogSubscriptions(reader),
    rules: readRules(reader),
    customResources: readCustomResources(reader, functions.functions),
  };
}

import * as z from 'zod';
import { bookingApiPaths, webhookPaths } from '../../routes.ts';

const functionSchema = z.object({
  logicalId: z.string(),
  handler: z.string(),
  runtime: z.string(),
  codeFolder: z.string(),
  memoryMb: z.number(),
  timeoutMs: z.number(),
  environment: z.record(z.string(), z.string()),
});

/** What a running local cloud says of itself, as far as it is needed here. */
export const localCloudSchema = z.object({
  endpoints: z.record(z.string(), z.string()),
  credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
  functions: z.array(functionSchema),
});

export type LocalCloudFacts = z.output<typeof localCloudSchema>;

/** The processor of this machine, as a template calls it. */
export type SamArchitecture = 'arm64' | 'x86_64';

const LOOPBACK = /https?:\/\/(?:127\.0\.0\.1|localhost):(\d+)/g;
const CALL_ACTION = 'CallActionFunction';

/**
 * A template of the SAM CLI with the functions of a local cloud: their bundles, for the processor of this machine, and
 * in their environment the addresses of the local services as a container reaches them. It holds nothing else, so that
 * the CLI has nothing to warn of.
 *
 * @param addressFor gives the address by which a container reaches a port of this machine.
 */
export function samTemplate(
  { endpoints, credentials, functions }: LocalCloudFacts,
  architecture: SamArchitecture,
  addressFor: (port: number) => string,
): object {
  const reachable = (text: string): string =>
    text.replaceAll(LOOPBACK, (_, port: string) => `http://${addressFor(Number(port))}`);
  const services = {
    // SAM would pass the keys of the person's own account on; these are for the local services alone.
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: '',
    AWS_ENDPOINT_URL: reachable(endpoints.SECRETS_MANAGER ?? ''),
    ...Object.fromEntries(
      Object.entries(endpoints).map(([service, url]) => [`AWS_ENDPOINT_URL_${service}`, reachable(url)]),
    ),
  };
  const resources = functions
    .filter(({ logicalId }) => logicalId.endsWith('Function'))
    .map((definition) => [
      definition.logicalId,
      {
        Type: 'AWS::Serverless::Function',
        Properties: {
          CodeUri: definition.codeFolder,
          Handler: definition.handler,
          Runtime: definition.runtime,
          Architectures: [architecture],
          MemorySize: definition.memoryMb,
          // A container starts slower than a function of AWS's; a caller's deadline is kept by the function itself.
          Timeout: Math.max(30, definition.timeoutMs / 1000),
          Environment: {
            Variables: {
              ...Object.fromEntries(
                Object.entries(definition.environment).map(([name, value]) => [name, reachable(value)]),
              ),
              ...services,
            },
          },
          Events: eventsOf(definition.logicalId),
        },
      },
    ]);
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Transform: 'AWS::Serverless-2016-10-31',
    Resources: Object.fromEntries(resources),
  };
}

/** The logical id of a function by the name of its folder, such as `call-action`; a logical id is taken as it is. */
export function logicalIdOf(name: string): string {
  if (name.endsWith('Function')) return name;
  const words = name.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}Function`;
}

/** What a sample is about: with these it speaks of the local cloud instead of a company in a book. */
export interface SampleFacts {
  readonly authorization: string;
  /** Sub-account that the function takes webhooks of; empty where it takes any. */
  readonly subAccountId: string;
  /** The call that is asked about, where it is one. */
  readonly call?: { readonly source: string; readonly destination: string };
}

const sampleSchema = z.looseObject({
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string(),
});
const bodySchema = z.looseObject({ payload: z.looseObject({}).optional() });

/** A sample of test/events as 8x8 would send it to the local cloud. */
export function sampleFor(sample: unknown, { authorization, subAccountId, call }: SampleFacts): object {
  const event = sampleSchema.parse(sample);
  const body = bodySchema.parse(JSON.parse(event.body));
  const payload = body.payload && {
    ...body.payload,
    ...(subAccountId !== '' && 'subAccountId' in body.payload && { subAccountId }),
    ...call,
  };
  return {
    ...event,
    headers: { ...event.headers, authorization },
    body: JSON.stringify({ ...body, ...(payload && { payload }) }),
  };
}

function eventsOf(logicalId: string): object {
  const routes = [
    ...Object.entries(webhookPaths)
      .filter(([name]) => logicalIdOf(name) === logicalId)
      .map(([, path]) => ({ path, method: 'POST' })),
    ...(logicalId === logicalIdOf('booking-api')
      ? Object.entries(bookingApiPaths).flatMap(([path, methods]) =>
          methods.map((method) => ({ path, method })),
        )
      : []),
  ];
  return Object.fromEntries(
    routes.map(({ path, method }, position) => [
      `Route${position}`,
      { Type: 'HttpApi', Properties: { Path: path, Method: method } },
    ]),
  );
}

/** Whether the function answers a caller, so that a sample call can be booked for it. */
export const answersCalls = (logicalId: string): boolean => logicalId === CALL_ACTION;

/** The folder of a function, such as `call-action`, by its logical id. */
export function folderOf(logicalId: string): string {
  return logicalId
    .replace(/Function$/, '')
    .replaceAll(/(?<!^)[A-Z]/g, (letter) => `-${letter}`)
    .toLowerCase();
}

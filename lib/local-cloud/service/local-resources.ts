import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type CreatedTable, createTables } from '../dynamodb/dynamodb-tables.ts';
import type { LocalDatabase } from '../dynamodb/local-database.ts';
import type { LocalStorage } from '../storage/local-storage.ts';
import type { StorageSetup } from '../storage/storage-server.ts';
import type { AccessKey } from '../template/credentials.ts';
import type { Deployment } from '../template/deployment.ts';
import { REGION } from '../template/physical-names.ts';
import type { QueueDefinition } from '../template/storage-definitions.ts';
import type { EventSourceMapping } from '../template/trigger-definitions.ts';

export interface LocalResourcesOptions {
  readonly database: LocalDatabase;
  readonly storage: LocalStorage;
  /** What the functions sign with. */
  readonly credentials: AccessKey;
  /** An S3 server of the user's, which then gets the buckets. */
  readonly s3Endpoint: string | undefined;
  readonly longestVisibilityTimeoutSeconds: number;
  readonly longestPostponementSeconds: number;
}

/** Creates the tables, buckets and queues that do not exist yet; gives what the tables are called. */
export async function createResources(
  deployment: Deployment,
  options: LocalResourcesOptions,
): Promise<CreatedTable[]> {
  const [createdTables] = await Promise.all([
    createAllTables(deployment, options),
    createStorage(deployment, options),
    createForeignBuckets(deployment.buckets, options),
  ]);
  return createdTables;
}

async function createAllTables(
  { tables }: Deployment,
  { database, credentials }: LocalResourcesOptions,
): Promise<CreatedTable[]> {
  const endpoint = database.engineEndpoint() ?? database.endpoint;
  const client = new DynamoDBClient({ endpoint, region: REGION, credentials });
  try {
    return await createTables(client, tables);
  } finally {
    client.destroy();
  }
}

async function createStorage(
  { buckets, queues, eventSourceMappings, userCredentials }: Deployment,
  options: LocalResourcesOptions,
): Promise<void> {
  const { storage, credentials } = options;
  const setup = { buckets, queues: queues.map((queue) => hurry(queue, eventSourceMappings, options)) };
  await storage.setUp(setup, [credentials, ...userCredentials]);
}

/**
 * What a function could not process comes back after the visibility timeout, or when the function says. Minutes are
 * right for a service in the cloud and too long for a person who watches, so a queue with a consumer is hurried here.
 */
function hurry(
  { name, arn, attributes, visibilityTimeoutSeconds }: QueueDefinition,
  mappings: readonly EventSourceMapping[],
  { longestVisibilityTimeoutSeconds, longestPostponementSeconds }: LocalResourcesOptions,
): StorageSetup['queues'][number] {
  const hasConsumer = mappings.some(({ sourceArn }) => sourceArn === arn);
  if (!hasConsumer) return { name, attributes };
  const VisibilityTimeout = String(Math.min(visibilityTimeoutSeconds, longestVisibilityTimeoutSeconds));
  return { name, attributes: { ...attributes, VisibilityTimeout }, longestPostponementSeconds };
}

async function createForeignBuckets(
  buckets: readonly string[],
  { s3Endpoint, credentials }: LocalResourcesOptions,
): Promise<void> {
  if (s3Endpoint === undefined) return;
  const { CreateBucketCommand, S3Client } = await import('@aws-sdk/client-s3');
  const client = new S3Client({ endpoint: s3Endpoint, region: REGION, credentials, forcePathStyle: true });
  try {
    for (const Bucket of buckets) await client.send(new CreateBucketCommand({ Bucket })).catch(unlessOwned);
  } finally {
    client.destroy();
  }
}

function unlessOwned(error: unknown): void {
  const isOwned = error instanceof Error && /^BucketAlready(OwnedByYou|Exists)$/.test(error.name);
  if (!isOwned) throw error;
}

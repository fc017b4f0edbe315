import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type EngineKind, startDynamoDbEngine } from '../../lib/local-cloud/dynamodb/dynamodb-engine.ts';
import { createTables } from '../../lib/local-cloud/dynamodb/dynamodb-tables.ts';
import { type EngineProxy, startEngineProxy } from '../../lib/local-cloud/dynamodb/engine-proxy.ts';
import { likeDynamoDb } from '../../lib/local-cloud/dynamodb/hard-engine.ts';
import { serviceTables, type TestTables } from './service-tables.ts';

export { availableEngines } from '../../lib/local-cloud/dynamodb/dynamodb-engine.ts';
export type { TestTables } from './service-tables.ts';

/** An engine of this test file's own, with a counting and fault-injecting proxy in front of it. */
export interface TestDatabase {
  readonly kind: EngineKind;
  /** Address of the proxy; every request of {@link TestDatabase.client} passes it. */
  readonly endpoint: string;
  readonly proxy: EngineProxy;
  /** A client that neither retries nor needs credentials from outside. */
  readonly client: DynamoDBClient;
  /** The set of tables that exists from the start. */
  readonly tables: TestTables;
  /** Another, empty set of tables in the same engine: isolates tests in milliseconds. */
  createTables(): Promise<TestTables>;
  stop(): Promise<void>;
}

/** Credentials that every local engine accepts. */
export const localCredentials = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

export interface TestDatabaseOptions {
  readonly kind?: EngineKind;
  /**
   * Whether the tables have streams, as deployed. In memory the native engine looks through all records of a stream
   * for each that it adds, so a test of a hundred thousand writes that reads no stream does without.
   */
  readonly withStreams?: boolean;
  /** Whether transactions take time and turn each other away, as in DynamoDB; by default they do. */
  readonly isHard?: boolean;
}

/** Starts an engine in memory with one set of the service's tables; the test stops it in `afterAll`. */
export async function startTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const { kind, withStreams, isHard = true } = options;
  const engine = await startDynamoDbEngine({ kind });
  const proxy = await startEngineProxy({
    target: engine.endpoint,
    hardness: isHard ? likeDynamoDb : undefined,
  });
  const client = new DynamoDBClient({
    endpoint: proxy.endpoint,
    region: 'eu-central-1',
    credentials: localCredentials,
    maxAttempts: 1,
  });
  const createSet = async (): Promise<TestTables> => {
    const { names, definitions } = serviceTables(randomUUID().slice(0, 8), { withStreams });
    await createTables(client, definitions);
    return names;
  };
  const tables = await createSet();
  proxy.resetCounts();
  return {
    kind: engine.kind,
    endpoint: proxy.endpoint,
    proxy,
    client,
    tables,
    createTables: createSet,
    async stop() {
      client.destroy();
      await proxy.stop();
      await engine.stop();
    },
  };
}

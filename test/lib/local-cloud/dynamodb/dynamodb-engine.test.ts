import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  availableEngines,
  startDynamoDbEngine,
} from '../../../../lib/local-cloud/dynamodb/dynamodb-engine.ts';
import {
  makeTemporaryFolder,
  removeTemporaryFolder,
} from '../../../../lib/local-cloud/processes/guarded-process.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/dynamodb-engine.ts';
import { createItemClient } from '../support/item-client.ts';
import { isRunning } from '../support/processes.ts';

describe.each(availableEngines())('the %s engine', (kind) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await startTestDatabase({ kind });
  });
  afterAll(async () => {
    await database.stop();
  });

  test('has the service tables with their indexes, streams and expiry', async () => {
    const { client, tables } = database;

    const bookings = await client.send(new DescribeTableCommand({ TableName: tables.bookings }));
    const expiry = await client.send(new DescribeTimeToLiveCommand({ TableName: tables.callRoutes }));

    const indexes = bookings.Table?.GlobalSecondaryIndexes?.map((index) => index.IndexName).sort();
    expect(indexes).toEqual(['byReference', 'byVirtualNumber']);
    expect(bookings.Table?.StreamSpecification?.StreamViewType).toBe('NEW_AND_OLD_IMAGES');
    expect(expiry.TimeToLiveDescription?.AttributeName).toBe('ttlEpochSeconds');
  });

  test('gives every set of tables its own items', async () => {
    const { client, tables } = database;
    const other = await database.createTables();
    const key = { virtualNumber: { S: '+6531290001' }, caller: { S: '+6591110001' } };

    await client.send(new PutItemCommand({ TableName: tables.callRoutes, Item: key }));
    const elsewhere = await client.send(new GetItemCommand({ TableName: other.callRoutes, Key: key }));

    expect(elsewhere.Item).toBeUndefined();
  });

  test('keeps its data in a folder when told to', async () => {
    const dataFolder = makeTemporaryFolder('engine-test-');
    const first = await startDynamoDbEngine({ kind, dataFolder });
    await createItemClient(first.endpoint).createTableAndPut('kept');
    await first.stop();

    const second = await startDynamoDbEngine({ kind, dataFolder });
    const found = await createItemClient(second.endpoint).isPresent('kept');
    await second.stop();
    await removeTemporaryFolder(dataFolder);

    expect(found).toBe(true);
    expect(existsSync(dataFolder)).toBe(false);
  });

  test('ends with the process that started it, even when that one is killed outright', async () => {
    const starter = new URL('../support/start-engine-and-die.ts', import.meta.url);

    const starting = spawnSync(process.execPath, [starter.pathname, kind], { encoding: 'utf8' });
    const { enginePid } = JSON.parse(starting.stdout);

    expect(starting.signal).toBe('SIGKILL');
    await expect.poll(() => isRunning(enginePid), { timeout: 10_000 }).toBe(false);
  });
});

test('says what to install when the engine asked for cannot run', async () => {
  vi.stubEnv('PATH', '');
  vi.stubEnv('JAVA_HOME', '');

  const starting = startDynamoDbEngine({ kind: 'dynamodb-local' });

  await expect(starting).rejects.toThrow(/needs Java 17 or newer; no Java was found.*DYNAMODB_ENDPOINT/);
  vi.unstubAllEnvs();
});

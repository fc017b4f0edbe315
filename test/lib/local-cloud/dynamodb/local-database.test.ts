import { afterEach, expect, test } from 'vitest';
import { startDynamoDbEngine } from '../../../../lib/local-cloud/dynamodb/dynamodb-engine.ts';
import {
  type LocalDatabase,
  startLocalDatabase,
} from '../../../../lib/local-cloud/dynamodb/local-database.ts';
import {
  makeTemporaryFolder,
  removeTemporaryFolder,
} from '../../../../lib/local-cloud/processes/guarded-process.ts';
import { createItemClient } from '../support/item-client.ts';

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function start(
  options: { externalEndpoint?: string; restartDelayMs?: number } = {},
): Promise<LocalDatabase> {
  const dataFolder = makeTemporaryFolder('database-test-');
  const database = await startLocalDatabase({ dataFolder, say: () => {}, ...options });
  cleanUps.push(
    () => removeTemporaryFolder(dataFolder),
    () => database.stop(),
  );
  return database;
}

test('a database that is stopped and started keeps its address and its data', async () => {
  const database = await start();
  const items = createItemClient(database.endpoint);
  await items.createTableAndPut('kept');

  await database.stopEngine();
  const whileStopped = await items.isPresent('kept').catch(() => 'unreachable');
  await database.startEngine();
  const afterwards = await items.isPresent('kept');

  expect([whileStopped, afterwards]).toEqual(['unreachable', true]);
});

test('an engine that was killed starts at once when it is asked to', async () => {
  const database = await start({ restartDelayMs: 60_000 });
  const items = createItemClient(database.endpoint);
  await items.createTableAndPut('kept');
  process.kill(database.pid() ?? 0, 'SIGKILL');
  await expect.poll(() => database.pid()).toBeUndefined();

  await database.startEngine();

  expect(await items.isPresent('kept')).toBe(true);
});

test('an engine that was stopped on purpose does not come back by itself', async () => {
  const database = await start({ restartDelayMs: 0 });

  await database.stopEngine();

  expect([database.pid(), database.engineEndpoint()]).toEqual([undefined, undefined]);
});

test('an engine that runs already is used and left running', async () => {
  const engine = await startDynamoDbEngine();
  cleanUps.push(() => engine.stop());
  const database = await start({ externalEndpoint: engine.endpoint });
  await createItemClient(database.endpoint).createTableAndPut('there');

  await database.stop();

  expect([database.kind(), database.pid()]).toEqual(['external', undefined]);
  expect(await createItemClient(engine.endpoint).isPresent('there')).toBe(true);
});

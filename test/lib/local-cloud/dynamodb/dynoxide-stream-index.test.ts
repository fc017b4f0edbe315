import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import {
  availableEngines,
  startDynamoDbEngine,
} from '../../../../lib/local-cloud/dynamodb/dynamodb-engine.ts';
import { indexStreamRecords } from '../../../../lib/local-cloud/dynamodb/dynoxide-stream-index.ts';
import {
  makeTemporaryFolder,
  removeTemporaryFolder,
} from '../../../../lib/local-cloud/processes/guarded-process.ts';
import { localCredentials } from '../../../support/dynamodb-engine.ts';

const folders: string[] = [];
const temporaryFolder = (): string => {
  const folder = makeTemporaryFolder('stream-index-test-');
  folders.push(folder);
  return folder;
};
afterEach(async () => {
  for (const folder of folders.splice(0)) await removeTemporaryFolder(folder);
});

describe.runIf(availableEngines().includes('dynoxide'))('an engine that keeps its data in a folder', () => {
  async function start() {
    const dataFolder = temporaryFolder();
    const engine = await startDynamoDbEngine({ kind: 'dynoxide', dataFolder });
    onTestFinished(() => engine.stop());
    const connection = { endpoint: engine.endpoint, region: 'eu-central-1', credentials: localCredentials };
    return { file: path.join(dataFolder, 'dynoxide.db'), connection };
  }

  test('finds the newest record of a stream without looking through the others', async () => {
    const { file } = await start();

    const database = new DatabaseSync(file, { readOnly: true });
    const newest = 'SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = ?';
    const [step] = database.prepare(`EXPLAIN QUERY PLAN ${newest}`).all('calls');
    database.close();

    expect(step?.detail).toContain('USING COVERING INDEX _stream_records_by_sequence');
  });

  test('still gives every change once and in order', async () => {
    const { connection } = await start();
    const items = new DynamoDBClient(connection);
    const streams = new DynamoDBStreamsClient(connection);
    const keys = ['first', 'second', 'third'];

    const { TableDescription } = await items.send(
      new CreateTableCommand({
        TableName: 'changes',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
      }),
    );
    for (const key of keys) {
      await items.send(new PutItemCommand({ TableName: 'changes', Item: { key: { S: key } } }));
    }
    const StreamArn = TableDescription?.LatestStreamArn;
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
    const ShardId = StreamDescription?.Shards?.[0]?.ShardId;
    const { ShardIterator } = await streams.send(
      new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
    );
    const { Records } = await streams.send(new GetRecordsCommand({ ShardIterator }));

    expect(Records?.map(({ dynamodb }) => dynamodb?.Keys?.key?.S)).toEqual(keys);
  });
});

test('a database that is laid out otherwise is left as it is', () => {
  const file = path.join(temporaryFolder(), 'other.db');
  const database = new DatabaseSync(file);
  database.exec('CREATE TABLE notes (text TEXT)');

  const indexed = indexStreamRecords(file);

  expect(indexed).toBe(false);
  expect(database.prepare('SELECT name FROM sqlite_master').all()).toMatchObject([{ name: 'notes' }]);
  database.close();
});

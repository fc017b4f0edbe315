import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { expect, test } from 'vitest';
import {
  availableEngines,
  startDynamoDbEngine,
} from '../../../../lib/local-cloud/dynamodb/dynamodb-engine.ts';
import { toEventRecord } from '../../../../lib/local-cloud/event-sources/stream-record.ts';
import { REGION } from '../../../../lib/local-cloud/template/physical-names.ts';
import { localCredentials } from '../../../support/dynamodb-engine.ts';

test.each(availableEngines())('a change in %s reaches Lambda with every type of attribute', async (kind) => {
  const engine = await startDynamoDbEngine({ kind });
  const options = { endpoint: engine.endpoint, region: REGION, credentials: localCredentials };
  const database = new DynamoDBClient(options);
  const { TableDescription } = await database.send(
    new CreateTableCommand({
      TableName: 'changes',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
  const Item = {
    id: { S: '1' },
    number: { N: '0.5' },
    no: { BOOL: false },
    nothing: { NULL: true },
    bytes: { B: Uint8Array.from([1, 2]) },
    texts: { SS: ['a'] },
    list: { L: [{ B: Uint8Array.from([3]) }, { M: {} }] },
    map: { M: { text: { S: '' } } },
    emptyMap: { M: {} },
    emptyList: { L: [] },
  };
  await database.send(new PutItemCommand({ TableName: 'changes', Item }));

  const streams = new DynamoDBStreamsClient(options);
  const StreamArn = TableDescription?.LatestStreamArn;
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
  const ShardId = StreamDescription?.Shards?.[0]?.ShardId;
  const place = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' as const };
  const { ShardIterator } = await streams.send(new GetShardIteratorCommand(place));
  const { Records = [] } = await streams.send(new GetRecordsCommand({ ShardIterator }));
  await engine.stop();

  expect(Records.map((record) => toEventRecord(record, 'arn'))).toEqual([
    expect.objectContaining({
      eventName: 'INSERT',
      eventSourceARN: 'arn',
      awsRegion: REGION,
      dynamodb: expect.objectContaining({
        ApproximateCreationDateTime: expect.any(Number),
        Keys: { id: { S: '1' } },
        NewImage: { ...Item, bytes: { B: 'AQI=' }, list: { L: [{ B: 'Aw==' }, { M: {} }] } },
      }),
    }),
  ]);
});

import {
  type AttributeDefinition,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type DynamoDbEngine,
  startDynamoDbEngine,
} from '../../../../lib/local-cloud/dynamodb/dynamodb-engine.ts';
import { createTables } from '../../../../lib/local-cloud/dynamodb/dynamodb-tables.ts';
import type { TableDefinition } from '../../../../lib/local-cloud/template/table-definition.ts';
import { localCredentials } from '../../../support/dynamodb-engine.ts';

function tableWith(TableName: string, key: string, indexes: readonly string[]): TableDefinition {
  const AttributeDefinitions: AttributeDefinition[] = [key, ...indexes].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S',
  }));
  return {
    create: {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
      AttributeDefinitions,
      ...(indexes.length > 0 && {
        GlobalSecondaryIndexes: indexes.map((AttributeName) => ({
          IndexName: `by-${AttributeName}`,
          KeySchema: [{ AttributeName, KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        })),
      }),
    },
  };
}

describe('the tables of an earlier run', () => {
  let engine: DynamoDbEngine;
  let client: DynamoDBClient;
  beforeAll(async () => {
    engine = await startDynamoDbEngine();
    client = new DynamoDBClient({
      endpoint: engine.endpoint,
      region: 'eu-central-1',
      credentials: localCredentials,
    });
  });
  afterAll(() => engine.stop());

  test('keep their items and get the indexes that are new', async () => {
    const TableName = 'growing';
    await createTables(client, [tableWith(TableName, 'id', [])]);
    await client.send(new PutItemCommand({ TableName, Item: { id: { S: '1' }, owner: { S: 'me' } } }));

    await createTables(client, [tableWith(TableName, 'id', ['owner', 'day'])]);
    const found = await client.send(
      new QueryCommand({
        TableName,
        IndexName: 'by-owner',
        KeyConditionExpression: '#owner = :me',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: { ':me': { S: 'me' } },
      }),
    );
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));

    expect(found.Items?.map((item) => item.id)).toEqual([{ S: '1' }]);
    expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName).sort()).toEqual([
      'by-day',
      'by-owner',
    ]);
  });

  test('are refused when their keys are others, with what to do', async () => {
    await createTables(client, [tableWith('rekeyed', 'id', [])]);

    const again = createTables(client, [tableWith('rekeyed', 'other', [])]);

    await expect(again).rejects.toThrow(
      'kept with the keys id, but the template says other. Start with an empty',
    );
  });
});

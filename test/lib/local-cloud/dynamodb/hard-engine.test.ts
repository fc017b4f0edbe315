import { CreateTableCommand, DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactGetCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  type DynamoDbEngine,
  startDynamoDbEngine,
} from '../../../../lib/local-cloud/dynamodb/dynamodb-engine.ts';
import { type EngineProxy, startEngineProxy } from '../../../../lib/local-cloud/dynamodb/engine-proxy.ts';
import { localCredentials } from '../../../support/dynamodb-engine.ts';

const TableName = 'rows';

describe('an engine as hard as DynamoDB', () => {
  let engine: DynamoDbEngine;
  let proxy: EngineProxy;
  let documents: DynamoDBDocumentClient;

  beforeAll(async () => {
    engine = await startDynamoDbEngine();
    proxy = await startEngineProxy({
      target: engine.endpoint,
      hardness: { transactionMs: [150, 150], lingerMs: 0, lingerShare: 0, seed: 7 },
    });
    const client = new DynamoDBClient({
      endpoint: proxy.endpoint,
      region: 'eu-central-1',
      credentials: localCredentials,
      maxAttempts: 1,
    });
    documents = DynamoDBDocumentClient.from(client);
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'owner', KeyType: 'HASH' },
          { AttributeName: 'id', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: ['owner', 'id', 'colour'].map((AttributeName) => ({
          AttributeName,
          AttributeType: 'S' as const,
        })),
        GlobalSecondaryIndexes: [
          {
            IndexName: 'byColour',
            KeySchema: [{ AttributeName: 'colour', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
      }),
    );
  });
  afterEach(() => proxy.setFaults({}));
  afterAll(async () => {
    documents.destroy();
    await proxy.stop();
    await engine.stop();
  });

  const put = (id: string, rest: object = {}) => ({
    Put: { TableName, Item: { owner: 'a', id, ...rest } },
  });
  const transact = (...TransactItems: object[]) =>
    documents.send(new TransactWriteCommand({ TransactItems: TransactItems as never }));
  const codes = (error: unknown) =>
    error instanceof TransactionCanceledException
      ? error.CancellationReasons?.map(({ Code }) => Code)
      : String(error);

  test('cancels a transaction that meets a row of another one, and says which row', async () => {
    const first = transact(put('shared'), put('mine'));
    const second = transact(put('own'), put('shared')).catch(codes);

    expect(await second).toEqual(['None', 'TransactionConflict']);
    await expect(first).resolves.toBeDefined();
    const { Item } = await documents.send(new GetCommand({ TableName, Key: { owner: 'a', id: 'own' } }));
    expect(Item).toBeUndefined();
  });

  test('counts a condition check as a row that is touched', async () => {
    const check = {
      ConditionCheck: {
        TableName,
        Key: { owner: 'a', id: 'checked' },
        ConditionExpression: 'attribute_not_exists(id)',
      },
    };
    const first = transact(check, put('beside'));
    const second = transact(put('checked')).catch(codes);

    expect(await second).toEqual(['TransactionConflict']);
    await first;
  });

  test('turns away a plain write and a transactional read that meet a transaction, and no plain read', async () => {
    const first = transact(put('held'));
    const key = { TableName, Key: { owner: 'a', id: 'held' } };

    const [write, reads, read] = await Promise.all([
      documents
        .send(
          new UpdateCommand({
            ...key,
            UpdateExpression: 'SET n = :n',
            ExpressionAttributeValues: { ':n': 1 },
          }),
        )
        .catch((error) => error.name),
      documents.send(new TransactGetCommand({ TransactItems: [{ Get: key }] })).catch(codes),
      documents.send(new GetCommand(key)),
    ]);
    await first;

    expect(write).toBe('TransactionConflictException');
    expect(reads).toEqual(['TransactionConflict']);
    expect(read.$metadata.httpStatusCode).toBe(200);
  });

  test('lets transactions of different rows pass side by side', async () => {
    await expect(Promise.all([transact(put('one')), transact(put('two'))])).resolves.toHaveLength(2);
  });

  test('leaves the second half of a batch unprocessed', async () => {
    await transact(put('b1'), put('b2'));
    proxy.setFaults({ leaveUnprocessedEvery: 1 });

    const answer = await documents.send(
      new BatchGetCommand({
        RequestItems: {
          [TableName]: {
            Keys: [
              { owner: 'a', id: 'b1' },
              { owner: 'a', id: 'b2' },
            ],
          },
        },
      }),
    );

    expect(answer.Responses?.[TableName]).toEqual([{ owner: 'a', id: 'b1' }]);
    expect(answer.UnprocessedKeys?.[TableName]?.Keys).toEqual([{ owner: 'a', id: 'b2' }]);
  });

  test('throttles one partition alone', async () => {
    proxy.setFaults({ throttlePartition: 'hot' });
    const write = (owner: string) => documents.send(new PutCommand({ TableName, Item: { owner, id: '1' } }));

    await expect(write('hot')).rejects.toThrow('Rate exceeded');
    await expect(write('cold')).resolves.toBeDefined();
  });

  test('fails after it has applied a write', async () => {
    proxy.setFaults({ failAfterApplyingEvery: 1, operations: ['PutItem'] });
    const outcome = await documents
      .send(new PutCommand({ TableName, Item: { owner: 'a', id: 'applied' } }))
      .catch((error) => error.name);
    proxy.setFaults({});

    expect(outcome).toBe('InternalServerError');
    const { Item } = await documents.send(new GetCommand({ TableName, Key: { owner: 'a', id: 'applied' } }));
    expect(Item).toEqual({ owner: 'a', id: 'applied' });
  });

  test('shows an index as it was a while ago', async () => {
    const byColour = () =>
      documents.send(
        new QueryCommand({
          TableName,
          IndexName: 'byColour',
          KeyConditionExpression: 'colour = :colour',
          ExpressionAttributeValues: { ':colour': 'red' },
        }),
      );
    await transact(put('old', { colour: 'red', size: 1 }));
    proxy.setFaults({ indexLagMs: 60_000 });
    await documents.send(
      new PutCommand({ TableName, Item: { owner: 'a', id: 'old', colour: 'red', size: 2 } }),
    );
    await transact(put('new', { colour: 'red' }));
    const late = await byColour();
    proxy.setFaults({});
    const afterwards = await byColour();

    expect(late.Items).toEqual([{ owner: 'a', id: 'old', colour: 'red', size: 1 }]);
    expect(late.Count).toBe(1);
    expect(afterwards.Count).toBe(2);
  });
});

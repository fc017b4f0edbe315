import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as documents from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type DynamoDbEngine,
  startDynamoDbEngine,
} from '../../../lib/local-cloud/dynamodb/dynamodb-engine.ts';
import { createTables } from '../../../lib/local-cloud/dynamodb/dynamodb-tables.ts';
import type { TableDefinition } from '../../../lib/local-cloud/template/table-definition.ts';
import { localCredentials } from '../../support/dynamodb-engine.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { MemoryDynamoDb } from './engine.ts';
import { EngineError, type Input } from './requests.ts';

const commands = {
  GetItem: documents.GetCommand,
  PutItem: documents.PutCommand,
  UpdateItem: documents.UpdateCommand,
  DeleteItem: documents.DeleteCommand,
  Query: documents.QueryCommand,
  BatchGetItem: documents.BatchGetCommand,
  TransactWriteItems: documents.TransactWriteCommand,
} as const;
type Operation = keyof typeof commands;

interface Step {
  readonly operation: Operation;
  readonly input: Input;
}

function definitionOf(TableName: string): TableDefinition {
  return {
    create: {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'p', KeyType: 'HASH' },
        { AttributeName: 's', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: ['p', 's', 'g', 'o'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byGroup',
          KeySchema: [
            { AttributeName: 'g', KeyType: 'HASH' },
            { AttributeName: 'o', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    },
  };
}

const key = fc.record({
  p: fc.constantFrom('p1', 'p2'),
  s: fc.constantFrom('a#1', 'a#2', 'b#1', 'b#10', 'c'),
});
const scalar = fc.oneof(fc.constantFrom('x', 'yz', 'a'), fc.integer({ min: -3, max: 12 }), fc.boolean());
const value = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 2 }),
  fc.dictionary(fc.constantFrom('i', 'j'), scalar, { maxKeys: 2, noNullPrototype: true }),
  fc.uniqueArray(fc.constantFrom('k', 'l', 'm'), { minLength: 1 }).map((list) => new Set(list)),
);
const row = fc
  .tuple(
    key,
    fc.record({ n: fc.integer({ min: 0, max: 9 }), v: value, m: value, t: value }, { requiredKeys: [] }),
    fc.record({ g: fc.constantFrom('g1', 'g2'), o: fc.constantFrom('1', '2', '3') }, { requiredKeys: [] }),
  )
  .map(([one, rest, index]) => ({ ...one, ...rest, ...index }));

/** A condition with what it needs, so that nothing is named in vain. */
const condition = fc.oneof(
  fc.constant({}),
  fc
    .constantFrom(
      'attribute_exists(p)',
      'attribute_not_exists(p)',
      'attribute_not_exists(v)',
      'attribute_exists(m.i)',
      'size(v) > n',
    )
    .map((ConditionExpression) => ({ ConditionExpression })),
  fc
    .tuple(
      fc.constantFrom(
        'n = :c',
        'n < :c OR attribute_not_exists(n)',
        'NOT (n >= :c)',
        'v <> :c AND attribute_exists(p)',
        'm.i = :c',
        'contains(v, :c)',
        'contains(t, :c)',
        ':c IN (n, v)',
        'n BETWEEN :c AND :c',
      ),
      scalar,
    )
    .map(([ConditionExpression, c]) => ({ ConditionExpression, values: { ':c': c } })),
);
const assign = (expressions: string[], assigned: fc.Arbitrary<unknown>) =>
  fc.tuple(fc.constantFrom(...expressions), assigned).map(([UpdateExpression, u]) => ({
    UpdateExpression,
    values: { ':u': u },
  }));
const update = fc.oneof(
  fc.constantFrom('REMOVE v', 'REMOVE t, n', 'SET v = n', 'SET #o = s REMOVE g').map((UpdateExpression) => ({
    UpdateExpression,
    ...(UpdateExpression.includes('#o') && { names: { '#o': 'o' } }),
  })),
  assign(['SET v = :u, m.j = :u', 'SET m = :u', 'SET v = if_not_exists(m, :u)'], value),
  assign(['SET n = :u', 'SET n = if_not_exists(n, :u) + :u', 'SET n = n - :u', 'ADD n :u'], fc.integer()),
  assign(['SET v = list_append(v, :u)', 'SET v = list_append(:u, :u)'], fc.array(scalar, { maxLength: 2 })),
  assign(
    ['ADD t :u', 'DELETE t :u'],
    fc.uniqueArray(fc.constantFrom('k', 'l'), { minLength: 1 }).map((list) => new Set(list)),
  ),
);

interface Part {
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly names?: object;
  readonly values?: object;
}

function together(...parts: Part[]): object {
  const names = Object.assign({}, ...parts.map((part) => part.names));
  const values = Object.assign({}, ...parts.map((part) => part.values));
  const { names: _, values: __, ...expressions } = Object.assign({}, ...parts) as Part;
  return {
    ...expressions,
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}

const asked = fc.constantFrom({}, { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });
const write = fc.oneof(
  fc
    .tuple(row, condition, asked)
    .map(([Item, part, returned]) => ({ Put: { Item, ...together(part), ...returned } })),
  fc.tuple(key, update, condition, asked).map(([Key, change, part, returned]) => ({
    Update: { Key, ...together(part, change), ...returned },
  })),
  fc
    .tuple(key, condition, asked)
    .map(([Key, part, returned]) => ({ Delete: { Key, ...together(part), ...returned } })),
);
const single = write.map((one): Step => {
  if ('Put' in one) return { operation: 'PutItem', input: one.Put };
  if ('Update' in one) return { operation: 'UpdateItem', input: { ...one.Update, ReturnValues: 'ALL_NEW' } };
  return { operation: 'DeleteItem', input: { ...one.Delete, ReturnValues: 'ALL_OLD' } };
});
const query = fc
  .tuple(
    fc.constantFrom(
      { KeyConditionExpression: 'p = :p', values: { ':p': 'p1' } },
      { KeyConditionExpression: 'p = :p AND begins_with(s, :s)', values: { ':p': 'p1', ':s': 'b#' } },
      {
        KeyConditionExpression: 'p = :p AND s BETWEEN :s AND :t',
        values: { ':p': 'p2', ':s': 'a', ':t': 'b#1' },
      },
      { IndexName: 'byGroup', KeyConditionExpression: 'g = :g', values: { ':g': 'g1' } },
    ),
    fc.boolean(),
    fc.constantFrom({}, { FilterExpression: 'attribute_exists(n)' }, { Limit: 2 }),
  )
  .map(
    ([{ values, ...condition }, ScanIndexForward, rest]): Step => ({
      operation: 'Query',
      input: { ...condition, ExpressionAttributeValues: values, ScanIndexForward, ...rest },
    }),
  );
const step = fc.oneof(
  { weight: 4, arbitrary: single },
  { weight: 1, arbitrary: key.map((Key): Step => ({ operation: 'GetItem', input: { Key } })) },
  { weight: 1, arbitrary: query },
  {
    weight: 3,
    arbitrary: fc
      .array(write, { minLength: 1, maxLength: 4 })
      .map((TransactItems): Step => ({ operation: 'TransactWriteItems', input: { TransactItems } })),
  },
);

describe('DynamoDB in memory', () => {
  let engine: DynamoDbEngine;
  let client: DynamoDBClient;
  let real: documents.DynamoDBDocumentClient;
  beforeAll(async () => {
    engine = await startDynamoDbEngine();
    client = new DynamoDBClient({
      endpoint: engine.endpoint,
      region: 'eu-central-1',
      credentials: localCredentials,
      maxAttempts: 1,
    });
    real = documents.DynamoDBDocumentClient.from(client);
  });
  afterAll(async () => {
    client.destroy();
    await engine.stop();
  });

  test('does and answers what the real engine does, whatever is asked of it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const table = definitionOf(`t-${randomUUID().slice(0, 8)}`);
        await createTables(client, [table]);
        const memory = new MemoryDynamoDb([table], {
          nowMs: () => 0,
          staleMs: () => 0,
          pageRows: () => undefined,
          onChange: (_, index) => index(),
        });
        for (const { operation, input } of steps) {
          const named = withTable(input, table.create.TableName);
          const expected = await ofReal(operation, named);
          expect(ofMemory(memory, operation, named), JSON.stringify({ operation, input })).toEqual(expected);
        }
      }),
      propertyRuns(60),
    );
  });

  async function ofReal(operation: Operation, input: Input): Promise<unknown> {
    try {
      const { $metadata, ...output } = (await real.send(
        new commands[operation](input as never) as never,
      )) as { $metadata: object };
      return comparable(output);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const { name, CancellationReasons, Item } = error as Error & {
        CancellationReasons?: { Code?: string; Item?: never }[];
        Item?: never;
      };
      return {
        name,
        ...(Item !== undefined && { Item: comparable(unmarshall(Item)) }),
        ...(CancellationReasons && {
          reasons: CancellationReasons.map((reason) => [
            reason.Code,
            reason.Item && comparable(unmarshall(reason.Item)),
          ]),
        }),
      };
    }
  }

  function ofMemory(memory: MemoryDynamoDb, operation: Operation, input: Input): unknown {
    try {
      return comparable(memory.execute(operation, input));
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      const reasons = error.details.CancellationReasons as { Code: string; Item?: object }[] | undefined;
      const { Item } = error.details;
      return {
        name: error.name,
        ...(Item !== undefined && { Item: comparable(Item) }),
        ...(reasons && { reasons: reasons.map(({ Code, Item: old }) => [Code, old && comparable(old)]) }),
      };
    }
  }
});

function withTable(input: Input, TableName: string): Input {
  if (!('TransactItems' in input)) return { ...input, TableName };
  const items = input.TransactItems as Record<string, object>[];
  return {
    TransactItems: items.map((item) =>
      Object.fromEntries(Object.entries(item).map(([kind, content]) => [kind, { ...content, TableName }])),
    ),
  };
}

/** Without what neither of the two promises: the order of sets, and where a page of a limit ends. */
function comparable(output: unknown): unknown {
  return JSON.parse(
    JSON.stringify(output, (name, inner) => {
      if (name === 'LastEvaluatedKey' || name === 'ConsumedCapacity') return undefined;
      return inner instanceof Set ? [...inner].sort() : inner;
    }),
  );
}

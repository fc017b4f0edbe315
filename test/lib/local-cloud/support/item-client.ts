import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { localCredentials } from '../../../support/dynamodb-engine.ts';

const TableName = 'items';

/** A client for the smallest possible table, to see whether an engine or a proxy does its job. */
export interface ItemClient {
  createTableAndPut(id: string): Promise<void>;
  put(id: string): Promise<void>;
  isPresent(id: string): Promise<boolean>;
}

export function createItemClient(
  endpoint: string,
  options: { readonly maxAttempts?: number } = {},
): ItemClient {
  const client = new DynamoDBClient({
    endpoint,
    region: 'eu-central-1',
    credentials: localCredentials,
    maxAttempts: options.maxAttempts ?? 1,
  });
  const put = async (id: string): Promise<void> => {
    await client.send(new PutItemCommand({ TableName, Item: { id: { S: id } } }));
  };
  return {
    put,
    async createTableAndPut(id) {
      await client.send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        }),
      );
      await put(id);
    },
    async isPresent(id) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName, Key: { id: { S: id } }, ConsistentRead: true }),
      );
      return Item !== undefined;
    },
  };
}

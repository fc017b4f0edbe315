import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  type KeySchemaElement,
  ResourceInUseException,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import type { TableDefinition } from '../template/table-definition.ts';

/** What a table and its stream are called in the engine. */
export interface CreatedTable {
  readonly tableName: string;
  readonly tableArn: string;
  readonly streamArn: string | undefined;
}

/** A table that was kept from an earlier run has other keys than the template now says. */
export class TableMismatchError extends Error {
  override readonly name = 'TableMismatchError';
}

/**
 * Creates the tables that do not exist yet, adds the indexes that tables of earlier runs lack, and waits until all
 * can be used.
 * @throws TableMismatchError when a table exists with other keys.
 */
export function createTables(
  client: DynamoDBClient,
  tables: readonly TableDefinition[],
): Promise<CreatedTable[]> {
  return Promise.all(tables.map((table) => createTable(client, table)));
}

async function createTable(client: DynamoDBClient, table: TableDefinition): Promise<CreatedTable> {
  const { TableName } = table.create;
  const isNew = await createUnlessPresent(client, table);
  await waitUntilActive(client, TableName);
  if (!isNew) await addMissingIndexes(client, table);
  if (isNew && table.ttlAttribute !== undefined) {
    const TimeToLiveSpecification = { AttributeName: table.ttlAttribute, Enabled: true };
    await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
  }
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  return { tableName: TableName, tableArn: Table?.TableArn ?? '', streamArn: Table?.LatestStreamArn };
}

async function createUnlessPresent(client: DynamoDBClient, table: TableDefinition): Promise<boolean> {
  try {
    await client.send(new CreateTableCommand(table.create));
    return true;
  } catch (error) {
    if (error instanceof ResourceInUseException) return false;
    throw error;
  }
}

async function addMissingIndexes(client: DynamoDBClient, { create }: TableDefinition): Promise<void> {
  const { TableName, KeySchema = [], AttributeDefinitions, GlobalSecondaryIndexes = [] } = create;
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  if (keysOf(Table?.KeySchema) !== keysOf(KeySchema)) {
    throw new TableMismatchError(
      `The table ${TableName} was kept with the keys ${keysOf(Table?.KeySchema)}, but the template says ` +
        `${keysOf(KeySchema)}. Start with an empty data folder or another database.`,
    );
  }
  const present = new Set(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName));
  // DynamoDB takes one new index at a time.
  for (const index of GlobalSecondaryIndexes.filter(({ IndexName }) => !present.has(IndexName))) {
    const GlobalSecondaryIndexUpdates = [{ Create: index }];
    await client.send(
      new UpdateTableCommand({ TableName, AttributeDefinitions, GlobalSecondaryIndexUpdates }),
    );
    await waitUntilActive(client, TableName);
  }
}

async function waitUntilActive(client: DynamoDBClient, TableName: string): Promise<void> {
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 0.02, maxDelay: 0.5 }, { TableName });
}

function keysOf(schema: readonly KeySchemaElement[] | undefined): string {
  return (schema ?? []).map(({ AttributeName }) => AttributeName).join(' and ');
}

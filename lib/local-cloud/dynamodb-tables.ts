import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';

/** One table to create, as the template describes it: keys, indexes, stream and the attribute that expires items. */
export interface TableDefinition {
  readonly create: CreateTableCommandInput & { readonly TableName: string };
  readonly ttlAttribute?: string | undefined;
}

/** What a table and its stream are called in the engine. */
export interface CreatedTable {
  readonly tableName: string;
  readonly tableArn: string;
  readonly streamArn: string | undefined;
}

/** Creates the tables that do not exist yet and waits until all can be used. */
export function createTables(
  client: DynamoDBClient,
  tables: readonly TableDefinition[],
): Promise<CreatedTable[]> {
  return Promise.all(tables.map((table) => createTable(client, table)));
}

async function createTable(client: DynamoDBClient, table: TableDefinition): Promise<CreatedTable> {
  const { TableName } = table.create;
  const isNew = await createUnlessPresent(client, table);
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 0.02, maxDelay: 0.5 }, { TableName });
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

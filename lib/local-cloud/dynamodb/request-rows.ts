import * as z from 'zod';

/** A value as DynamoDB's protocol carries it, such as `{ "S": "text" }`. */
export type WireValue = Readonly<Record<string, unknown>>;
export type WireItem = Readonly<Record<string, WireValue>>;

/** One row that a request touches. */
export interface TouchedRow {
  readonly tableName: string;
  readonly key: WireItem;
}

/** The names of a table's key attributes, the partition first. */
export type KeyNames = readonly string[];

const item = z.record(z.string(), z.record(z.string(), z.unknown()));
const keyed = z.looseObject({ TableName: z.string(), Key: item });
const put = z.looseObject({ TableName: z.string(), Item: item });
const step = z.looseObject({
  Put: put.optional(),
  Update: keyed.optional(),
  Delete: keyed.optional(),
  ConditionCheck: keyed.optional(),
  Get: keyed.optional(),
});
const transaction = z.looseObject({
  TransactItems: z.array(step),
  ClientRequestToken: z.string().optional(),
});
const batchWrite = z.looseObject({
  RequestItems: z.record(
    z.string(),
    z.array(
      z.looseObject({
        PutRequest: z.looseObject({ Item: item }).optional(),
        DeleteRequest: z.looseObject({ Key: item }).optional(),
      }),
    ),
  ),
});
const batchGet = z.looseObject({
  RequestItems: z.record(z.string(), z.looseObject({ Keys: z.array(item) })),
});
const named = z.looseObject({ TableName: z.string().optional() });

/** Reads which tables a request names, so that their keys can be looked up first. */
export function tablesOf(operation: string, body: unknown): string[] {
  if (operation.startsWith('Transact')) {
    return [...new Set(stepsOf(body).map((one) => one.TableName))];
  }
  if (operation.startsWith('Batch')) {
    const batch = z.looseObject({ RequestItems: z.record(z.string(), z.unknown()) }).safeParse(body);
    return batch.success ? Object.keys(batch.data.RequestItems) : [];
  }
  const request = named.safeParse(body);
  return request.success && request.data.TableName !== undefined ? [request.data.TableName] : [];
}

/** The rows of a request in its order: of a transaction one a step, of anything else those that it names. */
export function rowsOf(
  operation: string,
  body: unknown,
  keyNames: (tableName: string) => KeyNames,
): TouchedRow[] {
  const rowOf = (tableName: string, content: WireItem): TouchedRow => ({
    tableName,
    key: pick(content, keyNames(tableName)),
  });
  if (operation.startsWith('Transact')) {
    return stepsOf(body).map(({ TableName, content }) => rowOf(TableName, content));
  }
  if (operation === 'BatchWriteItem') {
    const batch = batchWrite.safeParse(body);
    if (!batch.success) return [];
    return Object.entries(batch.data.RequestItems).flatMap(([tableName, requests]) =>
      requests.map(({ PutRequest, DeleteRequest }) =>
        rowOf(tableName, PutRequest?.Item ?? DeleteRequest?.Key ?? {}),
      ),
    );
  }
  if (operation === 'BatchGetItem') {
    const batch = batchGet.safeParse(body);
    if (!batch.success) return [];
    return Object.entries(batch.data.RequestItems).flatMap(([tableName, { Keys }]) =>
      Keys.map((key) => rowOf(tableName, key)),
    );
  }
  const single = keyed.safeParse(body);
  if (single.success) return [rowOf(single.data.TableName, single.data.Key)];
  const written = put.safeParse(body);
  return written.success ? [rowOf(written.data.TableName, written.data.Item)] : [];
}

/** The token by which a repeated transaction is known. */
export function tokenOf(body: unknown): string | undefined {
  const parsed = transaction.safeParse(body);
  return parsed.success ? parsed.data.ClientRequestToken : undefined;
}

/** A row as text, the same for the same row. */
export function rowText({ tableName, key }: TouchedRow): string {
  return `${tableName} ${JSON.stringify(key)}`;
}

function stepsOf(body: unknown) {
  const parsed = transaction.safeParse(body);
  if (!parsed.success) return [];
  return parsed.data.TransactItems.flatMap(({ Put, Update, Delete, ConditionCheck, Get }) => {
    if (Put !== undefined) return [{ TableName: Put.TableName, content: Put.Item }];
    const keyedStep = Update ?? Delete ?? ConditionCheck ?? Get;
    return keyedStep === undefined ? [] : [{ TableName: keyedStep.TableName, content: keyedStep.Key }];
  });
}

function pick(content: WireItem, names: KeyNames): WireItem {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = content[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

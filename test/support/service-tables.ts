import type { GlobalSecondaryIndex, KeySchemaElement, ProjectionType } from '@aws-sdk/client-dynamodb';
import { callIndexes } from '../../functions/shared/config/call-indexes.ts';
import type { TableDefinition } from '../../lib/local-cloud/template/table-definition.ts';

/** The names of one set of the service's tables. */
export interface TestTables {
  readonly callRoutes: string;
  readonly bookings: string;
  readonly calls: string;
  readonly conversations: string;
}

const TTL_ATTRIBUTE = 'ttlEpochSeconds';

interface Key {
  readonly partition: string;
  readonly sort: string;
}

interface TableShape {
  readonly key: Key;
  readonly indexes: Readonly<Record<string, Key>>;
  readonly hasStream: boolean;
  readonly projection?: ProjectionType;
}

const shapes = {
  callRoutes: { key: { partition: 'virtualNumber', sort: 'caller' }, indexes: {}, hasStream: false },
  bookings: {
    key: { partition: 'pk', sort: 'sk' },
    indexes: {
      byReference: { partition: 'reference', sort: 'bookingOrder' },
      byVirtualNumber: { partition: 'virtualNumber', sort: 'bookingOrder' },
    },
    hasStream: true,
  },
  calls: {
    key: { partition: 'sessionId', sort: 'item' },
    indexes: Object.fromEntries(
      Object.entries(callIndexes).map(([name, [partition, sort]]) => [name, { partition, sort }]),
    ),
    projection: 'KEYS_ONLY',
    hasStream: true,
  },
  conversations: { key: { partition: 'pk', sort: 'sk' }, indexes: {}, hasStream: false },
} satisfies Record<keyof TestTables, TableShape>;

/**
 * The service's tables under names that end in `suffix`, with the keys and indexes of the stack, and with its
 * streams unless a test has too many writes for them.
 */
export function serviceTables(
  suffix: string,
  { withStreams = true }: { readonly withStreams?: boolean | undefined } = {},
): { names: TestTables; definitions: TableDefinition[] } {
  const names: TestTables = {
    callRoutes: `call-routes-${suffix}`,
    bookings: `bookings-${suffix}`,
    calls: `calls-${suffix}`,
    conversations: `conversations-${suffix}`,
  };
  return {
    names,
    definitions: [
      describe(names.callRoutes, shapes.callRoutes, withStreams),
      describe(names.bookings, shapes.bookings, withStreams),
      describe(names.calls, shapes.calls, withStreams),
      describe(names.conversations, shapes.conversations, withStreams),
    ],
  };
}

function describe(tableName: string, shape: TableShape, withStreams: boolean): TableDefinition {
  const indexes = Object.entries(shape.indexes);
  const attributes = new Set(
    [shape.key, ...Object.values(shape.indexes)].flatMap((key) => [key.partition, key.sort]),
  );
  return {
    create: {
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: keySchema(shape.key),
      AttributeDefinitions: [...attributes].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      ...(indexes.length > 0 && {
        GlobalSecondaryIndexes: indexes.map(([name, key]) => indexSchema(name, key, shape.projection)),
      }),
      ...(shape.hasStream &&
        withStreams && {
          StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
        }),
    },
    ttlAttribute: TTL_ATTRIBUTE,
  };
}

function keySchema({ partition, sort }: Key): KeySchemaElement[] {
  return [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ];
}

function indexSchema(
  IndexName: string,
  key: Key,
  ProjectionType: ProjectionType = 'ALL',
): GlobalSecondaryIndex {
  return { IndexName, KeySchema: keySchema(key), Projection: { ProjectionType } };
}

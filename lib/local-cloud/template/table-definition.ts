import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

/** One table to create, as the template describes it: keys, indexes, stream and the attribute that expires items. */
export interface TableDefinition {
  readonly create: CreateTableCommandInput & { readonly TableName: string };
  readonly ttlAttribute?: string | undefined;
}

import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { TableDefinition } from './table-definition.ts';
import type { TemplateReader } from './template-reader.ts';

const KeySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));

const TableSchema = z.looseObject({
  KeySchema,
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  GlobalSecondaryIndexes: z
    .array(
      z.looseObject({
        IndexName: z.string(),
        KeySchema,
        Projection: z.object({
          ProjectionType: z.enum(['ALL', 'INCLUDE', 'KEYS_ONLY']),
          NonKeyAttributes: z.array(z.string()).optional(),
        }),
      }),
    )
    .optional(),
  StreamSpecification: z
    .looseObject({ StreamViewType: z.enum(['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES']) })
    .optional(),
  TimeToLiveSpecification: z.looseObject({ AttributeName: z.string(), Enabled: z.boolean() }).optional(),
});

/** A table of the template under its local name. */
export interface TemplateTable extends TableDefinition {
  readonly logicalId: string;
  /** What event source mappings call the table's stream; undefined when it has none. */
  readonly streamArn: string | undefined;
}

/** Reads every table with its keys, indexes, stream and expiry; all are paid per request, as nothing is paid. */
export function readTables(reader: TemplateReader): TemplateTable[] {
  return ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'].flatMap((type) =>
    reader.all(type, TableSchema).map(({ logicalId, properties }) => {
      const stream = properties.StreamSpecification;
      const expiry = properties.TimeToLiveSpecification;
      return {
        logicalId,
        create: createTableInput(String(reader.resolve({ Ref: logicalId })), properties),
        ttlAttribute: expiry?.Enabled === true ? expiry.AttributeName : undefined,
        streamArn: stream && String(reader.resolve({ 'Fn::GetAtt': [logicalId, 'StreamArn'] })),
      };
    }),
  );
}

function createTableInput(
  TableName: string,
  table: z.infer<typeof TableSchema>,
): CreateTableCommandInput & { readonly TableName: string } {
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: table.KeySchema,
    AttributeDefinitions: table.AttributeDefinitions,
    ...(table.GlobalSecondaryIndexes && {
      GlobalSecondaryIndexes: table.GlobalSecondaryIndexes.map(({ IndexName, KeySchema, Projection }) => ({
        IndexName,
        KeySchema,
        Projection: {
          ProjectionType: Projection.ProjectionType,
          ...(Projection.NonKeyAttributes && { NonKeyAttributes: Projection.NonKeyAttributes }),
        },
      })),
    }),
    ...(table.StreamSpecification && {
      StreamSpecification: { StreamEnabled: true, StreamViewType: table.StreamSpecification.StreamViewType },
    }),
  };
}

/** Names of the buckets of the template. */
export function readBucketNames(reader: TemplateReader): string[] {
  return reader.logicalIds('AWS::S3::Bucket').map((logicalId) => String(reader.resolve({ Ref: logicalId })));
}

/** One queue of the template. */
export interface QueueDefinition {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly visibilityTimeoutSeconds: number;
  /** The queue's attributes as SQS takes them. */
  readonly attributes: Readonly<Record<string, string>>;
}

const DEFAULT_VISIBILITY_TIMEOUT_SECONDS = 30;

const QueueSchema = z.looseObject({
  VisibilityTimeout: z.number().default(DEFAULT_VISIBILITY_TIMEOUT_SECONDS),
  MessageRetentionPeriod: z.number().optional(),
  DelaySeconds: z.number().optional(),
  ReceiveMessageWaitTimeSeconds: z.number().optional(),
  FifoQueue: z.boolean().optional(),
  ContentBasedDeduplication: z.boolean().optional(),
  RedrivePolicy: z
    .looseObject({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number() })
    .optional(),
});

/** Reads every queue with its timeouts and its dead-letter queue. */
export function readQueues(reader: TemplateReader): QueueDefinition[] {
  return reader.all('AWS::SQS::Queue', QueueSchema).map(({ logicalId, properties }) => {
    const { VisibilityTimeout, RedrivePolicy, ...rest } = properties;
    const attributes: Record<string, string> = { VisibilityTimeout: String(VisibilityTimeout) };
    for (const name of [
      'MessageRetentionPeriod',
      'DelaySeconds',
      'ReceiveMessageWaitTimeSeconds',
      'FifoQueue',
      'ContentBasedDeduplication',
    ] as const) {
      if (rest[name] !== undefined) attributes[name] = String(rest[name]);
    }
    if (RedrivePolicy !== undefined) attributes.RedrivePolicy = JSON.stringify(RedrivePolicy);
    return {
      logicalId,
      name: String(reader.resolve({ 'Fn::GetAtt': [logicalId, 'QueueName'] })),
      arn: String(reader.resolve({ 'Fn::GetAtt': [logicalId, 'Arn'] })),
      url: String(reader.resolve({ Ref: logicalId })),
      visibilityTimeoutSeconds: VisibilityTimeout,
      attributes,
    };
  });
}

/** One secret of the template: a text of its own, or a recipe for a random one. */
export interface SecretDefinition {
  readonly logicalId: string;
  readonly arn: string;
  readonly value: string | RandomSecret;
}

const RandomSecretSchema = z.object({
  SecretStringTemplate: z.string().optional(),
  GenerateStringKey: z.string().optional(),
  PasswordLength: z.number().default(32),
  ExcludeCharacters: z.string().default(''),
  ExcludePunctuation: z.boolean().default(false),
  ExcludeNumbers: z.boolean().default(false),
  ExcludeUppercase: z.boolean().default(false),
  ExcludeLowercase: z.boolean().default(false),
  IncludeSpace: z.boolean().default(false),
  RequireEachIncludedType: z.boolean().default(true),
});

/** How a secret's random text is made, in CloudFormation's words. */
export type RandomSecret = z.infer<typeof RandomSecretSchema>;

const SecretSchema = z.looseObject({
  SecretString: z.string().optional(),
  GenerateSecretString: RandomSecretSchema.optional(),
});

/** Reads every secret. */
export function readSecrets(reader: TemplateReader): SecretDefinition[] {
  return reader.all('AWS::SecretsManager::Secret', SecretSchema).map(({ logicalId, properties }) => ({
    logicalId,
    arn: String(reader.resolve({ Ref: logicalId })),
    value: properties.SecretString ?? properties.GenerateSecretString ?? '',
  }));
}

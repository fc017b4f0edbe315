import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as eventBridge from '@aws-sdk/client-eventbridge';
import * as s3 from '@aws-sdk/client-s3';
import * as secrets from '@aws-sdk/client-secrets-manager';
import * as sqs from '@aws-sdk/client-sqs';
import * as documents from '@aws-sdk/lib-dynamodb';
import * as util from '@aws-sdk/util-dynamodb';
import type { EngineError, Input } from '../dynamodb/requests.ts';

/** How one request is sent, all its attempts included. */
export type Send = (
  service: string,
  operation: string,
  input: Input,
  options: {
    readonly attempts: number;
    readonly timeoutMs: number;
    readonly signal?: AbortSignal | undefined;
  },
) => Promise<Record<string, unknown>>;

interface Configuration {
  readonly maxAttempts?: number;
  readonly requestHandler?: { readonly requestTimeout?: number };
}
interface Command {
  readonly input: Input;
  readonly constructor: { readonly name: string };
}
interface SendOptions {
  readonly abortSignal?: AbortSignal;
}

const DEFAULT_ATTEMPTS = 3;
const NEVER_MS = 3_600_000;

/** The modules of the AWS SDK for one environment: their commands and errors are the real ones, their clients are not. */
export function createSdk(send: Send): Readonly<Record<string, unknown>> {
  const clientOf = (service: string, translate: Translate = plain) =>
    class {
      readonly config: Configuration;
      readonly middlewareStack = { add: () => {}, addRelativeTo: () => {}, use: () => {} };

      constructor(config: Configuration = {}) {
        this.config = config;
      }

      async send(command: Command, { abortSignal }: SendOptions = {}): Promise<unknown> {
        const operation = command.constructor.name.replace(/Command$/, '');
        const { maxAttempts = DEFAULT_ATTEMPTS, requestHandler } = this.config;
        const timeoutMs = requestHandler?.requestTimeout ?? NEVER_MS;
        const input = translate.input(operation, command.input);
        const output = await send(service, operation, input, {
          attempts: maxAttempts,
          timeoutMs,
          signal: abortSignal,
        });
        return { $metadata: { httpStatusCode: 200 }, ...translate.output(operation, output) };
      }

      destroy(): void {}
    };

  const DynamoDBClient = clientOf('dynamodb', wire);
  class DynamoDBDocumentClient extends clientOf('dynamodb', documentWords) {
    static from(client: { readonly config: Configuration }): DynamoDBDocumentClient {
      return new DynamoDBDocumentClient(client.config);
    }
  }
  const paginate = (CommandClass: new (input: never) => Command) =>
    async function* pages(
      { client, pageSize }: { client: DynamoDBDocumentClient; pageSize?: number },
      input: Input,
    ) {
      let start: unknown;
      do {
        const page = (await client.send(
          new CommandClass({
            ...input,
            ...(pageSize !== undefined && { Limit: pageSize }),
            ...(start !== undefined && { ExclusiveStartKey: start }),
          } as never),
        )) as Record<string, unknown>;
        yield page;
        start = page.LastEvaluatedKey;
      } while (start !== undefined);
    };

  return {
    '@aws-sdk/client-dynamodb': standing(dynamodb, { DynamoDBClient }),
    '@aws-sdk/lib-dynamodb': standing(documents, {
      DynamoDBDocumentClient,
      paginateQuery: paginate(documents.QueryCommand as never),
      paginateScan: paginate(documents.ScanCommand as never),
    }),
    '@aws-sdk/util-dynamodb': util,
    '@aws-sdk/client-sqs': standing(sqs, { SQSClient: clientOf('sqs') }),
    '@aws-sdk/client-eventbridge': standing(eventBridge, { EventBridgeClient: clientOf('eventbridge') }),
    '@aws-sdk/client-secrets-manager': standing(secrets, { SecretsManagerClient: clientOf('secrets') }),
    '@aws-sdk/client-s3': standing(s3, {
      S3Client: clientOf('s3'),
      paginateListObjectsV2: async function* ({ client }: { client: DynamoDBDocumentClient }, input: Input) {
        yield await client.send(new s3.ListObjectsV2Command(input as never) as never);
      },
    }),
    '@aws-sdk/s3-request-presigner': {
      getSignedUrl: async (_client: unknown, { input }: Command) => `https://s3.example/${input.Key}`,
    },
  };
}

const wholes = new Map<object, object>();

/** A module of which some exports are replaced. The rest is inherited: copying hundreds of names takes long. */
function standing(module: object, replaced: object): object {
  const whole = wholes.get(module) ?? { ...module };
  wholes.set(module, whole);
  return Object.assign(Object.create(whole), replaced);
}

interface Translate {
  readonly input: (operation: string, input: Input) => Input;
  readonly output: (operation: string, output: Record<string, unknown>) => object;
}

const plain: Translate = { input: (_, input) => input, output: (_, output) => output };

const OPERATIONS: Readonly<Record<string, string>> = {
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  BatchGet: 'BatchGetItem',
  BatchWrite: 'BatchWriteItem',
  TransactGet: 'TransactGetItems',
  TransactWrite: 'TransactWriteItems',
};

/** DynamoDB's name of what the document client calls by a shorter one. */
export function operationOf(name: string): string {
  return OPERATIONS[name] ?? name;
}

/** The document client sends what it is given, less what is undefined. */
const documentWords: Translate = plain;

const MAPS = new Set(['Key', 'Item', 'ExclusiveStartKey', 'LastEvaluatedKey', 'Attributes']);
const VALUES = 'ExpressionAttributeValues';
const LISTS = new Set(['Items', 'Keys']);

/** The plain client speaks in typed values. */
const wire: Translate = {
  input: (_, input) => translated(input, (value) => util.unmarshall(value as never)) as Input,
  output: (_, output) =>
    translated(output, (value) => util.marshall(value, { removeUndefinedValues: true })) as object,
};

function translated(value: unknown, of: (map: Record<string, unknown>) => unknown, name = ''): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (MAPS.has(name) || name === VALUES) return of(value as Record<string, unknown>);
  if (LISTS.has(name) && Array.isArray(value)) return value.map((one) => of(one));
  if (name === 'Responses' && !Array.isArray(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([table, rows]) => [table, (rows as never[]).map((row) => of(row))]),
    );
  }
  if (Array.isArray(value)) return value.map((one) => translated(one, of));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, translated(one, of, key)]));
}

const marshalled = (item: unknown) =>
  item === undefined ? undefined : util.marshall(item as object, { removeUndefinedValues: true });

/** The error that the SDK would throw for what a service answered. */
export function thrownOf({ name, message, details }: EngineError): Error {
  const $metadata = { httpStatusCode: 400 };
  if (name === 'ConditionalCheckFailedException') {
    const Item = marshalled(details.Item);
    return new dynamodb.ConditionalCheckFailedException({ message, $metadata, ...(Item && { Item }) });
  }
  if (name === 'TransactionCanceledException') {
    const reasons = details.CancellationReasons as { Code: string; Item?: unknown }[];
    return new dynamodb.TransactionCanceledException({
      message,
      $metadata,
      CancellationReasons: reasons.map(({ Item, ...reason }) => ({
        ...reason,
        ...(Item !== undefined && { Item: marshalled(Item) }),
      })),
    });
  }
  if (name === 'TransactionConflictException') {
    return new dynamodb.TransactionConflictException({ message, $metadata });
  }
  if (name === 'TransactionInProgressException') {
    return new dynamodb.TransactionInProgressException({ Message: message, message, $metadata });
  }
  const isServer = name === 'InternalServerError' || name === 'ServiceUnavailable';
  const error = new Error(message);
  error.name = name;
  return Object.assign(error, {
    $fault: isServer ? 'server' : 'client',
    $metadata: { httpStatusCode: isServer ? 500 : 400 },
  });
}

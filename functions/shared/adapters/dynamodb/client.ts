import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

export interface ClientPatience {
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly maxAttempts: number;
}

/** For a function that answers a call: two short attempts fit into the deadline of a second. */
export const callPatience: ClientPatience = { connectTimeoutMs: 250, requestTimeoutMs: 400, maxAttempts: 2 };

/** For everything that nobody listens to. */
export const backgroundPatience: ClientPatience = {
  connectTimeoutMs: 1000,
  requestTimeoutMs: 3000,
  maxAttempts: 3,
};

/** One client for the life of an execution environment, so that its connections are kept. */
export function createDocumentClient(patience: ClientPatience): DynamoDBDocumentClient {
  const client = new DynamoDBClient({
    maxAttempts: patience.maxAttempts,
    requestHandler: {
      connectionTimeout: patience.connectTimeoutMs,
      requestTimeout: patience.requestTimeoutMs,
      throwOnRequestTimeout: true,
    },
  });
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}

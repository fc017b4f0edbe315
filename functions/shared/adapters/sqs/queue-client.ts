import type { SQSClient } from '@aws-sdk/client-sqs';

/** Short enough that a store that fails and a queue both fit into the time of a webhook. */
const CONNECT_TIMEOUT_MS = 1000;
const REQUEST_TIMEOUT_MS = 2000;

let client: SQSClient | undefined;

/**
 * The client of every queue. It is loaded on first use: as long as all goes well no webhook needs it, and starting
 * an environment does not wait for it.
 */
export async function queueClient(): Promise<SQSClient> {
  const { SQSClient } = await import('@aws-sdk/client-sqs');
  client ??= new SQSClient({
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  });
  return client;
}

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { WebhookTools } from '../../functions/shared/http/acknowledge-webhook.ts';
import { createLogger } from '../../functions/shared/observability/logger.ts';
import type { QuarantinedWebhook, RawWebhook } from '../../functions/shared/ports/webhook-queues.ts';

/** The registered value of `Authorization`. */
export const AUTHORIZATION = 'Bearer local-webhook-secret';
export const receivedAtMs = Date.UTC(2026, 10, 21, 8, 1, 0);

/** Tools of fakes that keeps what goes through it; `failing` names the queues that do not answer. */
export function fakeWebhookTools(failing: readonly ('retry' | 'quarantine')[] = []) {
  const lines: string[] = [];
  const retried: RawWebhook[] = [];
  const quarantined: QuarantinedWebhook[] = [];
  const tools: WebhookTools = {
    acceptedAuthorizations: { get: async () => [AUTHORIZATION] },
    allowedSourceIps: undefined,
    logger: createLogger('test', (line) => lines.push(line)),
    nowMs: () => receivedAtMs,
    queues: {
      keepForRetry: async (event) => {
        if (failing.includes('retry')) throw new Error('The queue is down.');
        retried.push(event);
      },
      quarantine: async (event) => {
        if (failing.includes('quarantine')) throw new Error('The queue is down.');
        quarantined.push(event);
      },
    },
  };
  return { tools, lines, retried, quarantined };
}

/** The sample event of a webhook, as API Gateway passes it on. */
export function sampleEvent(webhook: string): APIGatewayProxyEventV2 {
  const file = path.join(import.meta.dirname, '..', 'events', `${webhook}.json`);
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The sample event of a webhook with another body. */
export function eventWith(webhook: string, body: string, encoded = false): APIGatewayProxyEventV2 {
  return { ...sampleEvent(webhook), body, isBase64Encoded: encoded };
}

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<unknown>;

const context: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'test',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:test',
  memoryLimitInMB: '512',
  awsRequestId: 'request-1',
  logGroupName: 'test',
  logStreamName: 'test',
  getRemainingTimeInMillis: () => 10_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
};

/** Sends an event through a handler and reads its answer. */
export async function answerOf(
  handler: Handler,
  event: APIGatewayProxyEventV2,
): Promise<APIGatewayProxyStructuredResultV2 & { json: unknown }> {
  const answer = await handler(event, context);
  if (typeof answer !== 'object' || answer === null) throw new Error('The handler gave no answer.');
  const body = 'body' in answer && typeof answer.body === 'string' ? answer.body : '';
  return { ...answer, body, json: body === '' ? undefined : JSON.parse(body) };
}

import { createHash } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { CallRequestKey, CallRequests, StartedCall } from '../../../ports/call-requests.ts';

/** How long a key is remembered; whoever asks for the same call a day later means another one. */
const KEPT_MS = 24 * 3_600_000;

const requestRow = z.object({
  requestDigest: z.string(),
  answer: z.optional(z.object({ sessionId: z.string(), firstParty: z.union([z.literal(0), z.literal(1)]) })),
});

/**
 * Requests for calls over DynamoDB: one row a key, beside the calls. It is only ever put, so that whoever may record
 * calls may keep it; what is forgotten is put as if its time were up.
 */
export function createCallRequests(client: DynamoDBDocumentClient, tableName: string): CallRequests {
  const keyOf = ({ bookingId, idempotencyKey }: CallRequestKey) => ({
    sessionId: `CALL_REQUEST#${createHash('sha256').update(`${bookingId}\n${idempotencyKey}`).digest('base64url')}`,
    item: 'CALL_REQUEST',
  });

  function put(request: CallRequestKey, expiresAtMs: number, answer?: StartedCall, condition = {}) {
    const { requestDigest } = request;
    const item = {
      ...keyOf(request),
      requestDigest,
      expiresAtMs,
      ttlEpochSeconds: Math.ceil(expiresAtMs / 1000),
      ...(answer && { answer }),
    };
    return client.send(new PutCommand({ TableName: tableName, Item: item, ...condition }));
  }

  return {
    async begin(request, nowMs) {
      try {
        await put(request, nowMs + KEPT_MS, undefined, {
          ConditionExpression: 'attribute_not_exists(sessionId) OR expiresAtMs <= :now',
          ExpressionAttributeValues: { ':now': nowMs },
        });
        return { kind: 'begun' };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
      const { Item: item } = await client.send(
        new GetCommand({ TableName: tableName, Key: keyOf(request), ConsistentRead: true }),
      );
      const { requestDigest, answer } = requestRow.parse(item);
      if (requestDigest !== request.requestDigest) return { kind: 'other-request' };
      return answer === undefined ? { kind: 'under-way' } : { kind: 'answered', call: answer };
    },
    async finish(request, call, nowMs) {
      await put(request, nowMs + KEPT_MS, call);
    },
    async abandon(request, nowMs) {
      await put(request, nowMs);
    },
  };
}

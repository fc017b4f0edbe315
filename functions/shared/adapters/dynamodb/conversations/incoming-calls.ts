import {
  BatchGetCommand,
  type BatchGetCommandInput,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import type { IncomingCalls } from '../../../ports/incoming-calls.ts';
import { parseCallRoute } from '../bookings/call-routes-table.ts';
import { claimKey } from '../bookings/keys.ts';
import { conversationKeys } from './keys.ts';

type Requests = NonNullable<BatchGetCommandInput['RequestItems']>;

interface Tables {
  readonly callRoutes: string;
  readonly conversations: string;
}

/** What DynamoDB leaves unprocessed is asked for again; by then the deadline is near. */
const MOST_PASSES = 3;

/**
 * The look-up of a call over DynamoDB: the claim of the caller and, beside it in the same request, what the number does
 * with strangers.
 * @param defaultMenuId the menu that strangers are led into where their number says nothing, if there is one.
 */
export function createIncomingCalls(
  client: DynamoDBDocumentClient,
  tables: Tables,
  defaultMenuId: string | undefined,
): IncomingCalls {
  const defaultKey = defaultMenuId === undefined ? undefined : conversationKeys.entrance(defaultMenuId);

  return {
    async find(virtualNumber, caller, signal) {
      const strangersKey = conversationKeys.strangers(virtualNumber);
      let pending: Requests = {
        [tables.conversations]: {
          Keys: [{ ...strangersKey }, ...(defaultKey === undefined ? [] : [{ ...defaultKey }])],
          ConsistentRead: true,
        },
        ...(caller !== undefined && {
          [tables.callRoutes]: {
            Keys: [claimKey({ virtualNumber, caller })],
            ConsistentRead: true,
          },
        }),
      };
      const claims: Record<string, unknown>[] = [];
      const rows: Record<string, unknown>[] = [];
      // A caller with a claim is no stranger: what the number does with those need not be waited for.
      for (let pass = 0; Object.keys(pending).length > 0 && claims.length === 0; pass += 1) {
        if (pass === MOST_PASSES) throw new Error('DynamoDB kept leaving keys of a call unprocessed.');
        const answer = await client.send(new BatchGetCommand({ RequestItems: pending }), {
          abortSignal: signal,
        });
        claims.push(...(answer.Responses?.[tables.callRoutes] ?? []));
        rows.push(...(answer.Responses?.[tables.conversations] ?? []));
        pending = answer.UnprocessedKeys ?? {};
      }
      const [claim] = claims;
      return {
        route: claim && parseCallRoute(claim),
        strangers: rows.find(({ pk }) => pk === strangersKey.pk),
        defaultStrangers: rows.find(({ pk }) => pk === defaultKey?.pk),
      };
    },
  };
}

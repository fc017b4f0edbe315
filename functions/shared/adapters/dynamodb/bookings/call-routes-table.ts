import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { HeldClaim } from '../../../domain/allocation.ts';
import type { CallRoute } from '../../../domain/call-route.ts';
import { PhoneNumber } from '../../../domain/phone-number.ts';
import type { CallRoutes } from '../../../ports/call-routes.ts';
import { claimKey } from './keys.ts';

/*
 * CallRoutesTable: the look-up that answers a call, and the place where the invariant is kept.
 *
 *   virtualNumber (partition)  caller (sort)  ->  one claim
 *
 * | access                         | request                        | consistency | cost               |
 * |--------------------------------|--------------------------------|-------------|--------------------|
 * | answer a call                  | GetItem                        | strong      | 1 read unit        |
 * | see which candidates are free  | BatchGet, two for a candidate  | eventual    | 1/2 read unit each |
 * | … before a booking is refused  | BatchGet, two for a number     | strong      | 1 read unit each   |
 * | claim a pair for a booking     | Put in the booking transaction | conditional | 2 write units      |
 * | change or end a claim          | Update in a transaction        | conditional | 2 write units      |
 * | live claims of a number        | Query by virtualNumber         | strong      | 1 read unit / 4 KB |
 * | count an answered call         | Update in a transaction        | conditional | 2 write units      |
 * | carry a count to new pairs     | GetItem of each pair           | strong      | 1 read unit        |
 * | extend past the end of a week  | GetItem of each pair           | strong      | 1 read unit        |
 *
 * The read is strong because the caller of a booking made a second ago must get through; it costs half a unit
 * more and no time. A claim stays a while after its end (`retention.ts`), so that a late caller hears that the booking
 * has ended, and so that a party gets the number back last that it had last.
 */

const phoneNumber = z.pipe(
  z.string(),
  z.transform((text: string) => PhoneNumber.from(text)),
);

const callRouteRow = z.object({
  bookingId: z.string(),
  callee: phoneNumber,
  callerId: phoneNumber,
  mayCall: z.boolean(),
  recordCalls: z.boolean(),
  expiresAtMs: z.number(),
  endReason: z.optional(z.enum(['completed', 'cancelled', 'replaced'])),
  endedAtMs: z.optional(z.number()),
  blocked: z.optional(z.boolean()),
  maxCalls: z.optional(z.number()),
  maxCallsPerMinute: z.optional(z.number()),
  callCount: z.optional(z.number()),
  recentCalls: z.optional(z.array(z.object({ sessionId: z.string(), atMs: z.number() }))),
});

/** Reads a row of the table; throws when it was written in a shape this release does not know. */
export function parseCallRoute(item: Record<string, unknown>): CallRoute {
  const row = callRouteRow.parse(item);
  return {
    bookingId: row.bookingId,
    callee: row.callee,
    callerId: row.callerId,
    mayCall: row.mayCall,
    recordCalls: row.recordCalls,
    expiresAtMs: row.expiresAtMs,
    ...(row.endReason !== undefined && {
      ended: { reason: row.endReason, atMs: row.endedAtMs ?? row.expiresAtMs },
    }),
    blocked: row.blocked ?? false,
    limits: {
      ...(row.maxCalls !== undefined && { maxCalls: row.maxCalls }),
      ...(row.maxCallsPerMinute !== undefined && { maxCallsPerMinute: row.maxCallsPerMinute }),
    },
    callCount: row.callCount ?? 0,
    recentCalls: row.recentCalls ?? [],
  };
}

const heldClaimRow = z.object({
  virtualNumber: phoneNumber,
  caller: phoneNumber,
  bookingId: z.string(),
  callee: phoneNumber,
  endsAtMs: z.number(),
  freeAtMs: z.number(),
});

/** What a claim says to whoever looks for a number. */
export function parseHeldClaim(item: Record<string, unknown>): HeldClaim {
  return heldClaimRow.parse(item);
}

/** The look-up over DynamoDB. */
export function createCallRoutes(client: DynamoDBDocumentClient, tableName: string): CallRoutes {
  return {
    async find(virtualNumber, caller, signal) {
      const { Item: item } = await client.send(
        new GetCommand({
          TableName: tableName,
          Key: claimKey({ virtualNumber, caller }),
          ConsistentRead: true,
        }),
        { abortSignal: signal },
      );
      return item === undefined ? undefined : parseCallRoute(item);
    },
  };
}

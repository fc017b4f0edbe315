import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { type Booking, type Claim, claimsOf } from '../../../domain/booking.ts';
import type { CallRoute } from '../../../domain/call-route.ts';
import { parseCallRoute } from './call-routes-table.ts';
import { claimKey } from './keys.ts';

/** A claim that a booking holds, with what was counted on it. */
export interface CountedClaim {
  readonly claim: Claim;
  readonly route: CallRoute;
  /** Since when the booking holds it. */
  readonly fromMs: number;
}

/** Reads the claims that the booking still holds, each consistently by its key. */
export async function readCountedClaims(
  client: DynamoDBDocumentClient,
  tableName: string,
  booking: Booking,
): Promise<CountedClaim[]> {
  const claims = await Promise.all(
    claimsOf(booking).map(async (claim) => {
      const { Item: row } = await client.send(
        new GetCommand({ TableName: tableName, Key: claimKey(claim), ConsistentRead: true }),
      );
      if (row === undefined) return undefined;
      const fromMs = typeof row.fromMs === 'number' ? row.fromMs : booking.createdAtMs;
      return { claim, route: parseCallRoute(row), fromMs };
    }),
  );
  return claims.flatMap((one) => (one?.route.bookingId === booking.bookingId ? [one] : []));
}

/** Holds while nobody has counted another call on a claim; one that has had no call has no count. */
export const COUNT_UNCHANGED = '(attribute_not_exists(callCount) OR callCount = :seen)';

import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { type Booking, type Claim, claimsOf } from '../../../domain/booking.ts';
import type { CallRoute } from '../../../domain/call-route.ts';
import { parseCallRoute } from './call-routes-table.ts';

/** A pair that a booking holds, with what was counted on it. */
export interface CountedPair {
  readonly claim: Claim;
  readonly route: CallRoute;
  /** Since when the booking holds it. */
  readonly fromMs: number;
}

/** The key of a claim in the table of call routes. */
export const pairKey = ({ virtualNumber, caller }: Claim) => ({
  virtualNumber: virtualNumber.reveal(),
  caller: caller.reveal(),
});

/** Reads the pairs that the booking still holds, each consistently by its key. */
export async function readPairs(
  client: DynamoDBDocumentClient,
  tableName: string,
  booking: Booking,
): Promise<CountedPair[]> {
  const pairs = await Promise.all(
    claimsOf(booking).map(async (claim) => {
      const { Item: row } = await client.send(
        new GetCommand({ TableName: tableName, Key: pairKey(claim), ConsistentRead: true }),
      );
      if (row === undefined) return undefined;
      const fromMs = typeof row.fromMs === 'number' ? row.fromMs : booking.createdAtMs;
      return { claim, route: parseCallRoute(row), fromMs };
    }),
  );
  return pairs.flatMap((pair) => (pair?.route.bookingId === booking.bookingId ? [pair] : []));
}

/** Holds while nobody has counted another call on a pair; one that has had no call has no count. */
export const COUNT_UNCHANGED = '(attribute_not_exists(callCount) OR callCount = :seen)';

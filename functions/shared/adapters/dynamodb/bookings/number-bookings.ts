import { type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { NumberBookings } from '../../../ports/number-bookings.ts';

/** The bookings on a number, from the claims by which its calls are answered. */
export function createNumberBookings(
  client: DynamoDBDocumentClient,
  callRoutesTable: string,
): NumberBookings {
  return {
    async liveOn(virtualNumber, nowMs) {
      const bookingIds = new Set<string>();
      const pages = paginateQuery(
        { client },
        {
          TableName: callRoutesTable,
          KeyConditionExpression: 'virtualNumber = :number',
          FilterExpression:
            'expiresAtMs > :now AND attribute_not_exists(endReason) AND attribute_not_exists(former)',
          ProjectionExpression: 'bookingId',
          ExpressionAttributeValues: { ':number': virtualNumber.lineKey(), ':now': nowMs },
          ConsistentRead: true,
        },
      );
      for await (const { Items = [] } of pages) {
        for (const item of Items) bookingIds.add(String(item.bookingId));
      }
      return [...bookingIds];
    },
  };
}

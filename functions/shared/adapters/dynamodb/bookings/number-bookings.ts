import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { NumberBookings } from '../../../ports/number-bookings.ts';
import type { Row } from '../batch-read.ts';

/** The bookings on a number, from the claims by which its calls are answered. */
export function createNumberBookings(
  client: DynamoDBDocumentClient,
  callRoutesTable: string,
): NumberBookings {
  return {
    async liveOn(virtualNumber, nowMs) {
      const bookingIds = new Set<string>();
      let startKey: Row | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: callRoutesTable,
            KeyConditionExpression: 'virtualNumber = :number',
            FilterExpression: 'expiresAtMs > :now AND attribute_not_exists(endReason)',
            ProjectionExpression: 'bookingId',
            ExpressionAttributeValues: { ':number': virtualNumber.reveal(), ':now': nowMs },
            ConsistentRead: true,
            ExclusiveStartKey: startKey,
          }),
        );
        for (const item of page.Items ?? []) bookingIds.add(String(item.bookingId));
        startKey = page.LastEvaluatedKey;
      } while (startKey !== undefined);
      return [...bookingIds];
    },
  };
}

import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { BookingLinks } from '../../../ports/call-record.ts';
import { abortable } from '../../abortable.ts';
import type { Row } from '../batch-read.ts';
import { bookingIdOfLink, linkOrder, linkPrefix, linksPartition } from './keys.ts';

/**
 * How much later than a call a booking may seem to have begun and still be the one: the platform cuts the time of a
 * call down to the second, and its clock is not ours.
 */
const CLOCK_TOLERANCE_MS = 1500;

/** Finds the booking that held a pair at the time of a call, from the links that bookings leave behind. */
export function createBookingLinks(client: DynamoDBDocumentClient, bookingsTable: string): BookingLinks {
  return {
    async findHolderAt(virtualNumber, phoneNumber, atMs, signal) {
      let startKey: Row | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: bookingsTable,
            KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :latest',
            FilterExpression: 'heldNumber = :virtualNumber',
            ExpressionAttributeValues: {
              ':pk': linksPartition(phoneNumber),
              ':first': linkPrefix,
              ':latest': linkOrder(atMs + CLOCK_TOLERANCE_MS + 1),
              ':virtualNumber': virtualNumber.reveal(),
            },
            ScanIndexForward: false,
            ConsistentRead: true,
            ExclusiveStartKey: startKey,
          }),
          abortable(signal),
        );
        const [newest] = page.Items ?? [];
        if (newest !== undefined) return bookingIdOfLink(String(newest.sk));
        startKey = page.LastEvaluatedKey;
      } while (startKey !== undefined);
      return undefined;
    },
  };
}

import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { BookingStore } from '../../../ports/booking-store.ts';
import { keys } from './keys.ts';
import { parseBooking } from './rows.ts';

/** Reads single bookings and nothing else, for functions that may do no more. */
export function createBookingReader(
  client: DynamoDBDocumentClient,
  bookingsTable: string,
): Pick<BookingStore, 'find'> {
  return {
    async find(bookingId) {
      const { Item: item } = await client.send(
        new GetCommand({ TableName: bookingsTable, Key: keys.booking(bookingId), ConsistentRead: true }),
      );
      return item === undefined ? undefined : parseBooking(item);
    },
  };
}

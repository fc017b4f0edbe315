import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { BookingMove } from '../../../use-cases/follow-bookings.ts';
import { parseBooking } from './rows.ts';

type Image = NonNullable<DynamoDBRecord['dynamodb']>['NewImage'];

/**
 * Reads one record of the stream of the bookings.
 * @returns undefined for a row that is no booking.
 * @throws for a booking of a shape that this release does not know.
 */
export function bookingMoveOf({ dynamodb, eventName }: DynamoDBRecord): BookingMove | undefined {
  if (dynamodb?.Keys?.sk?.S !== 'BOOKING') return undefined;
  return {
    before: bookingOf(dynamodb.OldImage),
    after: eventName === 'REMOVE' ? undefined : bookingOf(dynamodb.NewImage),
  };
}

function bookingOf(image: Image): BookingMove['after'] {
  // Lambda hands the attributes over as DynamoDB has them; only the two packages' names for them differ.
  return image && parseBooking(unmarshall(image as Record<string, AttributeValue>));
}

import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { claimsOf, phoneNumbersOf } from '../../../domain/booking.ts';
import { PhoneNumber } from '../../../domain/phone-number.ts';
import type { BookingTraces } from '../../../ports/person-traces.ts';
import type { Retry } from '../../../ports/retry.ts';
import { sendWrite } from '../transaction.ts';
import type { TableNames } from './claim-steps.ts';
import { bookingIdOfLink, claimKey, keys, linkPrefix, linksPartition } from './keys.ts';

/*
 * | what                             | found by                                                    |
 * |----------------------------------|-------------------------------------------------------------|
 * | bookings                         | the links of the number: Query PHONE#…/LINK#…               |
 * | claims of the number             | the links, which name the virtual number                    |
 * | claims that reach the number     | its bookings; one that was left reaches nobody any more     |
 * | answers to idempotency keys      | the links made with the booking, which name the answer's key |
 *
 * Links are kept longer than all that they lead to: see `retention.ts`.
 */

export interface BookingTracesOptions {
  readonly tables: TableNames;
  readonly retry: Retry;
}

/** What the bookings keep of a person. */
export function createBookingTraces(
  client: DynamoDBDocumentClient,
  { tables, retry }: BookingTracesOptions,
): BookingTraces {
  const deleteRow = (TableName: string, Key: object): Promise<unknown> =>
    sendWrite(retry, () => client.send(new DeleteCommand({ TableName, Key: { ...Key } })));

  /** @returns 1, or 0 where there is no row or somebody else's. */
  async function deleteIfOf(
    TableName: string,
    Key: object,
    owner: string,
    bookingId: string,
  ): Promise<number> {
    const command = new DeleteCommand({
      TableName,
      Key: { ...Key },
      ConditionExpression: `${owner} = :bookingId`,
      ExpressionAttributeValues: { ':bookingId': bookingId },
      ReturnValues: 'ALL_OLD',
    });
    try {
      const { Attributes } = await sendWrite(retry, () => client.send(command));
      return Attributes === undefined ? 0 : 1;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return 0;
      throw error;
    }
  }

  /** Leaves the claim alone when it is free, or another booking has taken it since. */
  const deleteClaim = (virtualNumber: PhoneNumber, caller: PhoneNumber, bookingId: string) =>
    deleteIfOf(tables.callRoutes, claimKey({ virtualNumber, caller }), 'bookingId', bookingId);

  /** Leaves the answer alone when the key has been used for another booking since. */
  const deleteAnswer = (pk: string, bookingId: string) =>
    deleteIfOf(tables.bookings, { pk, sk: 'IDEMPOTENCY' }, 'answer.bookingId', bookingId);

  return {
    deleteClaim,

    async *bookingTraces(person) {
      const pages = paginateQuery(
        { client },
        {
          TableName: tables.bookings,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :link)',
          ExpressionAttributeValues: { ':pk': linksPartition(person), ':link': linkPrefix },
          ConsistentRead: true,
        },
      );
      for await (const { Items = [] } of pages) {
        for (const { pk, sk, heldNumber, answerKey } of Items) {
          const virtualNumber = typeof heldNumber === 'string' ? PhoneNumber.parse(heldNumber) : undefined;
          const bookingId = bookingIdOfLink(String(sk));
          yield {
            bookingId,
            deleteAnswer: async () =>
              typeof answerKey === 'string' ? deleteAnswer(answerKey, bookingId) : 0,
            ...(virtualNumber !== undefined && { virtualNumber }),
            forget: async () => {
              await deleteRow(tables.bookings, { pk, sk });
            },
          };
        }
      }
    },

    async deleteBooking(booking) {
      const deleted = await Promise.all(
        claimsOf(booking).map((one) => deleteClaim(one.virtualNumber, one.caller, booking.bookingId)),
      );
      await deleteRow(tables.bookings, keys.pair(phoneNumbersOf(booking)));
      await deleteRow(tables.bookings, keys.booking(booking.bookingId));
      return deleted.reduce<number>((sum, one) => sum + one, 0);
    },
  };
}

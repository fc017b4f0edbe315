import type { BatchGetCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from 'vitest';
import { createIncomingCalls } from '../../../../../../functions/shared/adapters/dynamodb/conversations/incoming-calls.ts';
import { phone, virtualNumber } from '../../../../../support/bookings.ts';

const tables = { callRoutes: 'claims', conversations: 'conversations' };
const claim = {
  virtualNumber: virtualNumber(1).lineKey(),
  caller: phone('+6591110001').lineKey(),
  bookingId: '01JDBOOKING',
  callee: '+6591110002',
  callerId: virtualNumber(1).reveal(),
  mayCall: true,
  recordCalls: false,
  expiresAtMs: 2_000,
};

/** A store that has the claim, and leaves the rows of some tables unprocessed. */
function storeLeaving(...left: string[]) {
  const asked: string[][] = [];
  const client = {
    async send({ input: { RequestItems: requested = {} } }: BatchGetCommand) {
      asked.push(Object.keys(requested).sort());
      const names = Object.keys(requested);
      return {
        Responses: names.includes('claims') && !left.includes('claims') ? { claims: [claim] } : {},
        UnprocessedKeys: Object.fromEntries(
          names.filter((name) => left.includes(name)).map((name) => [name, requested[name]]),
        ),
      };
    },
  } as unknown as DynamoDBDocumentClient;
  const find = () =>
    createIncomingCalls(client, tables, undefined).find(
      virtualNumber(1),
      phone('+6591110001'),
      new AbortController().signal,
    );
  return { find, asked };
}

describe('the look-up of a call', () => {
  test('is one request', async () => {
    const { find, asked } = storeLeaving();

    expect((await find()).route?.bookingId).toBe('01JDBOOKING');
    expect(asked).toEqual([['claims', 'conversations']]);
  });

  test('asks no more once it has the claim, though the store leaves out what the number does with strangers', async () => {
    const { find, asked } = storeLeaving('conversations');

    expect((await find()).route?.bookingId).toBe('01JDBOOKING');
    expect(asked).toHaveLength(1);
  });

  test('takes nobody for a stranger whose claim the store left out', async () => {
    const { find, asked } = storeLeaving('claims');

    await expect(find()).rejects.toThrow('unprocessed');
    expect(asked).toEqual([['claims', 'conversations'], ['claims'], ['claims']]);
  });
});

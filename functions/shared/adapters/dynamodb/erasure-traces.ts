import { createHash } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { claimsOf } from '../../domain/booking.ts';
import { PhoneNumber } from '../../domain/phone-number.ts';
import type { PersonTraces, RecordingEraser } from '../../use-cases/erase-party.ts';
import type { Row } from './batch-read.ts';
import { bookingIdOfLink, keys, linkPrefix, type RowKey } from './bookings/keys.ts';
import { readInputs } from './calls/calls-table-rows.ts';
import { queryRows } from './calls/calls-table-session.ts';

/*
 * What is found how:
 *
 * | what                             | found by                                                    |
 * |----------------------------------|-------------------------------------------------------------|
 * | bookings                         | the links of the number: Query PHONE#…/LINK#…               |
 * | claims of the number             | the links, which name the virtual number                    |
 * | claims that reach the number     | its bookings; one that was left reaches nobody any more     |
 * | answers to idempotency keys      | the links made with the booking, which name the answer's key |
 * | sessions, recordings             | the indexes byCaller and byCallee, then each by its id      |
 * | holdings, entry in the blocklist | their keys                                                  |
 *
 * Links are kept longer than all that they lead to: see `retention.ts`.
 */

/** The length of a moment as a session's order begins with. */
const ISO_LENGTH = 24;
/** An erasure that nobody went on with is begun anew after this. */
const PROGRESS_SECONDS = 7 * 24 * 3600;
const PARALLEL_DELETES = 10;

export interface ErasureTables {
  readonly bookings: string;
  readonly callRoutes: string;
  readonly calls: string;
}

const counts = z.object({
  bookings: z.number(),
  claims: z.number(),
  sessions: z.number(),
  recordings: z.number(),
  repeatableAnswers: z.number(),
  personRows: z.number(),
});
const progressRow = z.object({ erased: counts });

/** The row of an erasure that goes on; it says neither whose it is nor, once complete, that there was one. */
function progressKey(person: PhoneNumber): RowKey {
  const digest = createHash('sha256').update(`erasure ${person.reveal()}`).digest('base64url');
  return { pk: `ERASURE#${digest}`, sk: 'ERASURE' };
}

/** What is kept of a person, over DynamoDB and the recordings bucket. */
export function createPersonTraces(
  client: DynamoDBDocumentClient,
  tables: ErasureTables,
  recordings: RecordingEraser,
): PersonTraces {
  const deleteRow = (TableName: string, Key: object): Promise<unknown> =>
    client.send(new DeleteCommand({ TableName, Key: { ...Key } }));

  async function deleteAll(TableName: string, rowKeys: readonly object[]): Promise<void> {
    for (let from = 0; from < rowKeys.length; from += PARALLEL_DELETES) {
      const batch = rowKeys.slice(from, from + PARALLEL_DELETES);
      await Promise.all(batch.map((key) => deleteRow(TableName, key)));
    }
  }

  /** @returns 1, or 0 where there is no row or somebody else's. */
  async function deleteIfOf(
    TableName: string,
    Key: object,
    owner: string,
    bookingId: string,
  ): Promise<number> {
    try {
      const { Attributes } = await client.send(
        new DeleteCommand({
          TableName,
          Key: { ...Key },
          ConditionExpression: `${owner} = :bookingId`,
          ExpressionAttributeValues: { ':bookingId': bookingId },
          ReturnValues: 'ALL_OLD',
        }),
      );
      return Attributes === undefined ? 0 : 1;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return 0;
      throw error;
    }
  }

  /** Leaves the pair alone when it is free, or another booking has taken it since. */
  const deleteClaim = (virtualNumber: PhoneNumber, caller: PhoneNumber, bookingId: string) =>
    deleteIfOf(
      tables.callRoutes,
      { virtualNumber: virtualNumber.reveal(), caller: caller.reveal() },
      'bookingId',
      bookingId,
    );

  /** Leaves the answer alone when the key has been used for another booking since. */
  const deleteAnswer = (pk: string, bookingId: string) =>
    deleteIfOf(tables.bookings, { pk, sk: 'IDEMPOTENCY' }, 'answer.bookingId', bookingId);

  return {
    deleteClaim,

    async readProgress(person) {
      const { Item: row } = await client.send(
        new GetCommand({ TableName: tables.bookings, Key: progressKey(person), ConsistentRead: true }),
      );
      return row === undefined ? undefined : progressRow.parse(row).erased;
    },

    async saveProgress(person, erased, nowMs) {
      const ttlEpochSeconds = Math.ceil(nowMs / 1000) + PROGRESS_SECONDS;
      const Item = { ...progressKey(person), erased, ttlEpochSeconds };
      await client.send(new PutCommand({ TableName: tables.bookings, Item }));
    },

    async forgetProgress(person) {
      await deleteRow(tables.bookings, progressKey(person));
    },

    async *bookingTraces(person) {
      const pages = paginateQuery(
        { client },
        {
          TableName: tables.bookings,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :link)',
          ExpressionAttributeValues: { ':pk': keys.holdings(person).pk, ':link': linkPrefix },
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

    async *sessionIds(person) {
      const indexes = [
        ['byCaller', 'callerNumber'],
        ['byCallee', 'calleeNumber'],
      ];
      for (const [IndexName, attribute] of indexes) {
        const pages = paginateQuery(
          { client },
          {
            TableName: tables.calls,
            IndexName,
            KeyConditionExpression: `${attribute} = :person`,
            ExpressionAttributeValues: { ':person': person.reveal() },
          },
        );
        for await (const { Items = [] } of pages) yield* Items.map((row) => String(row.sessionId));
      }
    },

    async deleteBooking(booking) {
      const claims = claimsOf(booking);
      const deleted = await Promise.all(
        claims.map((one) => deleteClaim(one.virtualNumber, one.caller, booking.bookingId)),
      );
      const everybody = booking.parties.flatMap((party) => party.phoneNumbers);
      await deleteRow(tables.bookings, keys.pair(everybody));
      await deleteRow(tables.bookings, keys.booking(booking.bookingId));
      return deleted.reduce<number>((sum, one) => sum + one, 0);
    },

    async deleteSession(sessionId, person) {
      const rows = await queryRows(client, tables.calls, sessionId);
      if (rows.length === 0) return { sessions: 0, recordings: 0 };
      const known = rows
        .flatMap(readInputs)
        .flatMap(({ input }) => (input.kind === 'recording' ? [input.recording] : []));
      const files = await recordings.erase({ sessionId, recordings: known, days: daysOf(rows) });
      const number = person.reveal();
      const leadsHere = (row: Row) => row.callerNumber === number || row.calleeNumber === number;
      for (const group of [rows.filter((row) => !leadsHere(row)), rows.filter(leadsHere)]) {
        await deleteAll(
          tables.calls,
          group.map(({ item }) => ({ sessionId, item })),
        );
      }
      return { sessions: 1, recordings: files };
    },

    async deletePersonRows(person) {
      const rows = await Promise.all(
        [keys.holdings(person), keys.block(person)].map((Key) =>
          client.send(
            new DeleteCommand({ TableName: tables.bookings, Key: { ...Key }, ReturnValues: 'ALL_OLD' }),
          ),
        ),
      );
      return rows.filter(({ Attributes }) => Attributes !== undefined).length;
    },
  };
}

/** The days around everything that came in about a call. */
function daysOf(rows: readonly Row[]): string[] {
  const dayMs = 86_400_000;
  const times = rows.flatMap((row) => [
    ...readInputs(row).map(({ receivedAtMs }) => receivedAtMs),
    ...(typeof row.sessionOrder === 'string' ? [Date.parse(row.sessionOrder.slice(0, ISO_LENGTH))] : []),
  ]);
  const days = times
    .flatMap((atMs) => [atMs - dayMs, atMs, atMs + dayMs])
    .map((atMs) => new Date(atMs).toISOString().slice(0, 10));
  return [...new Set(days)];
}

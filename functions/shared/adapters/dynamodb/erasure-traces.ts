import { createHash } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  paginateScan,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { claimsOf } from '../../domain/booking.ts';
import type { ErasureProgress, PersonTraces, RecordingEraser, SweptTrace } from '../../domain/erasure.ts';
import { PhoneNumber } from '../../domain/phone-number.ts';
import type { Row } from './batch-read.ts';
import { PARTY_PREFIX, parseInput, recordingPointer } from './calls-table-rows.ts';
import { bookingIdOfLink, keys, linkPrefix, type RowKey } from './keys.ts';

/*
 * What is found how:
 *
 * | what                            | found by                                                        |
 * |---------------------------------|-----------------------------------------------------------------|
 * | bookings, claims, links         | the links of the number: Query PHONE#…/LINK#…                   |
 * | sessions, recordings            | the index byParty, then each session by its id                  |
 * | holdings, entry in the blocklist| their keys                                                      |
 * | answers to idempotency keys     | looking through BookingsTable: no index knows them by number    |
 * | claims whose booking was swept  | looking through CallRoutesTable                                 |
 *
 * Looking through costs half a read unit per 8 KB of the two tables, once per erasure. It is divided into parts that
 * are read to their end, so that no key of another person has to be kept as the place where it goes on.
 */

const PARTS = 64;
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
const progressRow: z.ZodMiniType<ErasureProgress> = z.object({ erased: counts, sweptParts: z.number() });

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

  async function deleteClaim(virtualNumber: PhoneNumber, caller: PhoneNumber, bookingId: string) {
    try {
      const { Attributes } = await client.send(
        new DeleteCommand({
          TableName: tables.callRoutes,
          Key: { virtualNumber: virtualNumber.reveal(), caller: caller.reveal() },
          ConditionExpression: 'bookingId = :bookingId',
          ExpressionAttributeValues: { ':bookingId': bookingId },
          ReturnValues: 'ALL_OLD',
        }),
      );
      return Attributes === undefined ? 0 : 1;
    } catch (error) {
      // The pair is free, or another booking has taken it since.
      if (error instanceof ConditionalCheckFailedException) return 0;
      throw error;
    }
  }

  async function rowsOfSession(sessionId: string): Promise<Row[]> {
    const rows: Row[] = [];
    const pages = paginateQuery(
      { client },
      {
        TableName: tables.calls,
        KeyConditionExpression: 'sessionId = :sessionId',
        ExpressionAttributeValues: { ':sessionId': sessionId },
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) rows.push(...Items);
    return rows;
  }

  async function scanPart(
    TableName: string,
    part: number,
    FilterExpression: string,
    names: Record<string, string>,
    values: Record<string, string>,
  ): Promise<Row[]> {
    const rows: Row[] = [];
    const pages = paginateScan(
      { client },
      {
        TableName,
        Segment: part,
        TotalSegments: PARTS,
        FilterExpression,
        ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
        ExpressionAttributeValues: values,
      },
    );
    for await (const { Items = [] } of pages) rows.push(...Items);
    return rows;
  }

  return {
    parts: PARTS,
    deleteClaim,

    async readProgress(person) {
      const { Item: row } = await client.send(
        new GetCommand({ TableName: tables.bookings, Key: progressKey(person), ConsistentRead: true }),
      );
      return row === undefined ? undefined : progressRow.parse(row);
    },

    async saveProgress(person, progress, nowMs) {
      const ttlEpochSeconds = Math.ceil(nowMs / 1000) + PROGRESS_SECONDS;
      const Item = { ...progressKey(person), ...progress, ttlEpochSeconds };
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
        for (const { pk, sk, heldNumber } of Items) {
          const virtualNumber = typeof heldNumber === 'string' ? PhoneNumber.parse(heldNumber) : undefined;
          yield {
            bookingId: bookingIdOfLink(String(sk)),
            ...(virtualNumber !== undefined && { virtualNumber }),
            forget: async () => {
              await deleteRow(tables.bookings, { pk, sk });
            },
          };
        }
      }
    },

    async *sessionIds(person) {
      const pages = paginateQuery(
        { client },
        {
          TableName: tables.calls,
          IndexName: 'byParty',
          KeyConditionExpression: 'partyNumber = :person',
          ExpressionAttributeValues: { ':person': person.reveal() },
          ProjectionExpression: 'sessionId',
        },
      );
      for await (const { Items = [] } of pages) yield* Items.map((row) => String(row.sessionId));
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
      const rows = await rowsOfSession(sessionId);
      if (rows.length === 0) return { sessions: 0, recordings: 0 };
      const known = rows.flatMap((row) => {
        const input = parseInput(row)?.input;
        return input?.kind === 'recording' ? [input.recording] : [];
      });
      const files = await recordings.erase({ sessionId, recordings: known, days: daysOf(rows) });
      await deleteAll(
        tables.calls,
        known.map(({ recordingId }) => recordingPointer(recordingId)),
      );
      const foundBy = `${PARTY_PREFIX}${person.reveal()}`;
      const rowKeys = rows.map(({ item }) => ({ sessionId, item: String(item) }));
      await deleteAll(
        tables.calls,
        rowKeys.filter(({ item }) => item !== foundBy),
      );
      await deleteRow(tables.calls, { sessionId, item: foundBy });
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

    async sweep(person, part) {
      const number = person.reveal();
      const kept = await scanPart(
        tables.bookings,
        part,
        'contains(#parties[0].#numbers, :number) OR contains(#parties[1].#numbers, :number) OR ' +
          'contains(#answer.#parties[0].#numbers, :number) OR contains(#answer.#parties[1].#numbers, :number)',
        { '#parties': 'parties', '#numbers': 'phoneNumbers', '#answer': 'answer' },
        { ':number': number },
      );
      const claims = await scanPart(
        tables.callRoutes,
        part,
        'callee = :number OR caller = :number',
        {},
        { ':number': number },
      );
      return [
        ...kept.map(
          ({ pk, sk, bookingId }): SweptTrace =>
            typeof bookingId === 'string'
              ? { kind: 'booking', bookingId }
              : {
                  kind: 'repeatable-answer',
                  forget: async () => {
                    await deleteRow(tables.bookings, { pk, sk });
                  },
                },
        ),
        ...claims.map(
          ({ virtualNumber, caller, bookingId }): SweptTrace => ({
            kind: 'claim',
            bookingId: String(bookingId),
            virtualNumber: PhoneNumber.from(String(virtualNumber)),
            caller: PhoneNumber.from(String(caller)),
          }),
        ),
      ];
    },
  };
}

/** The days around everything that came in about a call. */
function daysOf(rows: readonly Row[]): string[] {
  const dayMs = 86_400_000;
  const times = rows.flatMap(({ receivedAtMs, startedAtMs }) => [receivedAtMs, startedAtMs]);
  const days = times
    .filter((atMs) => typeof atMs === 'number')
    .flatMap((atMs) => [atMs - dayMs, atMs, atMs + dayMs])
    .map((atMs) => new Date(atMs).toISOString().slice(0, 10));
  return [...new Set(days)];
}

import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  paginateQuery,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { PhoneNumber } from '../../domain/phone-number.ts';
import type { PersonTraces, RecordingEraser } from '../../ports/person-traces.ts';
import { again, type Retry } from '../../ports/retry.ts';
import type { Row } from './batch-read.ts';
import { createBookingTraces } from './bookings/booking-traces.ts';
import { keys } from './bookings/keys.ts';
import { readInputs } from './calls/calls-table-rows.ts';
import { queryRows } from './calls/calls-table-session.ts';
import { markTtl } from './retention.ts';
import { sendWrite } from './transaction.ts';

/*
 * What is found how:
 *
 * | what                             | found by                                                    |
 * |----------------------------------|-------------------------------------------------------------|
 * | bookings, claims, answers        | the links of the number: see `bookings/booking-traces.ts`   |
 * | sessions, recordings             | the indexes byCaller and byCallee, then each by its id      |
 * | mark, entry in the blocklist     | their keys                                                  |
 */

/** The length of a moment as a session's order begins with. */
const ISO_LENGTH = 24;
/** An erasure that nobody goes on with stands in the way of bookings for so long, and is begun anew after it. */
const OPEN_MS = 15 * 60_000;
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
const openErasure = z.object({ erasureId: z.string(), erased: z.optional(counts) });

export interface PersonTracesOptions {
  readonly tables: ErasureTables;
  readonly recordings: RecordingEraser;
  readonly retry: Retry;
}

/** What is kept of a person, over DynamoDB and the recordings bucket. */
export function createPersonTraces(
  client: DynamoDBDocumentClient,
  { tables, recordings, retry }: PersonTracesOptions,
): PersonTraces {
  const deleteRow = (TableName: string, Key: object): Promise<unknown> =>
    sendWrite(retry, () => client.send(new DeleteCommand({ TableName, Key: { ...Key } })));

  async function deleteAll(TableName: string, rowKeys: readonly object[]): Promise<void> {
    for (let from = 0; from < rowKeys.length; from += PARALLEL_DELETES) {
      const batch = rowKeys.slice(from, from + PARALLEL_DELETES);
      await Promise.all(batch.map((key) => deleteRow(TableName, key)));
    }
  }

  /** Changes the mark of a person; what another request has changed meanwhile is left as it is. */
  async function updateMark(
    person: PhoneNumber,
    update: string,
    values: Record<string, unknown> | undefined,
    condition?: string,
  ): Promise<void> {
    const command = new UpdateCommand({
      TableName: tables.bookings,
      Key: { ...keys.marks(person) },
      UpdateExpression: update,
      ...(values !== undefined && { ExpressionAttributeValues: values }),
      ...(condition !== undefined && { ConditionExpression: condition }),
    });
    try {
      await sendWrite(retry, () => client.send(command));
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  return {
    ...createBookingTraces(client, { tables, retry }),

    beginErasure: (person, newId, nowMs) =>
      retry(async () => {
        const begin = (update: string, condition: string, values: Record<string, unknown>) =>
          sendWrite(retry, () =>
            client.send(
              new UpdateCommand({
                TableName: tables.bookings,
                Key: { ...keys.marks(person) },
                UpdateExpression: `SET openUntilMs = :until, ${update}`,
                ConditionExpression: condition,
                ExpressionAttributeValues: { ':until': nowMs + OPEN_MS, ':now': nowMs, ...values },
                ReturnValues: 'ALL_NEW',
              }),
            ),
          );
        try {
          await begin(
            'erasureId = :id REMOVE erased, ttlEpochSeconds',
            'attribute_not_exists(openUntilMs) OR openUntilMs <= :now',
            { ':id': newId },
          );
          return { id: newId, erased: undefined };
        } catch (error) {
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
        }
        try {
          const { Attributes } = await begin('erasureAgainAtMs = :now', 'openUntilMs > :now', {});
          const { erasureId, erased } = openErasure.parse(Attributes);
          return { id: erasureId, erased };
        } catch (error) {
          // It was completed in between.
          if (error instanceof ConditionalCheckFailedException) return again;
          throw error;
        }
      }),

    async saveProgress(person, erased) {
      await updateMark(person, 'SET erased = :erased', { ':erased': erased });
    },

    async completeErasure(person, id, nowMs) {
      await updateMark(
        person,
        'SET ttlEpochSeconds = :ttl REMOVE erased, openUntilMs, erasureAgainAtMs',
        { ':ttl': markTtl(nowMs), ':id': id },
        'erasureId = :id',
      );
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
            ExpressionAttributeValues: { ':person': person.lineKey() },
          },
        );
        for await (const { Items = [] } of pages) yield* Items.map((row) => String(row.sessionId));
      }
    },

    async deleteSession(sessionId, person) {
      const rows = await queryRows(client, tables.calls, sessionId);
      if (rows.length === 0) return { sessions: 0, recordings: 0 };
      const known = rows
        .flatMap(readInputs)
        .flatMap(({ input }) => (input.kind === 'recording' ? [input.recording] : []));
      const files = await recordings.erase({ sessionId, recordings: known, days: daysOf(rows) });
      const number = person.lineKey();
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
      await updateMark(person, 'REMOVE blockedAtMs', undefined);
      const command = new DeleteCommand({
        TableName: tables.bookings,
        Key: { ...keys.block(person) },
        ReturnValues: 'ALL_OLD',
      });
      const { Attributes } = await sendWrite(retry, () => client.send(command));
      return Attributes === undefined ? 0 : 1;
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

import { type DynamoDBDocumentClient, GetCommand, paginateQuery, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { SessionUsage } from '../../../domain/booking-totals.ts';
import { ProblemError } from '../../../domain/problems.ts';
import type { SessionView } from '../../../domain/session.ts';
import type { Page } from '../../../ports/booking-store.ts';
import type { CallRecord, CallUsage, PageRequest, SessionSearch } from '../../../ports/call-record.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import {
  dayOf,
  outcomePartition,
  parseInput,
  parseSessionUsage,
  recordingKey,
  recordingPointer,
} from './calls-table-rows.ts';
import { readSession } from './calls-table-session.ts';

const DAY_MS = 86_400_000;
/** How far back a search by an outcome alone goes. */
const OUTCOME_DAYS = 31;
/** Sessions of a page that are read at the same time. */
const PARALLEL_READS = 10;

/** One partition of an index. */
interface Partition {
  readonly index: 'byBooking' | 'byDay' | 'byOutcome' | 'byParty';
  readonly key: 'bookingId' | 'sessionDay' | 'sessionOutcome' | 'partyNumber';
  readonly value: string;
}

/** Where a session stands in an index. */
interface Place {
  readonly sessionId: string;
  readonly order: string;
}

/** Reads the record of calls; keys and costs are listed in `calls-table-rows.ts`. */
export function createCallRecord(client: DynamoDBDocumentClient, tableName: string): CallRecord & CallUsage {
  async function placesIn(partition: Partition, before: string | undefined, limit: number): Promise<Place[]> {
    const { Items: rows = [] } = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: partition.index,
        KeyConditionExpression:
          before === undefined ? '#key = :value' : '#key = :value AND sessionOrder < :before',
        ExpressionAttributeNames: { '#key': partition.key },
        ExpressionAttributeValues: { ':value': partition.value, ':before': before },
        ProjectionExpression: 'sessionId, sessionOrder',
        ScanIndexForward: false,
        Limit: limit,
      }),
    );
    return rows.map((row) => ({ sessionId: String(row.sessionId), order: String(row.sessionOrder) }));
  }

  async function readAll(sessionIds: readonly string[]): Promise<SessionView[]> {
    const views: SessionView[] = [];
    for (let from = 0; from < sessionIds.length; from += PARALLEL_READS) {
      const batch = sessionIds.slice(from, from + PARALLEL_READS);
      const read = await Promise.all(batch.map((id) => readSession(client, tableName, id)));
      views.push(...read.flatMap((stored) => (stored === undefined ? [] : [stored.view])));
    }
    return views;
  }

  async function readPage(
    partitions: readonly Partition[],
    { limit, cursor }: PageRequest,
    seal: string = JSON.stringify(partitions),
  ): Promise<Page<SessionView>> {
    const before = readCursor(cursor, seal)?.order;
    const places: Place[] = [];
    for (const partition of partitions) {
      places.push(...(await placesIn(partition, before, limit + 1 - places.length)));
      if (places.length > limit) break;
    }
    const last = places.length > limit ? places[limit - 1] : undefined;
    return {
      items: await readAll(places.slice(0, limit).map(({ sessionId }) => sessionId)),
      nextCursor: last === undefined ? null : writeCursor({ order: last.order }, seal),
    };
  }

  return {
    async findSession(sessionId) {
      return (await readSession(client, tableName, sessionId))?.view;
    },

    sessionsOfBooking: (bookingId, page) =>
      readPage([{ index: 'byBooking', key: 'bookingId', value: bookingId }], page),

    async usageOfBooking(bookingId) {
      const pages = paginateQuery(
        { client },
        {
          TableName: tableName,
          IndexName: 'byBooking',
          KeyConditionExpression: 'bookingId = :bookingId',
          ExpressionAttributeValues: { ':bookingId': bookingId },
          ProjectionExpression: 'outcome, durationSeconds, usedLegs',
        },
      );
      const usages: SessionUsage[] = [];
      for await (const { Items: rows = [] } of pages) usages.push(...rows.map(parseSessionUsage));
      return usages;
    },

    // The days that an outcome alone walks move on with the clock, and its cursor must outlive midnight.
    searchSessions: async (search) =>
      search.outcome !== undefined && search.day === undefined
        ? readPage(partitionsOf(search), search, search.outcome)
        : readPage(partitionsOf(search), search),

    async recordingsOf(sessionId) {
      return (await readSession(client, tableName, sessionId))?.view.recordings;
    },

    async findRecording(recordingId) {
      const { Item: pointer } = await client.send(
        new GetCommand({ TableName: tableName, Key: recordingPointer(recordingId), ConsistentRead: true }),
      );
      if (typeof pointer?.ofSession !== 'string') return undefined;
      const sessionId = pointer.ofSession;
      const { Item: row } = await client.send(
        new GetCommand({
          TableName: tableName,
          Key: recordingKey(sessionId, recordingId),
          ConsistentRead: true,
        }),
      );
      const input = row && parseInput(row)?.input;
      return input?.kind === 'recording' ? { ...input.recording, sessionId } : undefined;
    },
  };
}

/** The partitions that a search walks, newest day first. */
function partitionsOf({ phoneNumber, day, outcome, nowMs }: SessionSearch): Partition[] {
  if (phoneNumber !== undefined) {
    return [{ index: 'byParty', key: 'partyNumber', value: phoneNumber.reveal() }];
  }
  if (outcome !== undefined) {
    const days = day === undefined ? lastDays(nowMs) : [day];
    return days.map((of) => ({
      index: 'byOutcome',
      key: 'sessionOutcome',
      value: outcomePartition(outcome, of),
    }));
  }
  if (day !== undefined) return [{ index: 'byDay', key: 'sessionDay', value: day }];
  throw new ProblemError('INVALID_REQUEST', 'The search names nothing to search by.', {
    issues: [{ path: 'day', message: 'give a day, an outcome or a phoneNumber' }],
  });
}

function lastDays(nowMs: number): string[] {
  return Array.from({ length: OUTCOME_DAYS }, (_, ago) =>
    dayOf(new Date(nowMs - ago * DAY_MS).toISOString()),
  );
}

import { BatchGetCommand, type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type CallIndex, callIndexes } from '../../../config/call-indexes.ts';
import { type SessionUsage, usageOf } from '../../../domain/booking-totals.ts';
import type { PhoneNumber } from '../../../domain/phone-number.ts';
import { ProblemError } from '../../../domain/problems.ts';
import type { SessionView } from '../../../domain/session.ts';
import type { CallRecord, CallUsage, PageRequest, SessionSearch } from '../../../ports/call-record.ts';
import type { Page } from '../../../ports/page.ts';
import type { Row } from '../batch-read.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { ALL_CALLS, SESSION_ITEM } from './calls-table-rows.ts';
import { queryRows, type StoredSession, sessionOf } from './calls-table-session.ts';

/** The most keys that DynamoDB takes in one batch read. */
const BATCH_KEYS = 100;
/** Asked again this often for what a batch read leaves out. */
const MAX_PASSES = 6;
const DAY_MS = 86_400_000;

/** One partition of an index. */
interface Partition {
  readonly index: CallIndex;
  readonly value: string;
}

/** What a list walks, newest first. */
interface Walk {
  readonly partitions: readonly Partition[];
  /** Orders up to this; text order is time order. */
  readonly to?: string | undefined;
  /** Orders from this on. */
  readonly from?: string | undefined;
  /** Which of the sessions found belong into the list; an index may be behind by some moments. */
  readonly accepts: (session: StoredSession, place: Place) => boolean;
}

/** Where a session stands in an index. */
interface Place {
  readonly sessionId: string;
  readonly item: string;
  readonly order: string;
}

/** Reads the record of calls; keys and costs are listed in `calls-table-rows.ts`. */
export function createCallRecord(client: DynamoDBDocumentClient, tableName: string): CallRecord & CallUsage {
  async function placesIn(
    { index, value }: Partition,
    { from = '0', to = '~' }: Pick<Walk, 'from' | 'to'>,
    limit: number | undefined,
  ): Promise<Place[]> {
    const [partition, sort] = callIndexes[index];
    const places: Place[] = [];
    let startKey: Row | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: index,
          KeyConditionExpression: '#partition = :value AND #sort BETWEEN :from AND :to',
          ExpressionAttributeNames: { '#partition': partition, '#sort': sort },
          ExpressionAttributeValues: { ':value': value, ':from': from, ':to': to },
          ScanIndexForward: false,
          ...(limit !== undefined && { Limit: limit }),
          ExclusiveStartKey: startKey,
        }),
      );
      for (const row of page.Items ?? []) {
        places.push({
          sessionId: String(row.sessionId),
          item: String(row.item),
          order: String(row.sessionOrder),
        });
      }
      startKey = page.LastEvaluatedKey;
    } while (startKey !== undefined && (limit === undefined || places.length < limit));
    return places;
  }

  /** The session rows of these ids, consistently: what one has aside shows only where it alone is asked for. */
  async function readSessions(sessionIds: readonly string[]): Promise<Map<string, StoredSession>> {
    const found = new Map<string, StoredSession>();
    for (let start = 0; start < sessionIds.length; start += BATCH_KEYS) {
      const rows = await readBatch(sessionIds.slice(start, start + BATCH_KEYS));
      for (const row of rows) {
        const session = sessionOf(String(row.sessionId), [row]);
        if (session !== undefined) found.set(session.view.sessionId, session);
      }
    }
    return found;
  }

  async function readBatch(sessionIds: readonly string[]): Promise<Row[]> {
    const rows: Row[] = [];
    let pending: Row[] = sessionIds.map((sessionId) => ({ sessionId, item: SESSION_ITEM }));
    for (let pass = 0; pending.length > 0; pass += 1) {
      if (pass === MAX_PASSES) throw new Error('DynamoDB kept leaving keys of a batch read unprocessed.');
      const answer = await client.send(
        new BatchGetCommand({ RequestItems: { [tableName]: { Keys: pending, ConsistentRead: true } } }),
      );
      rows.push(...(answer.Responses?.[tableName] ?? []));
      pending = answer.UnprocessedKeys?.[tableName]?.Keys ?? [];
    }
    return rows;
  }

  /** The newest places of all partitions together, from where the page before ended. */
  async function newest(walk: Walk, last: string | undefined, limit: number): Promise<Place[]> {
    const range = last === undefined ? walk : { ...walk, to: last };
    // The last place of the page before is among them once more.
    const most = last === undefined ? limit : limit + 1;
    const found = await Promise.all(walk.partitions.map((partition) => placesIn(partition, range, most)));
    return found
      .flat()
      .filter(({ order }) => last === undefined || order < last)
      .sort((one, other) => (one.order < other.order ? 1 : -1))
      .slice(0, limit);
  }

  async function readPage(
    walk: Walk,
    { limit, cursor }: PageRequest,
    seal: string,
  ): Promise<Page<SessionView>> {
    const last = readCursor(cursor, seal)?.order;
    const places = await newest(walk, last, limit + 1);
    const shown = places.slice(0, limit);
    const sessions = await readSessions([...new Set(shown.map(({ sessionId }) => sessionId))]);
    const items = new Map<string, SessionView>();
    for (const place of shown) {
      const session = sessions.get(place.sessionId);
      if (session !== undefined && walk.accepts(session, place)) items.set(place.sessionId, session.view);
    }
    const end = shown.at(-1);
    return {
      items: [...items.values()],
      nextCursor: places.length > limit && end !== undefined ? writeCursor({ order: end.order }, seal) : null,
    };
  }

  async function findSession(sessionId: string): Promise<SessionView | undefined> {
    return sessionOf(sessionId, await queryRows(client, tableName, sessionId))?.view;
  }

  return {
    findSession,

    sessionsOfBooking: (bookingId, page) =>
      readPage(
        {
          partitions: [{ index: 'byBooking', value: bookingId }],
          accepts: ({ view }) => view.bookingId === bookingId,
        },
        page,
        `booking ${bookingId}`,
      ),

    async usageOfBooking(bookingId) {
      const places = await placesIn({ index: 'byBooking', value: bookingId }, {}, undefined);
      const sessions = await readSessions(places.map(({ sessionId }) => sessionId));
      const usages: SessionUsage[] = [];
      for (const { view } of sessions.values()) if (view.bookingId === bookingId) usages.push(usageOf(view));
      return usages;
    },

    searchSessions: async (search) => {
      const { phoneNumber, outcome, day } = search;
      return readPage(
        walkOf(search),
        search,
        JSON.stringify({ phoneNumber: phoneNumber?.lineKey(), outcome, day }),
      );
    },

    async recordingsOf(sessionId) {
      return (await findSession(sessionId))?.recordings;
    },

    async findRecording(recordingId) {
      const [place] = await placesIn({ index: 'byRecording', value: recordingId }, {}, 1);
      if (place === undefined) return undefined;
      const { sessionId } = place;
      const view = await findSession(sessionId);
      const recording = view?.recordings.find((one) => one.recordingId === recordingId);
      return recording && { ...recording, sessionId };
    },
  };
}

function walkOf({ phoneNumber, day, outcome }: SessionSearch): Walk {
  if (phoneNumber !== undefined) return walkOfPerson(phoneNumber);
  if (outcome === undefined && day === undefined) {
    throw new ProblemError('INVALID_REQUEST', 'The search names nothing to search by.', {
      issues: [{ path: 'day', message: 'give a day, an outcome or a phoneNumber' }],
    });
  }
  const startMs = day === undefined ? undefined : Date.parse(`${day}T00:00:00Z`);
  const time = startMs === undefined ? {} : { from: isoOf(startMs), to: isoOf(startMs + DAY_MS) };
  return {
    ...time,
    partitions: [
      outcome === undefined ? { index: 'byTime', value: ALL_CALLS } : { index: 'byOutcome', value: outcome },
    ],
    accepts: ({ view }) => outcome === undefined || view.outcome === outcome,
  };
}

const isoOf = (atMs: number): string => new Date(atMs).toISOString();

function walkOfPerson(phoneNumber: PhoneNumber): Walk {
  const value = phoneNumber.lineKey();
  return {
    partitions: [
      { index: 'byCaller', value },
      { index: 'byCallee', value },
    ],
    // Another row leads to the session only where its own keys do not.
    accepts: ({ keys }, { item }) => {
      const isOwn = keys?.callerNumber === value || keys?.calleeNumber === value;
      return item === SESSION_ITEM ? isOwn : !isOwn;
    },
  };
}

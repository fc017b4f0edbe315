import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { bookingOf, type SessionInput, type SessionView } from '../../../domain/session.ts';
import { foldSession } from '../../../domain/session-fold.ts';
import { abortable } from '../../abortable.ts';
import type { Row } from '../batch-read.ts';
import {
  PARTY_PREFIX,
  parseInput,
  parseSessionHead,
  SESSION_ITEM,
  type SessionHead,
} from './calls-table-rows.ts';

/** A session as its rows tell it at one moment. */
export interface StoredSession {
  readonly view: SessionView;
  /** Grows with everything that is added, so that of two states the later one is known. */
  readonly inputCount: number;
  readonly firstReceivedAtMs: number;
  readonly lastReceivedAtMs: number;
  readonly head: SessionHead | undefined;
  /** Party rows by their item. */
  readonly parties: ReadonlyMap<string, PartyRow>;
}

/** By which a session is found by one of its people. */
export interface PartyRow {
  /** With which it is indexed. */
  readonly sessionOrder: string;
  /** When it may be swept. */
  readonly ttlEpochSeconds: number;
}

/** Reads all rows of a session, consistently; undefined when nothing is known of it. */
export async function readSession(
  client: DynamoDBDocumentClient,
  tableName: string,
  sessionId: string,
  signal?: AbortSignal,
): Promise<StoredSession | undefined> {
  const rows: Row[] = [];
  let startKey: Row | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'sessionId = :sessionId',
        ExpressionAttributeValues: { ':sessionId': sessionId },
        ConsistentRead: true,
        ExclusiveStartKey: startKey,
      }),
      abortable(signal),
    );
    rows.push(...(page.Items ?? []));
    startKey = page.LastEvaluatedKey;
  } while (startKey !== undefined);
  return assemble(sessionId, rows);
}

function assemble(sessionId: string, rows: readonly Row[]): StoredSession | undefined {
  const stored = rows.map(parseInput).filter((one) => one !== undefined);
  if (stored.length === 0) return undefined;
  const headRow = rows.find(({ item }) => item === SESSION_ITEM);
  const head = headRow && parseSessionHead(headRow);
  const inputs = stored.map(({ input }) => input);
  const view = foldSession(sessionId, inputs);
  return {
    view: { ...view, bookingId: bookingOf(view, head?.heldBy) },
    inputCount: inputs.length + inputs.filter(isSeenRecording).length,
    firstReceivedAtMs: Math.min(...stored.map(({ receivedAtMs }) => receivedAtMs)),
    lastReceivedAtMs: Math.max(...stored.map(({ receivedAtMs }) => receivedAtMs)),
    head,
    parties: new Map(
      rows
        .filter(({ item }) => String(item).startsWith(PARTY_PREFIX))
        .map(({ item, sessionOrder, ttlEpochSeconds }) => [
          String(item),
          { sessionOrder: String(sessionOrder), ttlEpochSeconds: Number(ttlEpochSeconds) },
        ]),
    ),
  };
}

/** A recording that is seen counts once more, because that is the one change an input may go through. */
function isSeenRecording(input: SessionInput): boolean {
  return input.kind === 'recording' && input.recording.verified;
}

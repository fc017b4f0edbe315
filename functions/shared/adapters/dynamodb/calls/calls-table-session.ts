import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { bookingOf, type SessionInput, type SessionView } from '../../../domain/session.ts';
import { foldSession } from '../../../domain/session-fold.ts';
import { abortable } from '../../abortable.ts';
import type { Row } from '../batch-read.ts';
import {
  readInputs,
  readSessionKeys,
  SESSION_ITEM,
  type SessionKeys,
  type StoredInput,
} from './calls-table-rows.ts';

/** A session as its rows tell it at one moment. */
export interface StoredSession {
  readonly view: SessionView;
  readonly inputs: readonly StoredInput[];
  /** Names of the inputs that the session row has itself. */
  readonly inSessionRow: ReadonlySet<string>;
  /** Grows with everything that is added, so that of two states the later one is known. */
  readonly inputCount: number;
  readonly keys: SessionKeys | undefined;
}

/** Reads all rows of a session, consistently. */
export async function queryRows(
  client: DynamoDBDocumentClient,
  tableName: string,
  sessionId: string,
  signal?: AbortSignal,
): Promise<Row[]> {
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
  return rows;
}

/** What the rows of a session say together; undefined when they say nothing of it. */
export function sessionOf(sessionId: string, rows: readonly Row[]): StoredSession | undefined {
  const row = rows.find(({ item }) => item === SESSION_ITEM);
  const inSessionRow = row === undefined ? [] : readInputs(row);
  const names = new Set(inSessionRow.map(({ name }) => name));
  // An event that was kept in a row of its own may have been taken over into the session row since.
  const aside = rows.filter((other) => other !== row).flatMap(readInputs);
  const inputs = [...inSessionRow, ...aside.filter(({ name }) => !names.has(name))];
  if (inputs.length === 0) return undefined;
  const keys = row && readSessionKeys(row);
  return {
    view: viewOf(sessionId, inputs, keys?.heldBy),
    inputs,
    inSessionRow: names,
    inputCount: inSessionRow.reduce((sum, { input }) => sum + weightOf(input), 0),
    keys,
  };
}

/** The session that these inputs are, of the booking that the decision names or, where none does, of `heldBy`. */
export function viewOf(
  sessionId: string,
  inputs: readonly StoredInput[],
  heldBy: string | undefined,
): SessionView {
  const view = foldSession(
    sessionId,
    inputs.map(({ input }) => input),
  );
  return { ...view, bookingId: bookingOf(view, heldBy) };
}

/** A recording that is seen counts once more, because that is the one change an input may go through. */
export function weightOf(input: SessionInput): number {
  return input.kind === 'recording' && input.recording.verified ? 2 : 1;
}

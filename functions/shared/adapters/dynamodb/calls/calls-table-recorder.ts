import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand, type PutCommandInput } from '@aws-sdk/lib-dynamodb';
import { usedLegsOf } from '../../../domain/booking-totals.ts';
import {
  bookingOf,
  callPointOf,
  isRouted,
  partiesOf,
  type SeenRecording,
  type SessionInput,
  type SessionOutcome,
  type SessionView,
} from '../../../domain/session.ts';
import type { BookingLinks, RecordOptions, SessionRecorder } from '../../../ports/call-record.ts';
import { abortable } from '../../abortable.ts';
import type { Row } from '../batch-read.ts';
import {
  dayOf,
  inputRow,
  outcomePartition,
  PARTY_PREFIX,
  recordingPointer,
  SESSION_ITEM,
  sweptAt,
} from './calls-table-rows.ts';
import { type PartyRow, readSession, type StoredSession } from './calls-table-session.ts';

/** How much longer than the session its party rows are kept, so that what is left of it is found by its people. */
const PARTY_SECONDS = 7 * 24 * 3600;
/** Writers that may come in between before this one leaves it to a repetition. */
const MAX_ROUNDS = 8;

export interface SessionRecorderOptions {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly bookingLinks: BookingLinks;
  readonly retentionDays: number;
}

/**
 * Writes the record of calls: first the input, which is durable then, and after it the session row and the party
 * rows, made of all inputs there are. Whoever sees more inputs wins, so the last state stands whatever the order of
 * the writers; one that crashed half-way is finished by the next input or by the repetition of its own.
 */
export function createSessionRecorder(options: SessionRecorderOptions): SessionRecorder {
  const { client, tableName, bookingLinks, retentionDays } = options;

  async function putUnless(
    item: Row,
    condition: Pick<PutCommandInput, 'ConditionExpression' | 'ExpressionAttributeValues'>,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    try {
      await client.send(
        new PutCommand({ TableName: tableName, Item: item, ...condition }),
        abortable(signal),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async function putInput(sessionId: string, input: SessionInput, { receivedAtMs, signal }: RecordOptions) {
    const row = inputRow(sessionId, input, receivedAtMs, retentionDays);
    if (input.kind === 'recording') {
      const pointer = {
        ...recordingPointer(input.recording.recordingId),
        ofSession: sessionId,
        ttlEpochSeconds: row.ttlEpochSeconds,
      };
      await putUnless(pointer, { ConditionExpression: 'attribute_not_exists(sessionId)' }, signal);
    }
    await putUnless(row, conditionOf(input), signal);
  }

  async function refresh(sessionId: string, { signal }: RecordOptions): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const stored = await readSession(client, tableName, sessionId, signal);
      if (stored === undefined) return;
      const order = sessionOrder(stored);
      const keptUntil = sweptAt(stored.lastReceivedAtMs, retentionDays);
      const parties = partiesOf(stored.view)
        .map((party) => ({ item: `${PARTY_PREFIX}${party.reveal()}`, partyNumber: party.reveal() }))
        .filter(({ item }) => !isUpToDate(stored.parties.get(item), order, keptUntil));
      const isCurrent = stored.head?.inputCount === stored.inputCount;
      if (isCurrent && parties.length === 0) return;

      const common = {
        sessionId,
        sessionOrder: order,
        inputCount: stored.inputCount,
        ttlEpochSeconds: keptUntil,
      };
      // The session row last: where it is up to date, the party rows are as well.
      await Promise.all(
        parties.map((party) =>
          putUnless(
            { ...common, ...party, ttlEpochSeconds: keptUntil + PARTY_SECONDS },
            unlessNewer(common),
            signal,
          ),
        ),
      );
      const head = {
        ...common,
        item: SESSION_ITEM,
        ...indexKeys(order, stored.view.outcome),
        ...(await headOf(stored, signal)),
      };
      if (await putUnless(head, unlessNewer(common), signal)) return;
    }
    throw new Error('The session was being written by too many others; the input is kept.');
  }

  /** Asks for the holder again only when the time of the call has become known better. */
  async function headOf({ view, head }: StoredSession, signal: AbortSignal | undefined): Promise<Row> {
    const point = isRouted(view.decision) ? undefined : callPointOf(view);
    const isKnown = head?.heldBy !== undefined && head.heldAtMs === point?.atMs;
    const heldBy =
      point === undefined || isKnown
        ? head?.heldBy
        : await bookingLinks.findHolderAt(point.virtualNumber, point.phoneNumber, point.atMs, signal);
    return { ...digestOf(view), bookingId: bookingOf(view, heldBy), heldBy, heldAtMs: point?.atMs };
  }

  return {
    async record(sessionId, input, recordOptions) {
      await putInput(sessionId, input, recordOptions);
      await refresh(sessionId, recordOptions);
    },
  };
}

/** A party row that would be swept before the rest of its session is written anew. */
function isUpToDate(row: PartyRow | undefined, order: string, keptUntil: number): boolean {
  return row !== undefined && row.sessionOrder === order && row.ttlEpochSeconds >= keptUntil;
}

/** A row of the input exists only once; a recording is replaced when it was missing and has been seen since. */
function conditionOf(input: SessionInput) {
  const isNew = { ConditionExpression: 'attribute_not_exists(sessionId)' };
  if (input.kind !== 'recording' || !input.recording.verified) return isNew;
  return {
    ConditionExpression: 'attribute_not_exists(sessionId) OR content.recording.verified = :unseen',
    ExpressionAttributeValues: { ':unseen': false },
  };
}

function unlessNewer({ inputCount }: { readonly inputCount: number }) {
  return {
    ConditionExpression: 'attribute_not_exists(sessionId) OR inputCount < :inputCount',
    ExpressionAttributeValues: { ':inputCount': inputCount },
  };
}

/** Text order is time order, and no two sessions share one. */
function sessionOrder({ view, firstReceivedAtMs }: StoredSession): string {
  return `${new Date(view.startedAtMs ?? firstReceivedAtMs).toISOString()}#${view.sessionId}`;
}

function indexKeys(order: string, outcome: SessionOutcome): Row {
  const sessionDay = dayOf(order);
  return { sessionDay, sessionOutcome: outcomePartition(outcome, sessionDay) };
}

/** What those who follow the changes of sessions, and those who add sessions up, need. */
function digestOf(view: SessionView): Row {
  return {
    status: view.status,
    outcome: view.outcome,
    reachedCallee: view.reachedCallee,
    startedAtMs: view.startedAtMs,
    endedAtMs: view.endedAtMs,
    durationSeconds: view.durationSeconds,
    usedLegs: usedLegsOf(view),
    errorCode: view.errorCode,
    decision: view.decision?.kind,
    seenRecordings: view.recordings.filter(({ verified }) => verified).map(seenRecording),
  };
}

function seenRecording({ recordingId, startedAtMs, durationSeconds, sizeBytes }: SeenRecording): Row {
  return { recordingId, startedAtMs, durationSeconds, sizeBytes };
}

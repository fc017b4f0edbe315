import * as z from 'zod/mini';
import type { SessionInput, SessionRecording } from '../../../domain/session.ts';
import type { Row } from '../batch-read.ts';
import { fullId, keptDecision, keptEvent, keptRecording, keptSummary, shortId } from './session-shapes.ts';

/*
 * CallsTable: every key.
 *
 * | row       | sessionId   | item                    | holds                                                        |
 * |-----------|-------------|-------------------------|--------------------------------------------------------------|
 * | session   | <sessionId> | SESSION                 | what is known of the call, and the keys by which it is found |
 * | event     | <sessionId> | EVENT#<eventId>         | a VCS that changes nothing but the list of events            |
 * | party     | <sessionId> | PARTY#<E.164>           | that a third number was on the call                          |
 * | recording | <sessionId> | RECORDING#<recordingId> | that there is a second recording                             |
 * | counted   | <sessionId> | COUNTED                 | that the call was counted against the limits                 |
 *
 * A session is the fold of its inputs, each of which stands under a name of its own, EVENT#<eventId>, SUMMARY,
 * DECISION#<eventId> or RECORDING#<recordingId>, and is written once, by one conditional write; so no order of arrival
 * and no repetition can end differently. Of two summaries that differ the first is kept: the platform promises one per
 * session and numbers none, so nothing could tell which of them is the later one.
 *
 * The keys for the indexes are made of all inputs. Where an input ends the call or names its booking, they are written
 * with it; a writer that died before it wrote them is made good by the next input and by the repetition of its own.
 * Indexes hold keys only: what is added to a call costs nothing there unless the call moves.
 *
 * | index       | partition      | sort          | finds                           |
 * |-------------|----------------|---------------|---------------------------------|
 * | byTime      | timeSlot       | sessionOrder  | all calls                       |
 * | byOutcome   | outcomeSlot    | sessionOrder  | those that ended so, or go on   |
 * | byBooking   | bookingId      | sessionOrder  | those of a booking              |
 * | byCaller, byCallee | callerNumber, calleeNumber | sessionOrder | those of a person  |
 * | byRecording | recordingId    | sessionOrder  | the call of a recording         |
 *
 * | access                                  | requests                               | units                          |
 * |-----------------------------------------|----------------------------------------|--------------------------------|
 * | event while the call goes on            | Update                                 | 1 write                        |
 * | end of a leg, summary, decision, recording | Query, Update                       | 1 read, 1 or 2 write           |
 * |   … when no decision told the booking   | and a Query of the links               | 1 read                         |
 * | late event that changes nothing else    | Put                                    | 2 write                        |
 * | any of them again                       | Query, Update (refused) or Put (refused) | 1 read, or 1 write           |
 * | one session                             | Query                                  | 1 read / 4 KB                  |
 * | find a recording                        | Query of the index, Query              | 0.5 + 1 read                   |
 * | page by booking, day, outcome           | Query of the index, BatchGet           | 0.5 read / 4 KB + 1 a session  |
 * | page by party                           | Query of both indexes, BatchGet        | the same twice + 1 a session   |
 * | totals of a booking                     | Query of the index, BatchGet a hundred | 1 read a session               |
 * | decision of a limited booking           | GetItem each claim, Transact           | 3 read, 8 write                |
 */

/** The shape of a row; a release that reads an older one still has to know it. */
export const SCHEMA_VERSION = 2;
const DAY_SECONDS = 86_400;

/** The one partition of `byTime`: good for some hundred calls a second, so for more it has to be split. */
export const ALL_CALLS = 'all';
export const SESSION_ITEM = 'SESSION';
export const COUNTED_ITEM = 'COUNTED';
export const PARTY_PREFIX = 'PARTY#';
export const SUMMARY_NAME = 'SUMMARY';
const EVENT_PREFIX = 'EVENT#';
const RECORDING_PREFIX = 'RECORDING#';
const DECISION_PREFIX = 'DECISION#';

/** The key of a row. */
export interface CallKey {
  readonly sessionId: string;
  readonly item: string;
}

/** Where a session is found, beside its id. */
export interface SessionKeys {
  readonly sessionOrder: string;
  readonly timeSlot: string;
  readonly outcomeSlot: string;
  readonly bookingId?: string | undefined;
  readonly callerNumber?: string | undefined;
  readonly calleeNumber?: string | undefined;
  readonly recordingId?: string | undefined;
  /** The booking that held the pair at `heldAtMs`, if any did; asked where no decision tells. */
  readonly heldBy?: string | undefined;
  readonly heldAtMs?: number | undefined;
  /** Items of further rows by which the session is found. */
  readonly pointers?: readonly string[] | undefined;
}

const sessionKeys = z.object({
  sessionOrder: z.string(),
  timeSlot: z.string(),
  outcomeSlot: z.string(),
  bookingId: z.optional(z.string()),
  callerNumber: z.optional(z.string()),
  calleeNumber: z.optional(z.string()),
  recordingId: z.optional(z.string()),
  heldBy: z.optional(z.string()),
  heldAtMs: z.optional(z.number()),
  pointers: z.optional(z.array(z.string())),
}) satisfies z.ZodMiniType<SessionKeys>;

export const keyNames = Object.keys(sessionKeys.shape) as (keyof SessionKeys)[];

/** The keys that the session row has; undefined before it has any. */
export function readSessionKeys(row: Row): SessionKeys | undefined {
  return row.sessionOrder === undefined ? undefined : sessionKeys.parse(row);
}

/** Under which name an input is kept. */
export function nameOf(input: SessionInput): string {
  switch (input.kind) {
    case 'event':
      return EVENT_PREFIX + shortId(input.event.eventId);
    case 'summary':
      return SUMMARY_NAME;
    case 'recording':
      return RECORDING_PREFIX + shortId(input.recording.recordingId);
    case 'decision':
      return DECISION_PREFIX + shortId(input.decision.eventId);
  }
}

/** The item of the row that leads to a session from one of its people. */
export const partyItem = (phoneNumber: string): string => `${PARTY_PREFIX}${phoneNumber}`;
/** The item of the row that leads to a session from its second recording. */
export const recordingItem = ({ recordingId }: SessionRecording): string =>
  `${RECORDING_PREFIX}${recordingId}`;

/** When a row that came in at `receivedAtMs` may be swept. */
export function sweptAt(receivedAtMs: number, retentionDays: number): number {
  return Math.ceil(receivedAtMs / 1000) + retentionDays * DAY_SECONDS;
}

/** The value that keeps an input. */
export function packInput(input: SessionInput, receivedAtMs: number): unknown {
  switch (input.kind) {
    case 'event':
      return keptEvent.pack({ receivedAtMs, content: input.event });
    case 'summary':
      return keptSummary.pack({ receivedAtMs, content: input.summary });
    case 'recording':
      return keptRecording.pack({ receivedAtMs, content: input.recording });
    case 'decision':
      return keptDecision.pack({ receivedAtMs, content: input.decision });
  }
}

export interface StoredInput {
  readonly name: string;
  readonly input: SessionInput;
  /** When it first reached us. */
  readonly receivedAtMs: number;
}

/** The inputs that a row of a session keeps. @throws for a shape that this release does not know. */
export function readInputs(row: Row): StoredInput[] {
  return Object.entries(row).flatMap(([name, value]) => readInput(String(row.sessionId), name, value) ?? []);
}

function readInput(sessionId: string, name: string, value: unknown): StoredInput | undefined {
  if (name.startsWith(EVENT_PREFIX)) {
    const { receivedAtMs, content } = keptEvent.unpack(value);
    const eventId = fullId(name.slice(EVENT_PREFIX.length));
    const event = { sessionId, eventId, subAccountId: undefined, dtmf: undefined, ...content };
    return { name, receivedAtMs, input: { kind: 'event', event } };
  }
  if (name === SUMMARY_NAME) {
    const { receivedAtMs, content } = keptSummary.unpack(value);
    return { name, receivedAtMs, input: { kind: 'summary', summary: { sessionId, ...content } } };
  }
  if (name.startsWith(RECORDING_PREFIX)) {
    const { receivedAtMs, content } = keptRecording.unpack(value);
    const recordingId = fullId(name.slice(RECORDING_PREFIX.length));
    return { name, receivedAtMs, input: { kind: 'recording', recording: { recordingId, ...content } } };
  }
  if (name.startsWith(DECISION_PREFIX)) {
    const { receivedAtMs, content } = keptDecision.unpack(value);
    const eventId = fullId(name.slice(DECISION_PREFIX.length));
    return { name, receivedAtMs, input: { kind: 'decision', decision: { eventId, ...content } } };
  }
  return undefined;
}

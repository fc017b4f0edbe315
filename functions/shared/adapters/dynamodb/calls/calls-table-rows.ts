import * as z from 'zod/mini';
import type { SessionUsage } from '../../../domain/booking-totals.ts';
import { PhoneNumber } from '../../../domain/phone-number.ts';
import {
  type CallDecision,
  type SessionInput,
  type SessionOutcome,
  type SessionRecording,
  sessionOutcomes,
} from '../../../domain/session.ts';
import type { CallStatusEvent, SessionLeg, SessionSummaryEvent } from '../../../domain/webhook-events.ts';
import type { Row } from '../batch-read.ts';

/*
 * CallsTable: every key.
 *
 * | row       | sessionId               | item                      | holds                                          |
 * |-----------|-------------------------|---------------------------|------------------------------------------------|
 * | event     | <sessionId>             | EVENT#<eventId>           | one VCS                                        |
 * | summary   | <sessionId>             | SUMMARY                   | the VSS                                        |
 * | recording | <sessionId>             | RECORDING#<recordingId>   | one VRU, and whether the object was seen       |
 * | decision  | <sessionId>             | DECISION#<eventId>        | one VCA and what was answered                  |
 * | counted   | <sessionId>             | COUNTED                   | that the call was counted against the limits   |
 * | session   | <sessionId>             | SESSION                   | what the indexes need, made of the rows above  |
 * | party     | <sessionId>             | PARTY#<E.164>             | that the number was on the call, for `byParty` |
 * | pointer   | RECORDING#<recordingId> | RECORDING                 | the session of a recording                     |
 *
 * The first four are inputs: written once, each under the id that its payload has, and never changed, but that a
 * recording may be seen in the bucket later. A session is the fold of its inputs, so no order of arrival and no
 * repetition can end differently.
 *
 * Of two summaries that differ the first is kept: the platform promises one per session and numbers none, so
 * nothing could tell which of them is the later one.
 *
 * | access                        | requests                                     | units                                   |
 * |-------------------------------|----------------------------------------------|-----------------------------------------|
 * | add an input                  | Put, Query, Put session, at first Put parties | 2 + 1 read / 4 KB, 3 for indexes, 4 once |
 * | add an input again            | Put (refused), Query                         | 1 write, 1 read / 4 KB                  |
 * | one session                   | Query                                        | 1 read / 4 KB                           |
 * | find a recording              | GetItem, GetItem                             | 2 read                                  |
 * | search by booking, day, outcome, party | Query of the index, Query a session | 0.5 read / 4 KB + 1 a session           |
 * | totals of a booking           | Query of the index                           | 0.5 read / 4 KB                         |
 * | decision of a limited booking | GetItem each route, Transact                 | 3 read, 8 write                         |
 */

const SCHEMA_VERSION = 1;
const DAY_SECONDS = 86_400;

export const SESSION_ITEM = 'SESSION';
export const COUNTED_ITEM = 'COUNTED';
export const PARTY_PREFIX = 'PARTY#';
const RECORDING_PREFIX = 'RECORDING#';

/** The key of a row. */
export interface CallKey {
  readonly sessionId: string;
  readonly item: string;
}

/** Under which partition a recording is found without its session. */
export const recordingPointer = (recordingId: string): CallKey => ({
  sessionId: `${RECORDING_PREFIX}${recordingId}`,
  item: 'RECORDING',
});

export const recordingKey = (sessionId: string, recordingId: string): CallKey => ({
  sessionId,
  item: `${RECORDING_PREFIX}${recordingId}`,
});

/** The day in UTC that a moment or the order of a session begins with, as `2026-12-01`. */
export const dayOf = (isoInstant: string): string => isoInstant.slice(0, 10);

/** The partition of `byOutcome`: one per day, so that none grows for ever. */
export const outcomePartition = (outcome: SessionOutcome, day: string): string =>
  `${outcome.toUpperCase()}#${day}`;

function itemOf(input: SessionInput): string {
  switch (input.kind) {
    case 'event':
      return `EVENT#${input.event.eventId}`;
    case 'summary':
      return 'SUMMARY';
    case 'recording':
      return `${RECORDING_PREFIX}${input.recording.recordingId}`;
    case 'decision':
      return `DECISION#${input.decision.eventId}`;
  }
}

/** When a row that came in at `receivedAtMs` may be swept. */
export function sweptAt(receivedAtMs: number, retentionDays: number): number {
  return Math.ceil(receivedAtMs / 1000) + retentionDays * DAY_SECONDS;
}

/** The row that keeps an input. */
export function inputRow(
  sessionId: string,
  input: SessionInput,
  receivedAtMs: number,
  retentionDays: number,
): Row & CallKey {
  return {
    sessionId,
    item: itemOf(input),
    content: storable(input),
    receivedAtMs,
    schemaVersion: SCHEMA_VERSION,
    ttlEpochSeconds: sweptAt(receivedAtMs, retentionDays),
  };
}

function storable(input: SessionInput): Row {
  switch (input.kind) {
    case 'event':
      // Digits that somebody typed may be a PIN, and nothing here needs them.
      return { kind: input.kind, event: { ...revealed(input.event), dtmf: undefined } };
    case 'summary':
      return { kind: input.kind, summary: { ...input.summary, legs: input.summary.legs.map(revealed) } };
    default:
      return { ...input };
  }
}

function revealed(call: CallStatusEvent | SessionLeg): Row {
  return { ...call, source: call.source?.reveal(), destination: call.destination?.reveal() };
}

/** A field that is undefined where the row leaves it out. */
const maybe = <Value>(schema: z.ZodMiniType<Value, unknown>) =>
  z.transform((value: unknown) => (value === undefined ? undefined : z.parse(schema, value)));

const text = maybe(z.string());
const number = maybe(z.number());
const phoneNumber = maybe(
  z.pipe(
    z.string(),
    z.transform((value: string) => PhoneNumber.from(value)),
  ),
);

const event: z.ZodMiniType<CallStatusEvent> = z.object({
  sessionId: z.string(),
  eventId: z.string(),
  callId: text,
  subAccountId: text,
  callStatus: z.string(),
  direction: text,
  callType: text,
  source: phoneNumber,
  destination: phoneNumber,
  durationSeconds: number,
  sipCode: number,
  dtmf: text,
  occurredAtMs: number,
});

const leg: z.ZodMiniType<SessionLeg> = z.object({
  leg: z.enum(['A', 'B']),
  callId: text,
  direction: text,
  callType: text,
  status: text,
  source: phoneNumber,
  destination: phoneNumber,
  initiatedAtMs: number,
  connectedAtMs: number,
  disconnectedAtMs: number,
  durationSeconds: number,
  quality: maybe(z.object({ mos: number, packetLossRate: number, jitterMs: number })),
});

const summary: z.ZodMiniType<SessionSummaryEvent> = z.object({
  sessionId: z.string(),
  subAccountId: text,
  sessionStatus: z.string(),
  startedAtMs: number,
  endedAtMs: number,
  lastAction: text,
  callCount: number,
  errorCode: number,
  legs: z.array(leg),
});

const recording: z.ZodMiniType<SessionRecording> = z.object({
  recordingId: z.string(),
  status: text,
  durationSeconds: number,
  startedAtMs: number,
  filePath: text,
  verified: z.boolean(),
  key: text,
  sizeBytes: number,
});

const decision: z.ZodMiniType<CallDecision> = z.object({
  eventId: z.string(),
  kind: z.string(),
  bookingId: text,
  atMs: z.number(),
});

const input: z.ZodMiniType<SessionInput> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('event'), event }),
  z.object({ kind: z.literal('summary'), summary }),
  z.object({ kind: z.literal('recording'), recording }),
  z.object({ kind: z.literal('decision'), decision }),
]);

const storedInput = z.object({ content: input, receivedAtMs: z.number() });

export interface StoredInput {
  readonly input: SessionInput;
  /** When it first reached us. */
  readonly receivedAtMs: number;
}

/** What a row keeps, or undefined for one that is no input; throws for a shape that this release does not know. */
export function parseInput(row: Row): StoredInput | undefined {
  if (row.content === undefined) return undefined;
  const { content, receivedAtMs } = storedInput.parse(row);
  return { input: content, receivedAtMs };
}

/** The session row as far as the next writer needs it. */
const sessionHead = z.object({
  inputCount: z.number(),
  bookingId: text,
  heldBy: text,
  heldAtMs: number,
});

export type SessionHead = z.output<typeof sessionHead>;

export function parseSessionHead(row: Row): SessionHead {
  return sessionHead.parse(row);
}

/** What the session row keeps for the totals of its booking. */
const sessionUsage = z.object({
  outcome: z.enum(sessionOutcomes),
  durationSeconds: number,
  usedLegs: maybe(z.array(z.object({ direction: z.enum(['inbound', 'outbound']), seconds: z.number() }))),
});

export function parseSessionUsage(row: Row): SessionUsage {
  const { outcome, durationSeconds = 0, usedLegs = [] } = sessionUsage.parse(row);
  return { outcome, talkSeconds: durationSeconds, legs: usedLegs };
}

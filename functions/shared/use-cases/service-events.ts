import { createHash } from 'node:crypto';
import type * as z from 'zod';
import { EVENT_SOURCE } from '../config/event-source.ts';
import { type Booking, tellableChanges } from '../domain/booking.ts';
import { mayHoldNumber } from '../domain/number-in-text.ts';
import type { PoolNumber } from '../domain/pool.ts';
import type { SessionOutcome } from '../domain/session.ts';
import type { SessionDigest } from '../domain/session-digest.ts';
import type { serviceEvent } from './service-events-schema.ts';

/** One thing that happened, as other systems hear of it. */
export type ServiceEvent = z.output<typeof serviceEvent>;

type BookingEvent = Extract<ServiceEvent, { type: 'booking.created' | 'booking.ended' }>;
type SessionEventType = Extract<ServiceEvent['type'], `call.${string}` | 'session.completed'>;
type TellableChange = (typeof tellableChanges)[number];

/** A row before and after one write; `before` is absent when it is new, `after` when it is gone. */
interface Change<Kind extends string, Row> {
  readonly kind: Kind;
  readonly before: Row | undefined;
  readonly after: Row | undefined;
  /** When it was written, epoch milliseconds. */
  readonly atMs: number;
}

/** A change that others may want to hear of. */
export type StoredChange =
  | Change<'booking', Booking>
  | Change<'session', SessionDigest>
  | Change<'number', PoolNumber>;

export interface EventOptions {
  /** Whether events may name phone numbers, and metadata that may hold some. */
  readonly includePhoneNumbers: boolean;
}

/**
 * The events of a change, in order: pure, so the same change always gives the same events under the same ids, and a
 * redelivery can be recognised.
 *
 * Nothing is told when a row is swept or erased: a booking that expires does so by the clock, at the `expiresAt` that
 * every event of it names, and no row changes then; the sweep comes months later and means nothing to anybody.
 *
 * The events of a booking count its versions, one event each, so a gap shows. Calls are counted per session, by what
 * is known of it: one count per booking would make every event of every call write to one row, on the path that has
 * to stay short. A later event of a session may correct an earlier one, as when the summary contradicts the legs.
 *
 * Recordings are told of from the row of their session, because it alone says in one write what was seen and to which
 * booking it belongs: whichever of the two is known last, the write that adds it names both.
 */
export function eventsOf(change: StoredChange, options: EventOptions): ServiceEvent[] {
  switch (change.kind) {
    case 'booking':
      return bookingEvents(change, options);
    case 'session':
      return [...sessionEvents(change), ...recordingEvents(change)];
    case 'number':
      return numberEvents(change, options);
  }
}

const instant = (atMs: number): string => new Date(atMs).toISOString();

/** The attributes of a CloudEvent: all but its data. */
interface Head<Type extends string> {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: typeof EVENT_SOURCE;
  readonly type: Type;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly sequence: string;
  readonly schemaversion: 2;
}

/** Wide enough for every safe integer, so that texts compare as the numbers do. */
const SEQUENCE_DIGITS = 16;

function head<Type extends string>(type: Type, subject: string, number: number, atMs: number): Head<Type> {
  return {
    specversion: '1.0',
    id: createHash('sha256').update(`${type}\n${subject}\n${number}`).digest('hex').slice(0, 32),
    source: EVENT_SOURCE,
    type,
    subject,
    time: instant(atMs),
    datacontenttype: 'application/json',
    sequence: String(number).padStart(SEQUENCE_DIGITS, '0'),
    schemaversion: 2,
  };
}

function bookingEvents(
  { before, after, atMs }: Change<'booking', Booking>,
  options: EventOptions,
): ServiceEvent[] {
  if (after === undefined || after.version === before?.version) return [];
  const data = bookingData(after, options);
  const headOf = <Type extends string>(type: Type, occurredAtMs: number) =>
    head(type, `booking/${after.bookingId}`, after.version, occurredAtMs);
  if (before === undefined) return [{ ...headOf('booking.created', after.createdAtMs), data }];
  if (before.storedStatus === 'active' && after.storedStatus !== 'active') {
    return [{ ...headOf('booking.ended', after.endedAtMs ?? atMs), data }];
  }
  return [{ ...headOf('booking.changed', atMs), data: { ...data, changed: changesOf(before, after) } }];
}

function bookingData(booking: Booking, { includePhoneNumbers }: EventOptions): BookingEvent['data'] {
  const { reference, country, endedAtMs, metadata } = booking;
  const numbers = booking.parties.flatMap((party) => [...party.phoneNumbers, party.virtualNumber]);
  const tellable = (text: string | undefined): text is string =>
    text !== undefined && (includePhoneNumbers || !mayHoldNumber(text, numbers));
  return {
    bookingId: booking.bookingId,
    ...(tellable(reference) && { reference }),
    status: booking.storedStatus,
    numbering: booking.numbering,
    ...(country !== undefined && { country }),
    parties: booking.parties.map(({ label, phoneNumbers, virtualNumber }) => ({
      ...(tellable(label) && { label }),
      ...(includePhoneNumbers && {
        phoneNumbers: phoneNumbers.map((number) => number.reveal()),
        virtualNumber: virtualNumber.reveal(),
      }),
    })),
    recordCalls: booking.recordCalls,
    createdAt: instant(booking.createdAtMs),
    expiresAt: instant(booking.expiresAtMs),
    ...(endedAtMs !== undefined && { endedAt: instant(endedAtMs) }),
    ...(includePhoneNumbers && metadata !== undefined && { metadata: { ...metadata } }),
  };
}

function changesOf(before: Booking, after: Booking): TellableChange[] {
  const aspects: Record<TellableChange, (booking: Booking) => unknown> = {
    expiresAt: ({ expiresAtMs }) => expiresAtMs,
    parties: ({ parties }) =>
      parties.map(({ label, phoneNumbers }) => [label, phoneNumbers.map((number) => number.reveal())]),
    recordCalls: ({ recordCalls }) => recordCalls,
    limits: ({ limits }) => [limits.maxCalls, limits.maxCallsPerMinute],
    metadata: ({ metadata }) => metadata,
    reference: ({ reference }) => reference,
    virtualNumbers: ({ parties }) => parties.map(({ virtualNumber }) => virtualNumber.reveal()),
  };
  const differs = (aspect: (booking: Booking) => unknown) =>
    JSON.stringify(aspect(before)) !== JSON.stringify(aspect(after));
  return tellableChanges.filter((name) => differs(aspects[name]));
}

const callEventTypes: Readonly<Record<SessionOutcome, SessionEventType | undefined>> = {
  answered: 'call.answered',
  missed: 'call.missed',
  busy: 'call.busy',
  failed: 'call.failed',
  error: 'call.failed',
  canceled: 'call.canceled',
  refused: 'call.refused',
  'in-progress': undefined,
};

const isClosed = ({ status }: SessionDigest): boolean =>
  status !== 'IN_PROGRESS' && status !== 'DISCONNECTED';

function sessionEvents({ before, after, atMs }: Change<'session', SessionDigest>): ServiceEvent[] {
  if (after === undefined) return [];
  // A session that turns out to belong to another booking is told again, so that each booking hears of its calls.
  const isNews = (earlier: unknown, later: unknown) =>
    earlier !== later || before?.bookingId !== after.bookingId;
  const types: SessionEventType[] = [];
  const callEvent = callEventTypes[after.outcome];
  const earlierCallEvent = before && callEventTypes[before.outcome];
  if (callEvent !== undefined && isNews(earlierCallEvent, callEvent)) types.push(callEvent);
  if (isClosed(after) && isNews(before && isClosed(before), true)) types.push('session.completed');
  return types.map((type) => ({
    ...head(type, `session/${after.sessionId}`, after.inputCount, after.endedAtMs ?? atMs),
    data: sessionData(after),
  }));
}

function sessionData(digest: SessionDigest) {
  const { bookingId, decision, startedAtMs, endedAtMs, durationSeconds, errorCode } = digest;
  return {
    sessionId: digest.sessionId,
    ...(bookingId !== undefined && { bookingId }),
    status: digest.status,
    outcome: digest.outcome,
    reachedCallee: digest.reachedCallee,
    ...(decision !== undefined && { decision }),
    ...(startedAtMs !== undefined && { startedAt: instant(startedAtMs) }),
    ...(endedAtMs !== undefined && { endedAt: instant(endedAtMs) }),
    ...(durationSeconds !== undefined && { durationSeconds }),
    ...(errorCode !== undefined && { errorCode }),
  };
}

/**
 * A recording is told of when its file has been seen: before that there is nothing to fetch. It is told of again when
 * its session turns out to belong to another booking than was told, or to one at all.
 */
function recordingEvents({ before, after, atMs }: Change<'session', SessionDigest>): ServiceEvent[] {
  if (after === undefined) return [];
  const { sessionId, bookingId, seenRecordings, inputCount } = after;
  const toldBefore = before?.bookingId === bookingId ? before?.seenRecordings : undefined;
  const told = new Set(toldBefore?.map(({ recordingId }) => recordingId));
  return seenRecordings
    .filter(({ recordingId }) => !told.has(recordingId))
    .map(({ recordingId, startedAtMs, durationSeconds, sizeBytes }) => ({
      ...head('recording.available', `recording/${recordingId}`, inputCount, atMs),
      data: {
        recordingId,
        sessionId,
        ...(bookingId !== undefined && { bookingId }),
        ...(startedAtMs !== undefined && { startedAt: instant(startedAtMs) }),
        ...(durationSeconds !== undefined && { durationSeconds }),
        ...(sizeBytes !== undefined && { sizeBytes }),
      },
    }));
}

/** A number that only moves to another place of the pool is no news; one whose state changes is. */
function numberEvents(
  { before, after, atMs }: Change<'number', PoolNumber>,
  { includePhoneNumbers }: EventOptions,
): ServiceEvent[] {
  const number = after ?? before;
  if (number === undefined || before?.state === after?.state) return [];
  const state = after?.state ?? 'removed';
  const text = number.virtualNumber.reveal();
  const subject = createHash('sha256').update(text).digest('hex').slice(0, 16);
  // The time of a removal is known to the second only, and has to come after the last change.
  const changedAtMs = after?.updatedAtMs ?? Math.max(atMs, number.updatedAtMs + 1);
  return [
    {
      ...head(`number.${state}`, `number/${subject}`, changedAtMs, changedAtMs),
      data: {
        country: number.country,
        state,
        ...(before !== undefined && { previousState: before.state }),
        endsWith: text.slice(-4),
        ...(includePhoneNumbers && { virtualNumber: text }),
      },
    },
  ];
}

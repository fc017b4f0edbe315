import * as z from 'zod';
import { type CallPrices, totalsOf } from '../../shared/domain/booking-totals.ts';
import { ProblemError } from '../../shared/domain/problems.ts';
import { sessionOutcomes } from '../../shared/domain/session.ts';
import type { BookingStore } from '../../shared/ports/booking-store.ts';
import type { CallRecord, CallUsage } from '../../shared/ports/call-record.ts';
import {
  EXAMPLE_NOW_MS,
  exampleBooking,
  exampleRecording,
  exampleSession,
  exampleTotals,
} from '../examples.ts';
import { type Operation, operation } from '../operation.ts';
import { countryBesideNumber, readQuery, writtenNumber } from '../phone-numbers.ts';
import { presentRecording, presentSession, presentTotals } from '../session-presentation.ts';
import { presentedRecording, presentedSession, presentedTotals } from '../session-schemas.ts';
import { listOf, pageQuery, presentedTime, timeText } from '../values.ts';

/** Makes a link by which a recording can be fetched for a short time. */
export interface RecordingLinks {
  downloadUrl(key: string): Promise<{ url: string; expiresAtMs: number }>;
}

export interface SessionOperationDependencies {
  readonly store: BookingStore;
  readonly calls: CallRecord & CallUsage;
  readonly recordingLinks: RecordingLinks;
  /** By which the cost of calls is estimated; absent: it is not. */
  readonly callPrices?: CallPrices | undefined;
  readonly nowMs: () => number;
}

const sessionQuery = z
  .strictObject({
    phoneNumber: writtenNumber.optional(),
    ...countryBesideNumber.shape,
    day: z.iso.date('must be a day such as 2026-12-01').optional(),
    outcome: z.enum(sessionOutcomes).optional(),
    ...pageQuery,
  })
  .refine((query) => query.phoneNumber ?? query.day ?? query.outcome, {
    path: ['day'],
    message: 'is required unless `phoneNumber` or `outcome` is given',
  })
  .transform(readQuery);

const sessionsOfBooking = listOf(presentedSession)
  .extend({ totals: presentedTotals })
  .meta({ id: 'BookingSessions' });

const recordingDownload = z
  .object({ url: z.url().describe('Whoever has it may fetch the file.'), expiresAt: presentedTime })
  .meta({ id: 'RecordingDownload' });

const ofExample = { sessionId: exampleSession.sessionId };

/** The record of calls: sessions and their recordings. */
export function sessionOperations(deps: SessionOperationDependencies): Operation[] {
  const { store, calls, recordingLinks, callPrices, nowMs } = deps;
  const unknownSession = () =>
    new ProblemError(
      'SESSION_NOT_FOUND',
      'No call has this session id, or its record was removed after its retention.',
    );

  return [
    operation({
      routeKey: 'GET /v1/bookings/{bookingId}/sessions',
      operationId: 'listSessionsOfBooking',
      tag: 'Calls',
      summary: 'List the calls of a booking, newest first.',
      description: 'With what they come to: outcomes, durations, cost.',
      query: z.strictObject(pageQuery),
      answers: { 200: sessionsOfBooking },
      problems: ['BOOKING_NOT_FOUND'],
      example: {
        path: { bookingId: exampleBooking.bookingId },
        answer: {
          status: 200,
          body: { items: [exampleSession], nextCursor: null, totals: exampleTotals },
        },
      },
      async run({ path, query: { limit, cursor } }) {
        const bookingId = path.bookingId ?? '';
        if ((await store.find(bookingId)) === undefined) {
          throw new ProblemError('BOOKING_NOT_FOUND', 'No booking has this id.');
        }
        const [page, usages] = await Promise.all([
          calls.sessionsOfBooking(bookingId, { limit, ...(cursor !== undefined && { cursor }) }),
          calls.usageOfBooking(bookingId),
        ]);
        return {
          status: 200,
          body: {
            items: page.items.map(presentSession),
            nextCursor: page.nextCursor,
            totals: presentTotals(totalsOf(usages, callPrices)),
          },
        };
      },
    }),
    operation({
      routeKey: 'GET /v1/sessions',
      operationId: 'searchSessions',
      tag: 'Calls',
      summary: 'Find calls, newest first.',
      description: "By a party's phone number, by day or by outcome: at least one of them is asked for.",
      query: sessionQuery,
      answers: { 200: listOf(presentedSession) },
      problems: [],
      example: {
        query: { day: '2026-11-21', outcome: 'answered' },
        answer: { status: 200, body: { items: [exampleSession], nextCursor: null } },
      },
      async run({ query: { phoneNumber, day, outcome, limit, cursor } }) {
        const page = await calls.searchSessions({
          ...(phoneNumber && { phoneNumber }),
          ...(day !== undefined && { day }),
          ...(outcome !== undefined && { outcome }),
          ...(cursor !== undefined && { cursor }),
          limit,
          nowMs: nowMs(),
        });
        return { status: 200, body: { items: page.items.map(presentSession), nextCursor: page.nextCursor } };
      },
    }),
    operation({
      routeKey: 'GET /v1/sessions/{sessionId}',
      operationId: 'getSession',
      tag: 'Calls',
      summary: 'Read one call.',
      description: 'Its legs, its events in order, the decision and why, its recordings.',
      answers: { 200: presentedSession },
      problems: ['SESSION_NOT_FOUND'],
      example: { path: ofExample, answer: { status: 200, body: exampleSession } },
      async run({ path }) {
        const view = await calls.findSession(path.sessionId ?? '');
        if (view === undefined) throw unknownSession();
        return { status: 200, body: presentSession(view) };
      },
    }),
    operation({
      routeKey: 'GET /v1/sessions/{sessionId}/recordings',
      operationId: 'listRecordings',
      tag: 'Calls',
      summary: 'List the recordings of a call.',
      description: 'All of them at once: a call has few.',
      answers: { 200: listOf(presentedRecording) },
      problems: ['SESSION_NOT_FOUND'],
      example: {
        path: ofExample,
        answer: { status: 200, body: { items: [exampleRecording], nextCursor: null } },
      },
      async run({ path }) {
        const recordings = await calls.recordingsOf(path.sessionId ?? '');
        if (recordings === undefined) throw unknownSession();
        return { status: 200, body: { items: recordings.map(presentRecording), nextCursor: null } };
      },
    }),
    operation({
      routeKey: 'GET /v1/recordings/{recordingId}/download',
      operationId: 'downloadRecording',
      tag: 'Calls',
      summary: 'Get a link to a recording.',
      description: 'By it the recording can be fetched for a short time, without any further right.',
      answers: { 200: recordingDownload },
      problems: ['RECORDING_NOT_FOUND'],
      example: {
        path: { recordingId: exampleRecording.recordingId },
        answer: {
          status: 200,
          body: {
            url: `https://recordings.example/${exampleRecording.key}`,
            expiresAt: timeText(EXAMPLE_NOW_MS + 1000),
          },
        },
      },
      async run({ path }) {
        const recording = await calls.findRecording(path.recordingId ?? '');
        if (recording?.key === undefined) {
          throw new ProblemError(
            'RECORDING_NOT_FOUND',
            'No recording has this id, or its file has not arrived yet.',
          );
        }
        const { url, expiresAtMs } = await recordingLinks.downloadUrl(recording.key);
        return { status: 200, body: { url, expiresAt: new Date(expiresAtMs).toISOString() } };
      },
    }),
  ];
}

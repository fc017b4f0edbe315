import * as z from 'zod';
import { type CallPrices, totalsOf } from '../../shared/domain/booking-totals.ts';
import { ProblemError } from '../../shared/domain/problems.ts';
import { sessionOutcomes } from '../../shared/domain/session.ts';
import type { BookingStore } from '../../shared/ports/booking-store.ts';
import type { CallRecord, CallUsage } from '../../shared/ports/call-record.ts';
import { type Operation, operation } from '../operation.ts';
import { presentRecording, presentSession, presentTotals } from '../session-presentation.ts';
import { presentedRecording, presentedSession, presentedTotals } from '../session-schemas.ts';
import { listOf, pageQuery, poolNumber } from '../values.ts';

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
    phoneNumber: poolNumber.optional(),
    day: z.iso.date('must be a day such as 2026-12-01').optional(),
    outcome: z.enum(sessionOutcomes).optional(),
    ...pageQuery,
  })
  .refine((query) => query.phoneNumber ?? query.day ?? query.outcome, {
    path: ['day'],
    message: 'is required unless `phoneNumber` or `outcome` is given',
  });

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
      summary: 'The calls of a booking, newest first, and what they come to: outcomes, durations, cost.',
      query: z.strictObject(pageQuery),
      answers: { 200: listOf(presentedSession).extend({ totals: presentedTotals }) },
      problems: ['BOOKING_NOT_FOUND'],
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
      summary: "Find calls by a party's phone number, by day or by outcome; newest first.",
      query: sessionQuery,
      answers: { 200: listOf(presentedSession) },
      problems: [],
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
      summary: 'One call: its legs, its events in order, the decision and why, its recordings.',
      answers: { 200: presentedSession },
      problems: ['SESSION_NOT_FOUND'],
      async run({ path }) {
        const view = await calls.findSession(path.sessionId ?? '');
        if (view === undefined) throw unknownSession();
        return { status: 200, body: presentSession(view) };
      },
    }),
    operation({
      routeKey: 'GET /v1/sessions/{sessionId}/recordings',
      operationId: 'listRecordings',
      summary: 'The recordings of a call.',
      answers: { 200: listOf(presentedRecording) },
      problems: ['SESSION_NOT_FOUND'],
      async run({ path }) {
        const recordings = await calls.recordingsOf(path.sessionId ?? '');
        if (recordings === undefined) throw unknownSession();
        return { status: 200, body: { items: recordings.map(presentRecording), nextCursor: null } };
      },
    }),
    operation({
      routeKey: 'GET /v1/recordings/{recordingId}/download',
      operationId: 'downloadRecording',
      summary: 'A link by which the recording can be fetched for a short time.',
      answers: { 200: z.object({ url: z.url(), expiresAt: z.string() }) },
      problems: ['RECORDING_NOT_FOUND'],
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

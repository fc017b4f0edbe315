import type { Booking } from '../../shared/domain/booking.ts';
import type { EndReason } from '../../shared/domain/call-route.ts';
import { ProblemError } from '../../shared/domain/problems.ts';
import { countMetric, type Logger } from '../../shared/observability/logger.ts';
import { metricNames } from '../../shared/observability/metric-names.ts';
import { alterBooking } from '../../shared/use-cases/alter-booking.ts';
import { bookingNotFound, endBooking } from '../../shared/use-cases/change-booking.ts';
import { type MakeBookingDependencies, makeBooking } from '../../shared/use-cases/make-booking.ts';
import { type BookingRules, changedBooking, draftOf } from '../booking-input.ts';
import {
  bookingChange,
  bookingQuery,
  newBooking,
  presentBooking,
  presentedBooking,
} from '../booking-schemas.ts';
import { exampleBooking } from '../examples.ts';
import { type Operation, operation } from '../operation.ts';
import { listOf } from '../values.ts';

export interface BookingOperationDependencies extends MakeBookingDependencies {
  readonly rules: BookingRules;
  readonly logger: Logger;
}

const ofExample = { bookingId: exampleBooking.bookingId };
const endedExample = <Status extends string>(status: Status) => ({
  ...exampleBooking,
  status,
  endedAt: exampleBooking.createdAt,
});

/** Bookings: make, read, search, change and end them. */
export function bookingOperations(deps: BookingOperationDependencies): Operation[] {
  const { store, nowMs, rules, logger } = deps;

  const present = (booking: Booking) => ({ status: 200 as const, body: presentBooking(booking, nowMs()) });

  /** Ends a booking; one that has ended this way, or has expired, is answered as it is. */
  const endWith =
    (reason: EndReason) =>
    async ({ path }: { path: Readonly<Record<string, string>> }) =>
      present(await endBooking(path.bookingId ?? '', reason, deps));

  return [
    operation({
      routeKey: 'POST /v1/bookings',
      operationId: 'makeBooking',
      tag: 'Bookings',
      summary: 'Make a booking: claim a virtual number for two parties.',
      description:
        'From now until it ends, each of the two reaches the other by dialling its virtual number. ' +
        'Send an `Idempotency-Key`, and a request that was answered by nobody can be repeated without a second booking.',
      body: newBooking,
      takesIdempotencyKey: true,
      answers: { 201: presentedBooking },
      problems: [
        'PHONE_NUMBER_NOT_ALLOWED',
        'NO_VIRTUAL_NUMBER_AVAILABLE',
        'PHONE_NUMBER_BLOCKED',
        'PARTY_BEING_ERASED',
        'IDEMPOTENCY_KEY_REUSED',
      ],
      example: {
        body: {
          reference: exampleBooking.reference,
          parties: [
            { label: 'rider', phoneNumber: exampleBooking.parties[0].phoneNumber },
            { label: 'driver', phoneNumber: exampleBooking.parties[1].phoneNumber },
          ],
          expiresInSeconds: 7200,
          country: 'SG',
          metadata: { city: 'singapore' },
        },
        answer: { status: 201, body: exampleBooking },
      },
      async run({ body, idempotencyKey }) {
        const draft = draftOf(body, rules, nowMs(), idempotencyKey);
        try {
          const { booking } = await makeBooking(draft, deps);
          logger.info('BOOKING_CREATED', { bookingId: booking.bookingId }, [
            countMetric(metricNames.bookingCreated),
          ]);
          // As it was when it was made: a repeated request gets the same answer, whatever has happened since.
          return {
            status: 201,
            body: presentBooking(booking, booking.createdAtMs),
            headers: { location: `/v1/bookings/${booking.bookingId}` },
          };
        } catch (error) {
          if (error instanceof ProblemError && error.code === 'NO_VIRTUAL_NUMBER_AVAILABLE') {
            logger.warn('BOOKING_REFUSED', { country: draft.country }, [
              countMetric(metricNames.bookingRefused),
            ]);
          }
          throw error;
        }
      },
    }),
    operation({
      routeKey: 'GET /v1/bookings/{bookingId}',
      operationId: 'getBooking',
      tag: 'Bookings',
      summary: 'Read one booking.',
      description: 'As it is at this moment: a booking whose time is over is answered as expired.',
      answers: { 200: presentedBooking },
      problems: ['BOOKING_NOT_FOUND'],
      example: { path: ofExample, answer: { status: 200, body: exampleBooking } },
      async run({ path }) {
        const booking = await store.find(path.bookingId ?? '');
        if (booking === undefined) throw bookingNotFound();
        return present(booking);
      },
    }),
    operation({
      routeKey: 'GET /v1/bookings',
      operationId: 'searchBookings',
      tag: 'Bookings',
      summary: 'Find bookings, newest first.',
      description: 'By phone number, reference, virtual number or status, or by several of them together.',
      query: bookingQuery,
      answers: { 200: listOf(presentedBooking) },
      problems: [],
      example: {
        query: { reference: exampleBooking.reference },
        answer: { status: 200, body: { items: [exampleBooking], nextCursor: null } },
      },
      async run({ query }) {
        const atMs = nowMs();
        const { phoneNumber, reference, virtualNumber, status, limit, cursor } = query;
        const page = await store.search({
          ...(phoneNumber && { phoneNumber }),
          ...(reference !== undefined && { reference }),
          ...(virtualNumber && { virtualNumber }),
          ...(status !== undefined && { status }),
          ...(cursor !== undefined && { cursor }),
          limit,
          nowMs: atMs,
        });
        const items = page.items.map((booking) => presentBooking(booking, atMs));
        return { status: 200, body: { items, nextCursor: page.nextCursor } };
      },
    }),
    operation({
      routeKey: 'PATCH /v1/bookings/{bookingId}',
      operationId: 'changeBooking',
      tag: 'Bookings',
      summary: 'Change a booking that is alive.',
      description:
        "Extend or shorten it, replace a party's phone number, change recording, limits or metadata. " +
        'What is not named stays as it is.',
      body: bookingChange,
      answers: { 200: presentedBooking },
      problems: [
        'BOOKING_NOT_FOUND',
        'BOOKING_ENDED',
        'PHONE_NUMBER_NOT_ALLOWED',
        'PHONE_NUMBER_TAKEN',
        'PHONE_NUMBER_BLOCKED',
        'PARTY_BEING_ERASED',
      ],
      example: {
        path: ofExample,
        body: { expiresInSeconds: 10_800 },
        answer: { status: 200, body: { ...exampleBooking, expiresAt: '2026-11-21T10:58:00.000Z' } },
      },
      async run({ path, body }) {
        const booking = await alterBooking(
          path.bookingId ?? '',
          { change: (before, atMs) => changedBooking(before, body, rules, atMs) },
          deps,
        );
        return present(booking);
      },
    }),
    operation({
      routeKey: 'POST /v1/bookings/{bookingId}/complete',
      operationId: 'completeBooking',
      tag: 'Bookings',
      summary: 'End a booking that went well.',
      description: 'Its calls are connected no longer. May be repeated.',
      answers: { 200: presentedBooking },
      problems: ['BOOKING_NOT_FOUND', 'BOOKING_ENDED'],
      example: { path: ofExample, answer: { status: 200, body: endedExample('completed') } },
      run: endWith('completed'),
    }),
    operation({
      routeKey: 'POST /v1/bookings/{bookingId}/cancel',
      operationId: 'cancelBooking',
      tag: 'Bookings',
      summary: 'End a booking that did not take place.',
      description: 'Its calls are connected no longer. May be repeated.',
      answers: { 200: presentedBooking },
      problems: ['BOOKING_NOT_FOUND', 'BOOKING_ENDED'],
      example: { path: ofExample, answer: { status: 200, body: endedExample('cancelled') } },
      run: endWith('cancelled'),
    }),
  ];
}

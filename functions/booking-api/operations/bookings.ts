import type { Booking, StoredStatus } from '../../shared/domain/booking.ts';
import { statusAt } from '../../shared/domain/booking.ts';
import { ProblemError } from '../../shared/domain/problems.ts';
import { countMetric, type Logger } from '../../shared/observability/logger.ts';
import { metricNames } from '../../shared/observability/metric-names.ts';
import {
  type MakeBookingDependencies,
  makeBooking,
  refuseUnusableNumbers,
} from '../../shared/use-cases/make-booking.ts';
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

/** A change that met another one is tried again on what that one left. */
const MAX_TRIES = 5;

const numbersOf = ({ parties }: Booking) => parties.flatMap((party) => party.phoneNumbers);

const ofExample = { bookingId: exampleBooking.bookingId };
const endedExample = <Status extends string>(status: Status) => ({
  ...exampleBooking,
  status,
  endedAt: exampleBooking.createdAt,
});

/** Bookings: make, read, search, change and end them. */
export function bookingOperations(deps: BookingOperationDependencies): Operation[] {
  const { store, nowMs, rules, logger } = deps;

  async function find(bookingId: string | undefined): Promise<Booking> {
    const booking = bookingId === undefined ? undefined : await store.find(bookingId);
    if (booking === undefined) {
      throw new ProblemError(
        'BOOKING_NOT_FOUND',
        'No booking has this id. It may have been removed after its retention.',
      );
    }
    return booking;
  }

  const present = (booking: Booking) => ({ status: 200 as const, body: presentBooking(booking, nowMs()) });

  /** Writes what `change` makes of the booking, again if another change comes first. */
  async function changeBooking(
    bookingId: string | undefined,
    change: (booking: Booking) => Booking,
  ): Promise<Booking> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const before = await find(bookingId);
      const after = change(before);
      if (after === before) return before;
      await refuseNewNumbers(before, after);
      const outcome = await store.change(before, after, nowMs());
      if (outcome === 'changed') return after;
      if (outcome === 'taken') {
        throw new ProblemError(
          'PHONE_NUMBER_TAKEN',
          'The new phone number uses the virtual number of this booking for another one. ' +
            'End that booking first, or cancel this one and book again.',
        );
      }
      await deps.pause(deps.random() * 20 * (tries + 1));
    }
    await refuseBlocked(bookingId, change);
    throw new ProblemError(
      'BOOKING_CHANGED',
      'The booking is being changed by other requests. Read it and try again.',
    );
  }

  /** Looks at the phone numbers that a booking gains as at those of a new one. */
  async function refuseNewNumbers(before: Booking, after: Booking): Promise<void> {
    const known = new Set(numbersOf(before).map((number) => number.reveal()));
    const gained = after.parties.map(({ phoneNumbers }) => ({
      phoneNumbers: phoneNumbers.filter((number) => !known.has(number.reveal())),
    }));
    const phoneNumbers = gained.flatMap((party) => party.phoneNumbers);
    if (phoneNumbers.length === 0) return;
    refuseUnusableNumbers(gained, await store.readContext({ phoneNumbers, sticky: false }));
  }

  /** A change that keeps failing may name a number on the blocklist, which its transaction refuses. */
  async function refuseBlocked(bookingId: string | undefined, change: (booking: Booking) => Booking) {
    const wanted = change(await find(bookingId));
    const { blockedNumbers } = await store.readContext({ phoneNumbers: numbersOf(wanted), sticky: false });
    if (blockedNumbers.size > 0) {
      throw new ProblemError(
        'PHONE_NUMBER_BLOCKED',
        'A party is on the blocklist. Remove the block to book again.',
      );
    }
  }

  /** Ends a booking; one that has ended this way, or has expired, is answered as it is. */
  function endWith(reason: Exclude<StoredStatus, 'active'>) {
    return async ({ path }: { path: Readonly<Record<string, string>> }) => {
      const atMs = nowMs();
      const booking = await changeBooking(path.bookingId, (before) => {
        const status = statusAt(before, atMs);
        if (status === reason || status === 'expired') return before;
        if (status !== 'active') {
          throw new ProblemError('BOOKING_ENDED', `The booking was ${status} before.`);
        }
        return { ...before, storedStatus: reason, endedAtMs: atMs, version: before.version + 1 };
      });
      return present(booking);
    };
  }

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
      run: async ({ path }) => present(await find(path.bookingId)),
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
        'BOOKING_CHANGED',
        'PHONE_NUMBER_NOT_ALLOWED',
        'PHONE_NUMBER_TAKEN',
        'PHONE_NUMBER_BLOCKED',
      ],
      example: {
        path: ofExample,
        body: { expiresInSeconds: 10_800 },
        answer: { status: 200, body: { ...exampleBooking, expiresAt: '2026-11-21T10:58:00.000Z' } },
      },
      async run({ path, body }) {
        const atMs = nowMs();
        const booking = await changeBooking(path.bookingId, (before) => {
          const status = statusAt(before, atMs);
          if (status !== 'active') {
            throw new ProblemError(
              'BOOKING_ENDED',
              `The booking is ${status} and can no longer be changed. Make a new one.`,
            );
          }
          return changedBooking(before, body, rules, atMs);
        });
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
      problems: ['BOOKING_NOT_FOUND', 'BOOKING_ENDED', 'BOOKING_CHANGED'],
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
      problems: ['BOOKING_NOT_FOUND', 'BOOKING_ENDED', 'BOOKING_CHANGED'],
      example: { path: ofExample, answer: { status: 200, body: endedExample('cancelled') } },
      run: endWith('cancelled'),
    }),
  ];
}

import * as z from 'zod';
import { type Booking, type Party, statusAt } from '../../shared/domain/booking.ts';
import { makeCall, type OutboundCallflow, outboundCallflow } from '../../shared/domain/callflow.ts';
import { ProblemError } from '../../shared/domain/problems.ts';
import type { Logger } from '../../shared/observability/logger.ts';
import type { BookingStore } from '../../shared/ports/booking-store.ts';
import type { SessionRecorder } from '../../shared/ports/call-record.ts';
import type { AcceptedCallflow, CallflowSender } from '../../shared/ports/eight-by-eight-account.ts';
import { askEightByEight, eightByEightProblems, notConfigured } from '../eight-by-eight-problems.ts';
import { exampleBooking } from '../examples.ts';
import { type Operation, operation } from '../operation.ts';

export interface ClickToCallDependencies {
  readonly store: Pick<BookingStore, 'find' | 'readContext'>;
  /** Undefined where the deployment has no API key of 8x8. */
  readonly sender: CallflowSender | undefined;
  readonly recorder: SessionRecorder;
  readonly logger: Logger;
  readonly nowMs: () => number;
}

/** Nobody expects a call any more that was asked for a minute ago. */
const CALLFLOW_LIFE_MS = 60_000;

const requestBody = z
  .strictObject(
    {
      firstParty: z
        .union(
          [z.string().min(1), z.int().min(0).max(1)],
          'must be the label of a party, or 0 or 1 for its position',
        )
        .default(0)
        .describe(
          'Who is rung first: the label of a party, or its position. The other one is rung next. The first party unless said.',
        ),
    },
    'must be a JSON object',
  )
  .meta({ id: 'CallRequest' });

const startedCall = z
  .object({
    sessionId: z.string().describe('Of the call; `GET /v1/sessions/{sessionId}` follows it.'),
    bookingId: z.string(),
    firstParty: z.string().nullable().describe('The label of the party that is rung first.'),
  })
  .meta({ id: 'StartedCall' });

/** Click-to-call: 8x8 rings one party of a booking, then the other, each with the virtual number that it knows. */
export function clickToCallOperation(deps: ClickToCallDependencies): Operation {
  const { store, sender, recorder, logger, nowMs } = deps;

  async function findLive(bookingId: string): Promise<Booking> {
    const booking = await store.find(bookingId);
    if (booking === undefined) throw new ProblemError('BOOKING_NOT_FOUND', 'No booking has this id.');
    const status = statusAt(booking, nowMs());
    if (status !== 'active') {
      throw new ProblemError(
        'BOOKING_ENDED',
        `The booking is ${status}, so nobody is called. Make a new one.`,
      );
    }
    const phoneNumbers = booking.parties.flatMap((party) => party.phoneNumbers);
    const { blockedNumbers } = await store.readContext({ phoneNumbers, sticky: false });
    if (blockedNumbers.size > 0) {
      throw new ProblemError(
        'PHONE_NUMBER_BLOCKED',
        'A party is on the blocklist. Remove the block to call.',
      );
    }
    return booking;
  }

  /** The phone rings already: a record that cannot be written now must not look like a call that failed. */
  async function attach(call: AcceptedCallflow, bookingId: string): Promise<void> {
    const { sessionId, callFlowRequestId } = call;
    const atMs = nowMs();
    const decision = { eventId: callFlowRequestId ?? sessionId, kind: 'click-to-call', bookingId, atMs };
    try {
      await recorder.record(sessionId, { kind: 'decision', decision }, { receivedAtMs: atMs });
    } catch (error) {
      logger.error('CLICK_TO_CALL_NOT_RECORDED', error, { sessionId, bookingId });
    }
  }

  return operation({
    routeKey: 'POST /v1/bookings/{bookingId}/calls',
    operationId: 'startCall',
    tag: 'Calls',
    summary: 'Ring one party of the booking, then the other.',
    description: 'Each sees the virtual number that it knows. Such calls cannot be recorded.',
    body: requestBody,
    bodyMayBeAbsent: true,
    answers: { 202: startedCall },
    problems: ['BOOKING_NOT_FOUND', 'BOOKING_ENDED', 'PHONE_NUMBER_BLOCKED', ...eightByEightProblems],
    example: {
      path: { bookingId: exampleBooking.bookingId },
      body: { firstParty: 'driver' },
      answer: {
        status: 202,
        body: {
          sessionId: 'session-1',
          bookingId: exampleBooking.bookingId,
          firstParty: 'driver',
        },
      },
    },
    async run({ path, body }) {
      if (sender === undefined) throw notConfigured();
      const booking = await findLive(path.bookingId ?? '');
      const { bookingId } = booking;
      const [first, second] = inOrder(booking.parties, body.firstParty);
      const callflow = callflowOf(first, second, nowMs());
      const call = await askEightByEight(() => sender.sendCallflow(callflow));
      await attach(call, bookingId);
      const { sessionId } = call;
      return { status: 202, body: { sessionId, bookingId, firstParty: first.label ?? null } };
    },
  });
}

function inOrder(parties: Booking['parties'], firstParty: string | number): readonly [Party, Party] {
  const [one, other] = parties;
  const position =
    typeof firstParty === 'number' ? firstParty : parties.findIndex(({ label }) => label === firstParty);
  if (position === -1) {
    throw new ProblemError('INVALID_REQUEST', 'The booking has no party of that label.', {
      issues: [{ path: 'firstParty', message: 'must be the label of a party of the booking, or 0 or 1' }],
    });
  }
  return position === 0 ? [one, other] : [other, one];
}

function callflowOf(first: Party, second: Party, nowMs: number): OutboundCallflow {
  return outboundCallflow([ring(first), ring(second)], { validUntilMs: nowMs + CALLFLOW_LIFE_MS });
}

function ring({ phoneNumbers: [destination], virtualNumber: source }: Party) {
  if (destination === undefined) throw new Error('A party of a booking has no phone number.');
  return makeCall({ source, destination });
}

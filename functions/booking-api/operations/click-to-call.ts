import * as z from 'zod';
import type { CallflowSender } from '../../shared/ports/eight-by-eight-account.ts';
import { type RingPartiesDependencies, ringParties } from '../../shared/use-cases/ring-parties.ts';
import { askEightByEight, eightByEightProblems, notConfigured } from '../eight-by-eight-problems.ts';
import { exampleBooking } from '../examples.ts';
import { type Operation, operation } from '../operation.ts';

export interface ClickToCallDependencies extends RingPartiesDependencies {
  /** Undefined where the deployment has no API key of 8x8. */
  readonly sender: CallflowSender | undefined;
}

const requestBody = z
  .strictObject(
    {
      firstParty: z
        .union(
          [z.string().min(1), z.literal([0, 1])],
          'must be the label of a party, or 0 or 1 for its position',
        )
        .optional()
        .describe(
          'Who is rung first: the label of a party, or its position. The other one is rung next. Unless said, the ' +
            'party that may call; the first one where both may.',
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
  const { sender } = deps;
  const ring = ringParties(deps);
  return operation({
    routeKey: 'POST /v1/bookings/{bookingId}/calls',
    operationId: 'startCall',
    tag: 'Calls',
    summary: 'Ring one party of the booking, then the other.',
    description:
      'Each sees the virtual number that it knows. The direction and the limits of the booking hold as if the party ' +
      'that is rung first had dialled, and the call counts. Such calls cannot be recorded.',
    body: requestBody,
    bodyMayBeAbsent: true,
    takesIdempotencyKey: true,
    answers: { 202: startedCall },
    problems: [
      'BOOKING_NOT_FOUND',
      'BOOKING_ENDED',
      'PHONE_NUMBER_NOT_ALLOWED',
      'PHONE_NUMBER_BLOCKED',
      'DIRECTION_NOT_ALLOWED',
      'CALL_LIMIT_REACHED',
      'CALL_UNDER_WAY',
      'IDEMPOTENCY_KEY_REUSED',
      ...eightByEightProblems,
    ],
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
    async run({ path: { bookingId = '' }, body: { firstParty }, idempotencyKey }) {
      if (sender === undefined) throw notConfigured();
      const call = await askEightByEight(() => ring({ bookingId, firstParty, idempotencyKey }, sender));
      const label = call.booking.parties[call.firstParty].label ?? null;
      return { status: 202, body: { sessionId: call.sessionId, bookingId, firstParty: label } };
    },
  });
}

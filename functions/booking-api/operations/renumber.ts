import * as z from 'zod';
import { countryOf } from '../../shared/domain/number-class.ts';
import { type RenumberDependencies, renumberBookings } from '../../shared/use-cases/renumber-bookings.ts';
import { exampleBooking, exampleFreeNumber, exampleNumber } from '../examples.ts';
import { type Operation, operation } from '../operation.ts';
import { countryBesideNumber, numberOfPath } from '../phone-numbers.ts';

/** Well below the time for which the gateway waits, so that what is under way can still be reported. */
const BUDGET_MS = 20_000;
const MOST_AT_ONCE = 500;

const renumberRequest = z
  .strictObject(
    {
      limit: z
        .int('must be a whole number')
        .min(1, 'must be at least 1')
        .max(MOST_AT_ONCE, `must be at most ${MOST_AT_ONCE}`)
        .default(MOST_AT_ONCE)
        .meta({ description: 'How many bookings are tried.' }),
    },
    'must be a JSON object',
  )
  .meta({ id: 'RenumberRequest' });

const renumbering = z
  .object({
    moved: z.array(
      z.object({ bookingId: z.string(), virtualNumber: z.string() }).meta({ id: 'MovedBooking' }),
    ),
    notMoved: z.array(
      z
        .object({ bookingId: z.string(), code: z.string(), reason: z.string() })
        .meta({ id: 'BookingNotMoved' }),
    ),
    remaining: z.int().meta({ description: 'Live bookings that were not tried; ask again until it is 0.' }),
  })
  .meta({ id: 'Renumbering' });

export type RenumberOperationDependencies = Omit<RenumberDependencies, 'countryOf'>;

/** Moves the live bookings of a virtual number that went bad to other numbers. */
export function renumberOperation(deps: RenumberOperationDependencies): Operation {
  return operation({
    routeKey: 'POST /v1/numbers/{e164}/renumber',
    access: 'manage',
    operationId: 'renumberBookings',
    tag: 'Numbers',
    summary: 'Move the live bookings of a virtual number to other numbers.',
    description: 'For a number that is taken out of use. May be repeated, and is, until `remaining` is 0.',
    query: countryBesideNumber,
    body: renumberRequest,
    bodyMayBeAbsent: true,
    answers: { 200: renumbering },
    problems: ['NUMBER_NOT_FOUND', 'NUMBER_ACTIVE'],
    example: {
      path: { e164: exampleNumber },
      body: { limit: 100 },
      answer: {
        status: 200,
        body: {
          moved: [{ bookingId: exampleBooking.bookingId, virtualNumber: exampleFreeNumber }],
          notMoved: [],
          remaining: 0,
        },
      },
    },
    async run({ path, query, body }) {
      const bounds = { limit: body.limit, budgetMs: BUDGET_MS };
      const { moved, notMoved, remaining } = await renumberBookings(numberOfPath(path, query), bounds, {
        ...deps,
        countryOf,
      });
      return {
        status: 200,
        body: {
          moved: moved.map((move) => ({ ...move, virtualNumber: move.virtualNumber.reveal() })),
          notMoved,
          remaining,
        },
      };
    },
  });
}

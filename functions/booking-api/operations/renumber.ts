import * as z from 'zod';
import { type RenumberDependencies, renumberBookings } from '../../shared/use-cases/renumber-bookings.ts';
import { type Operation, operation } from '../operation.ts';
import { countryOf } from '../values.ts';
import { numberOfPath } from './numbers.ts';

/** Well below the time for which the gateway waits, so that what is under way can still be reported. */
const BUDGET_MS = 20_000;
const MOST_AT_ONCE = 500;

const renumberRequest = z.strictObject(
  {
    limit: z
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(MOST_AT_ONCE, `must be at most ${MOST_AT_ONCE}`)
      .default(MOST_AT_ONCE)
      .meta({ description: 'How many bookings are tried.' }),
  },
  'must be a JSON object',
);

const renumbering = z
  .object({
    moved: z.array(z.object({ bookingId: z.string(), virtualNumber: z.string() })),
    notMoved: z.array(z.object({ bookingId: z.string(), code: z.string(), reason: z.string() })),
    remaining: z.int().meta({ description: 'Live bookings that were not tried; ask again until it is 0.' }),
  })
  .meta({ id: 'Renumbering' });

export type RenumberOperationDependencies = Omit<RenumberDependencies, 'countryOf'>;

/** Moves the live bookings of a virtual number that went bad to other numbers. */
export function renumberOperation(deps: RenumberOperationDependencies): Operation {
  return operation({
    routeKey: 'POST /v1/numbers/{e164}/renumber',
    operationId: 'renumberBookings',
    summary: 'Move the live bookings of a virtual number to other numbers; may be repeated.',
    body: renumberRequest,
    bodyMayBeAbsent: true,
    answers: { 200: renumbering },
    problems: ['NUMBER_NOT_FOUND', 'NUMBER_ACTIVE'],
    async run({ path, body }) {
      const bounds = { limit: body.limit, budgetMs: BUDGET_MS };
      const { moved, notMoved, remaining } = await renumberBookings(numberOfPath(path), bounds, {
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

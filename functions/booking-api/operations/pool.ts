import * as z from 'zod';
import { numberStates } from '../../shared/domain/pool.ts';
import type { PoolCounts } from '../../shared/ports/pool-summary.ts';
import { summarizePool } from '../../shared/use-cases/summarize-pool.ts';
import { type Operation, operation } from '../operation.ts';
import { timeText } from '../values.ts';

export interface PoolOperationDependencies {
  readonly poolCounts: PoolCounts;
  readonly nowMs: () => number;
}

const numberCounts = z
  .record(z.enum(numberStates), z.int())
  .meta({ description: 'The virtual numbers by state; read a moment late at most.' });

const presentedPool = z
  .object({
    asOf: z.string(),
    countries: z.array(
      z.object({
        country: z.string(),
        numbers: numberCounts,
        liveBookings: z.int().meta({
          description:
            'Live bookings on numbers of the country. Approximate: an expired one counts until its minute is over.',
        }),
        busiestPartyHolds: z.int().meta({
          description:
            'The most numbers of the country that one phone number held when one of the bookings that may still ' +
            'live was made. Approximate: what ended early counts until the hour in which it would have expired is over.',
        }),
        headroom: z.int().meta({
          description:
            'Active numbers that the busiest party does not hold: how many more it could be given before a refusal. ' +
            'Where parties share a number, the other party must not hold it either.',
        }),
        headroomPercent: z.int().meta({ description: 'The headroom as a share of the active numbers.' }),
        refusalsLastHour: z.int().meta({ description: 'Bookings refused because no number was free.' }),
      }),
    ),
    refusalsElsewhereLastHour: z.int().meta({
      description: 'Refusals where the pool had no active number of the asked country, or none at all.',
    }),
  })
  .meta({ id: 'Pool' });

/** How near the pool is to a refusal, in counts: no phone number is told. */
export function poolOperation({ poolCounts, nowMs }: PoolOperationDependencies): Operation {
  return operation({
    routeKey: 'GET /v1/pool',
    operationId: 'getPool',
    summary: 'See how the pool of virtual numbers stands in each country.',
    answers: { 200: presentedPool },
    problems: [],
    async run() {
      const atMs = nowMs();
      return { status: 200, body: { asOf: timeText(atMs), ...(await summarizePool(poolCounts, atMs)) } };
    },
  });
}

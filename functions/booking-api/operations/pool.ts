import * as z from 'zod';
import { numberStates } from '../../shared/domain/pool.ts';
import type { PoolCounts } from '../../shared/ports/pool-summary.ts';
import { summarizePool } from '../../shared/use-cases/summarize-pool.ts';
import { EXAMPLE_NOW_MS } from '../examples.ts';
import { type Operation, operation } from '../operation.ts';
import { presentedTime, timeText } from '../values.ts';

export interface PoolOperationDependencies {
  readonly poolCounts: PoolCounts;
  readonly nowMs: () => number;
}

const numberCounts = z
  .record(z.enum(numberStates), z.int())
  .meta({ description: 'The virtual numbers by state; read a moment late at most.' });

const presentedPool = z
  .object({
    asOf: presentedTime,
    countries: z.array(
      z
        .object({
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
        })
        .meta({ id: 'PoolOfCountry' }),
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
    tag: 'Numbers',
    summary: 'See how the pool of virtual numbers stands in each country.',
    description: 'In counts, of which some are approximate; no phone number is told.',
    answers: { 200: presentedPool },
    problems: [],
    example: {
      answer: {
        status: 200,
        body: {
          asOf: timeText(EXAMPLE_NOW_MS),
          countries: [
            {
              country: 'SG',
              numbers: { active: 2, draining: 0, unhealthy: 0, expiring: 0, inactive: 0 },
              liveBookings: 1,
              busiestPartyHolds: 1,
              headroom: 1,
              headroomPercent: 50,
              refusalsLastHour: 0,
            },
          ],
          refusalsElsewhereLastHour: 0,
        },
      },
    },
    async run() {
      const atMs = nowMs();
      return { status: 200, body: { asOf: timeText(atMs), ...(await summarizePool(poolCounts, atMs)) } };
    },
  });
}

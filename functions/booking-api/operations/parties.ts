import * as z from 'zod';
import { countMetric, type Logger } from '../../shared/observability/logger.ts';
import { metricNames } from '../../shared/observability/metric-names.ts';
import { type ErasureDependencies, eraseParty } from '../../shared/use-cases/erase-party.ts';
import { exampleRider } from '../examples.ts';
import { type Operation, operation } from '../operation.ts';
import { countryBesideNumber, numberOfPath } from '../phone-numbers.ts';

/** Well within the time for which the gateway waits, so that the answer tells how far the work has come. */
const PATIENCE_MS = 20_000;

export interface PartyOperationDependencies extends Omit<ErasureDependencies, 'patienceMs'> {
  readonly logger: Logger;
  readonly patienceMs?: number;
}

const count = z.int().min(0);

/** What is answered to an erasure. */
export const presentedErasure = z
  .object({
    erased: z
      .object({
        bookings: count,
        claims: count,
        sessions: count,
        recordings: count,
        repeatableAnswers: count,
        personRows: count,
      })
      .meta({ id: 'ErasureCounts' }),
    complete: z
      .boolean()
      .describe('False: send the request again, and the erasure goes on where it stopped.'),
  })
  .meta({ id: 'Erasure' });

/** People: erase what is kept of one. */
export function partyOperations({ logger, patienceMs, ...deps }: PartyOperationDependencies): Operation[] {
  return [
    operation({
      routeKey: 'DELETE /v1/parties/{e164}',
      access: 'erase',
      operationId: 'eraseParty',
      tag: 'Privacy',
      summary: 'Erase a person: every trace of a phone number.',
      description:
        'The bookings, calls, recordings and everything else that names the number; live bookings are cancelled ' +
        'first. Much to erase may take several requests: repeat it until `complete` is true.',
      query: countryBesideNumber,
      answers: { 200: presentedErasure },
      problems: [],
      example: {
        path: { e164: exampleRider },
        answer: {
          status: 200,
          body: {
            erased: {
              bookings: 1,
              claims: 2,
              sessions: 1,
              recordings: 1,
              repeatableAnswers: 1,
              personRows: 0,
            },
            complete: true,
          },
        },
      },
      async run({ path, query }) {
        const report = await eraseParty(numberOfPath(path, query), {
          ...deps,
          patienceMs: patienceMs ?? PATIENCE_MS,
        });
        if (report.complete) {
          logger.info('PARTY_ERASED', { count: report.erased.bookings + report.erased.sessions }, [
            countMetric(metricNames.partyErased),
          ]);
        }
        return { status: 200, body: report };
      },
    }),
  ];
}

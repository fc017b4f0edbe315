import * as z from 'zod';
import type { InvocationOutcome } from '../lambda/runtime-api.ts';

/** Which records of a batch a function could not process. */
export type BatchResult = 'all-failed' | ReadonlySet<string>;

const AnswerSchema = z
  .looseObject({ batchItemFailures: z.array(z.looseObject({ itemIdentifier: z.string().min(1) })).nullish() })
  .nullish();

/**
 * Reads what became of a batch as Lambda reads it: without partial answers a success means all records; with them
 * the answer lists the failures, and an answer that makes no sense means that all records failed.
 *
 * @param identifiers of the records in the batch.
 */
export function readBatchResult(
  outcome: InvocationOutcome,
  identifiers: readonly string[],
  reportsItemFailures: boolean,
): BatchResult {
  if (outcome.kind !== 'answered') return 'all-failed';
  if (!reportsItemFailures) return new Set();
  const answer = AnswerSchema.safeParse(parse(outcome.payload));
  if (!answer.success) return 'all-failed';
  const failed = (answer.data?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
  return failed.every((identifier) => identifiers.includes(identifier)) ? new Set(failed) : 'all-failed';
}

function parse(payload: string): unknown {
  return payload === '' ? null : JSON.parse(payload);
}

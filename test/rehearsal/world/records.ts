import { compilePattern } from '../../../lib/local-cloud/template/event-pattern.ts';
import type { Outcome } from './lambda.ts';

/** Whether a record fits any of the patterns; without patterns every one does. */
export function passes(patterns: readonly unknown[] | undefined): (record: unknown) => boolean {
  if (patterns === undefined) return () => true;
  const matchers = patterns.map(compilePattern);
  return (record) => matchers.some((matches) => matches(record));
}

/** Which records of a batch failed, as Lambda reads the answer. */
export function failedOf(
  outcome: Outcome,
  reportsItemFailures: boolean,
  identifiers: readonly string[],
): ReadonlySet<string> {
  if (outcome.kind === 'failed') return new Set(identifiers);
  if (!reportsItemFailures) return new Set();
  const { batchItemFailures = [] } = (outcome.payload ?? {}) as {
    batchItemFailures?: { itemIdentifier: string }[];
  };
  const failed = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  return failed.every((one) => identifiers.includes(one)) ? new Set(failed) : new Set(identifiers);
}

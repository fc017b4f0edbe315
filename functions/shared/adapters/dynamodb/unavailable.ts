import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';

/** Names under which DynamoDB or the way to it says: not now. */
const NOT_NOW = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'ThrottlingError',
  'RequestLimitExceeded',
  'TransactionConflictException',
  'TransactionInProgressException',
  'ReplicatedWriteConflictException',
  'InternalServerError',
  'ServiceUnavailable',
  'TimeoutError',
  'AbortError',
]);
const NO_CONNECTION = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT']);

/** Why a transaction was cancelled that will do when it is tried again. */
export const PASSING_REASONS: ReadonlySet<string> = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

/** Whether an error of the store may be gone a moment later, so that the request is worth repeating. */
export function isStoreUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const fault = '$fault' in error ? error.$fault : undefined;
  if (error instanceof TransactionCanceledException) return isPassing(error);
  return NOT_NOW.has(error.name) || NO_CONNECTION.has(code) || fault === 'server';
}

/** A transaction that was only in somebody's way; a condition that does not hold will not hold again. */
function isPassing({ CancellationReasons: reasons = [] }: TransactionCanceledException): boolean {
  const codes = reasons.map(({ Code }) => Code ?? 'None').filter((code) => code !== 'None');
  return codes.length > 0 && codes.every((code) => PASSING_REASONS.has(code));
}

import { type ProblemCode, type ProblemDetails, ProblemError } from '../shared/domain/problems.ts';
import { EightByEightError, type EightByEightErrorKind } from '../shared/ports/eight-by-eight-error.ts';

/** The problems of every operation that asks 8x8. */
export const eightByEightProblems = [
  'EIGHT_BY_EIGHT_NOT_CONFIGURED',
  'EIGHT_BY_EIGHT_REFUSED',
  'EIGHT_BY_EIGHT_UNAVAILABLE',
] as const satisfies readonly ProblemCode[];

/** What passes by itself; everything else has to be put right by a person. */
const passing: ReadonlySet<EightByEightErrorKind> = new Set([
  'rate-limited',
  'server',
  'unreachable',
  'timed-out',
]);

/** The problem of an operation that needs 8x8 where the deployment has no API key. */
export function notConfigured(): ProblemError {
  return new ProblemError(
    'EIGHT_BY_EIGHT_NOT_CONFIGURED',
    'This deployment has no API key of 8x8. Set eightByEight.subAccountId and eightByEight.apiKeySecretName and deploy again.',
  );
}

/** Asks 8x8; its failures become problems that say what was being done and what to do. */
export async function askEightByEight<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof EightByEightError ? problemOf(error) : error;
  }
}

function problemOf(error: EightByEightError): ProblemError {
  const code = passing.has(error.kind) ? 'EIGHT_BY_EIGHT_UNAVAILABLE' : 'EIGHT_BY_EIGHT_REFUSED';
  const details: ProblemDetails = {
    reason: error.kind,
    ...(error.code !== undefined && { platformCode: error.code }),
    ...(error.errorId !== undefined && { platformErrorId: error.errorId }),
    ...(error.retryAfterMs !== undefined && { retryAfterSeconds: Math.ceil(error.retryAfterMs / 1000) }),
  };
  return new ProblemError(code, error.message, { details });
}

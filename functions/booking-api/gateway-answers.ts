import * as z from 'zod';
import type { ProblemCode } from '../shared/domain/problems.ts';

/** How API Gateway answers by itself; an HTTP API cannot be told to answer in another shape. */
export const gatewayAnswer = z
  .looseObject({ message: z.string() })
  .meta({ id: 'GatewayAnswer', description: 'An answer of API Gateway itself.' });

/** Answers that a request may get before, or instead of, that of the function: why, by status. */
export const gatewayAnswers: Readonly<Record<number, { readonly code?: ProblemCode; readonly why: string }>> =
  {
    401: { code: 'UNAUTHENTICATED', why: 'The bearer is missing, expired or of another issuer.' },
    403: {
      code: 'UNAUTHENTICATED',
      why: 'The signature is missing or wrong, or the caller lacks the right.',
    },
    413: { why: 'The body is larger than API Gateway accepts.' },
    429: { code: 'TOO_MANY_REQUESTS', why: 'The throttle of the stage was reached.' },
    500: { why: 'The function ended without an answer.' },
    503: { why: 'The function was not reached, or did not answer in time.' },
  };

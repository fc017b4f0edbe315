import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type ProblemError, problems } from '../domain/problems.ts';

/** Renders an expected failure as RFC 9457 `application/problem+json`, with its code and what was wrong where. */
export function problemAnswer(error: ProblemError): APIGatewayProxyStructuredResultV2 {
  const { status, title } = problems[error.code];
  return {
    statusCode: status,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify({
      ...error.details,
      type: 'about:blank',
      title,
      status,
      detail: error.message,
      code: error.code,
      ...(error.issues.length > 0 && { errors: error.issues }),
    }),
  };
}

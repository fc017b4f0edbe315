import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { ProblemError } from '../domain/problems.ts';
import { bodyText } from './body-text.ts';

/** More than any request of this service needs, and what one message of a queue may hold. */
const LARGEST_BODY_BYTES = 256 * 1024;

/** A body as it was sent and as what it means. */
export interface JsonBody {
  readonly text: string;
  readonly value: unknown;
}

type BodyEvent = Pick<APIGatewayProxyEventV2, 'body' | 'isBase64Encoded'>;

/**
 * Reads the JSON body of a request, encoded or not.
 * @throws ProblemError `BODY_TOO_LARGE` above 256 KB, `INVALID_REQUEST` at `body` when it is not JSON.
 */
export function readJsonBody(event: BodyEvent): JsonBody {
  const text = bodyText(event);
  if (Buffer.byteLength(text) > LARGEST_BODY_BYTES) {
    throw new ProblemError('BODY_TOO_LARGE', `The body must not be longer than ${LARGEST_BODY_BYTES} bytes.`);
  }
  try {
    return { text, value: JSON.parse(text) };
  } catch {
    // The parser's own message quotes the body, which may hold a phone number.
    throw new ProblemError('INVALID_REQUEST', 'The body is not JSON.', {
      issues: [{ path: 'body', message: 'must be JSON text in UTF-8' }],
    });
  }
}

import * as z from 'zod';
import type { InvocationOutcome } from '../lambda/runtime-api.ts';

/** What goes back to the client. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Buffer;
}

const ProxyResponseSchema = z.looseObject({
  statusCode: z.int().min(100).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** Lambda lets an answer have 6 MB. */
const LARGEST_RESPONSE_BYTES = 6 * 1024 * 1024;

export const badRequest = message(400, 'Bad Request');
export const notFound = message(404, 'Not Found');
export const tooLarge = message(413, 'Request Entity Too Large');
/** The function failed: it threw, crashed, ran out of its time, or answered what is no HTTP response. */
export const internalError = message(500, 'Internal Server Error');
/** The function did not get to answer: it was throttled, or the gateway's own patience ended. */
export const unavailable = message(503, 'Service Unavailable');

/** Turns what became of an invocation into the answer that API Gateway gives for it. */
export function answerFrom(outcome: InvocationOutcome): HttpAnswer {
  if (outcome.kind === 'throttled') return unavailable;
  if (outcome.kind === 'failed') return internalError;
  if (Buffer.byteLength(outcome.payload) > LARGEST_RESPONSE_BYTES) return internalError;
  return readResponse(JSON.parse(outcome.payload));
}

function readResponse(response: unknown): HttpAnswer {
  if (typeof response !== 'object' || response === null || !('statusCode' in response)) {
    const body = typeof response === 'string' ? response : JSON.stringify(response);
    return { status: 200, headers: { 'content-type': 'application/json' }, body };
  }
  const parsed = ProxyResponseSchema.safeParse(response);
  if (!parsed.success) return internalError;
  const { statusCode, headers, cookies, body, isBase64Encoded } = parsed.data;
  return {
    status: statusCode,
    headers: {
      'content-type': 'text/plain;charset=UTF-8',
      ...Object.fromEntries(
        Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
      ),
      ...(cookies && cookies.length > 0 && { 'set-cookie': cookies }),
    },
    body: isBase64Encoded === true ? Buffer.from(body ?? '', 'base64') : (body ?? ''),
  };
}

function message(status: number, text: string): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message: text }),
  };
}

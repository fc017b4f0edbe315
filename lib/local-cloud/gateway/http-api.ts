import {
  type IncomingMessage,
  type ServerResponse,
  validateHeaderName,
  validateHeaderValue,
} from 'node:http';
import type { LambdaService } from '../lambda/lambda-service.ts';
import type { RouteDefinition } from '../template/route-definitions.ts';
import {
  answerFrom,
  type HttpAnswer,
  internalError,
  notFound,
  tooLarge,
  unavailable,
} from './http-answer.ts';
import { createHttpEvent } from './http-event.ts';
import { createRouteMatcher } from './http-routing.ts';
import { readTarget } from './request-target.ts';

/** API Gateway refuses larger requests. */
const LARGEST_BODY_BYTES = 10 * 1024 * 1024;

/** Answers one HTTP request as the deployed API would. */
export type HttpApi = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Serves the routes of the template with their functions. Authorizers are not asked: on one machine the API is
 * open and bound to loopback.
 */
export function createHttpApi(routes: readonly RouteDefinition[], lambda: LambdaService): HttpApi {
  const matchRoute = createRouteMatcher(routes);

  return async (request, response) => {
    const body = await readBody(request, LARGEST_BODY_BYTES);
    const match = matchRoute(request.method ?? 'GET', readTarget(request).path);
    if (match === undefined) return send(response, notFound);
    if (body === undefined) return send(response, tooLarge);
    const event = createHttpEvent(request, body, match);
    const { functionName, integrationTimeoutMs } = match.route;
    const answer = await withinTime(
      lambda.invoke(functionName, event).then(answerFrom),
      integrationTimeoutMs,
    );
    send(response, answer, { 'apigw-requestid': event.requestContext.requestId });
  };
}

/** Reads a whole body; undefined when it is larger than allowed. The rest of it is still taken off the wire. */
export async function readBody(request: IncomingMessage, largestBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= largestBytes) chunks.push(chunk);
  }
  return size > largestBytes ? undefined : Buffer.concat(chunks);
}

/** Sends an answer; one with a header that HTTP does not allow becomes an internal error, as the gateway's would. */
export function send(
  response: ServerResponse,
  answer: HttpAnswer,
  extraHeaders: Readonly<Record<string, string>> = {},
): void {
  if (response.destroyed || response.headersSent) return;
  const { status, headers, body } = areValid(answer.headers) ? answer : internalError;
  response.writeHead(status, {
    ...headers,
    ...extraHeaders,
    'content-length': String(Buffer.byteLength(body)),
  });
  response.end(body);
}

function areValid(headers: HttpAnswer['headers']): boolean {
  try {
    for (const [name, values] of Object.entries(headers)) {
      validateHeaderName(name);
      for (const value of [values].flat()) validateHeaderValue(name, value);
    }
    return true;
  } catch {
    return false;
  }
}

async function withinTime(answer: Promise<HttpAnswer>, timeoutMs: number): Promise<HttpAnswer> {
  const { promise, resolve } = Promise.withResolvers<HttpAnswer>();
  const timeout = setTimeout(() => resolve(unavailable), timeoutMs);
  try {
    return await Promise.race([answer, promise]);
  } finally {
    clearTimeout(timeout);
  }
}

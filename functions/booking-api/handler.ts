import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type * as z from 'zod';
import { type InputIssue, numbersNotAllowed, ProblemError } from '../shared/domain/problems.ts';
import { bodyText } from '../shared/http/body-text.ts';
import { problemAnswer } from '../shared/http/problem-answer.ts';
import type { Logger } from '../shared/observability/logger.ts';
import { type AccessRules, requireAccess } from './access.ts';
import { accessOf, type Operation } from './operation.ts';
import { notAllowed } from './phone-numbers.ts';

/** The largest body that is read; a booking takes a hundredth of it. */
const LARGEST_BODY_BYTES = 256 * 1024;
/** Longer than any id or phone number; the store's keys end at a kilobyte. */
const LONGEST_PATH_VALUE = 255;
/** The names in the schemas, and positions in lists. */
const NAME_OF_A_FIELD = /^([A-Za-z-]{1,40}|e164|\d{1,2})$/;
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

export interface BookingApiDependencies {
  readonly operations: readonly Operation[];
  readonly logger: Logger;
  /** What tokens may do; absent where none is asked for. */
  readonly access?: AccessRules | undefined;
  /** Whether a failure is the store's and may pass. */
  readonly isStoreUnavailable: (error: unknown) => boolean;
}

type Request = APIGatewayProxyEventV2;
type Answer = APIGatewayProxyStructuredResultV2;

function invalid(issues: readonly InputIssue[]): ProblemError {
  return new ProblemError('INVALID_REQUEST', 'The request has values that cannot be used; see `errors`.', {
    issues,
  });
}

/** One issue per wrong field; fields that are not known are named one by one. */
function issuesOf(error: z.ZodError): InputIssue[] {
  return error.issues.flatMap((issue) => {
    const at = issue.path.map(String);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: [...at, key].join('.'), message: 'is not a known field' }));
    }
    return [{ path: at.join('.') || 'body', message: issue.message }];
  });
}

/** A request whose only faults are numbers that must not be called is answered with the problem that says so. */
function problemOf(error: z.ZodError): ProblemError {
  const issues = issuesOf(error);
  const onlyNotAllowed = error.issues.every(
    (issue) => issue.code === 'custom' && issue.params?.problem === notAllowed.problem,
  );
  return onlyNotAllowed ? numbersNotAllowed(issues) : invalid(issues);
}

function validated(schema: z.ZodType | undefined, value: unknown): unknown {
  if (schema === undefined) return undefined;
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw problemOf(parsed.error);
  return parsed.data;
}

function readBody(request: Request): unknown {
  const text = bodyText(request);
  if (Buffer.byteLength(text) > LARGEST_BODY_BYTES) {
    throw new ProblemError('BODY_TOO_LARGE', `A body may have ${LARGEST_BODY_BYTES} bytes.`);
  }
  try {
    return text === '' ? undefined : JSON.parse(text, refusePrototype);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw invalid([{ path: 'body', message: 'must be JSON' }]);
  }
}

/** In JavaScript this name is the kind of an object and no value of it: whatever it carried would vanish unseen. */
function refusePrototype(name: string, value: unknown): unknown {
  if (name !== '__proto__') return value;
  throw invalid([{ path: 'body', message: 'must not have a field named `__proto__`' }]);
}

function idempotencyKeyOf(request: Request, operation: Operation): string | undefined {
  const key = operation.takesIdempotencyKey ? request.headers['idempotency-key'] : undefined;
  if (key === undefined || IDEMPOTENCY_KEY.test(key)) return key;
  throw invalid([{ path: 'Idempotency-Key', message: 'must be 1 to 255 visible ASCII characters' }]);
}

function pathOf(request: Request): Record<string, string> {
  const path: Record<string, string> = {};
  for (const [name, value = ''] of Object.entries(request.pathParameters ?? {})) {
    if (value.length > LONGEST_PATH_VALUE || !value.isWellFormed()) {
      throw invalid([{ path: name, message: `must be a text of at most ${LONGEST_PATH_VALUE} characters` }]);
    }
    path[name] = value;
  }
  return path;
}

/** A path without the names that the client chose: somebody may name a field after a phone number. */
function loggable(path: string): string {
  return path
    .split('.')
    .map((name) => (NAME_OF_A_FIELD.test(name) ? name : '*'))
    .join('.');
}

/** The booking API: validates a request, runs its operation, and answers every failure as a problem. */
export function createBookingApiHandler(deps: BookingApiDependencies) {
  const { operations, logger, access, isStoreUnavailable } = deps;
  const byRoute = new Map(operations.map((operation) => [operation.routeKey, operation]));

  async function answer(request: Request): Promise<Answer> {
    const operation = byRoute.get(request.routeKey);
    if (operation === undefined) throw new ProblemError('NOT_FOUND', 'This route is not part of the API.');
    if (access !== undefined) requireAccess(request, accessOf(operation), access);
    const body = validated(operation.body, readBody(request) ?? (operation.bodyMayBeAbsent ? {} : undefined));
    const {
      status,
      body: result,
      headers,
    } = await operation.run({
      path: pathOf(request),
      query: validated(operation.query, request.queryStringParameters ?? {}),
      body,
      idempotencyKey: idempotencyKeyOf(request, operation),
    });
    if (result === undefined) return { statusCode: status, ...(headers && { headers: { ...headers } }) };
    return {
      statusCode: status,
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
      body: JSON.stringify(result),
    };
  }

  return middy<Request, Answer>()
    .use({
      onError: function problemOnError(request) {
        const { error, event } = request;
        if (error instanceof ProblemError) {
          logger.info('REQUEST_REFUSED', {
            routeKey: event.routeKey,
            problem: error.code,
            paths: error.issues.map(({ path }) => loggable(path)),
          });
          request.response = problemAnswer(error);
          return;
        }
        logger.error('REQUEST_FAILED', error, { routeKey: event.routeKey });
        request.response = problemAnswer(
          isStoreUnavailable(error)
            ? new ProblemError(
                'STORE_UNAVAILABLE',
                'The store did not answer in time. Try again in a moment.',
              )
            : new ProblemError('INTERNAL', 'Something of ours failed. Nothing was half-written; try again.'),
        );
      },
    })
    .handler(answer);
}

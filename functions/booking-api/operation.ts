import type * as z from 'zod';
import type { ProblemCode } from '../shared/domain/problems.ts';
import type { AccessLevel } from './access.ts';

/** The chapters of the API's description, and what each is about. */
export const operationTags = {
  Bookings: 'Two parties and the virtual number through which they call each other.',
  Calls: 'The record of calls: who reached whom, why, for how long, and the recordings.',
  Numbers: 'The pool of virtual numbers, and how full it is.',
  Conversations: 'What callers hear and press: menus, and calls that are led by one.',
  Blocklist: 'Phone numbers that are never connected.',
  Privacy: 'What the law gives to people whose numbers are kept.',
  Description: 'The API and its events, described for programs.',
} as const;

/** A chapter of the API's description. */
export type OperationTag = keyof typeof operationTags;

/** A request whose parts have been validated. */
export interface OperationRequest<Body, Query> {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  readonly idempotencyKey: string | undefined;
}

/** A successful answer; without `body` it has none. */
export interface OperationAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How an operation may answer what it was asked for. */
type SuccessStatus = 200 | 201 | 202 | 204;

/** The successful answers of an operation by status; null for one without a body. */
type AnswerSchemas = Readonly<Partial<Record<SuccessStatus, z.ZodType | null>>>;

/** A value that is only told: lists may be read-only. */
type Told<T> = T extends readonly (infer Item)[]
  ? readonly Told<Item>[]
  : T extends object
    ? { readonly [Name in keyof T]: Told<T[Name]> }
    : T;

/** What `run` may answer: one of the statuses, with the body that is promised for it. */
type AnswerOf<Answers extends AnswerSchemas> = {
  [Status in keyof Answers & SuccessStatus]: {
    readonly status: Status;
    readonly headers?: Readonly<Record<string, string>>;
  } & (Answers[Status] extends z.ZodType
    ? { readonly body: Told<z.output<Answers[Status]>> }
    : { readonly body?: undefined });
}[keyof Answers & SuccessStatus];

/**
 * A request that can be sent as it stands, and what it is answered. It stands in the API's description; a test sends
 * it in the world of `examples.ts` and compares the answer to the letter.
 */
export interface OperationExample<Body = unknown, Answer = OperationAnswer> {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Body;
  readonly answer: Answer;
  /** The answer is longer than is shown. */
  readonly abridged?: boolean;
}

/**
 * One operation of the API. The router runs it, and the OpenAPI document is generated from it, so what is
 * documented is what is validated.
 */
export interface Operation {
  /** As API Gateway names the route, such as `GET /v1/bookings/{bookingId}`. */
  readonly routeKey: string;
  readonly operationId: string;
  readonly tag: OperationTag;
  /** What its caller must be allowed; unless said, `read` for a GET and `book` for anything else. */
  readonly access?: AccessLevel;
  /** What it does, in a line. */
  readonly summary: string;
  /** What a caller has to know besides. */
  readonly description: string;
  readonly body?: z.ZodType;
  /** An absent body stands for `{}`. */
  readonly bodyMayBeAbsent?: boolean;
  readonly query?: z.ZodType;
  readonly takesIdempotencyKey?: boolean;
  /** It asks nothing of the store, which therefore cannot fail it. */
  readonly needsNoStore?: boolean;
  readonly answers: AnswerSchemas;
  /** What can go wrong besides what can go wrong everywhere. */
  readonly problems: readonly ProblemCode[];
  readonly example: OperationExample;
  run(request: OperationRequest<unknown, unknown>): Promise<OperationAnswer>;
}

interface OperationDefinition<Body extends z.ZodType, Query extends z.ZodType, Answers extends AnswerSchemas>
  extends Omit<Operation, 'body' | 'query' | 'answers' | 'example' | 'run'> {
  readonly body?: Body;
  readonly query?: Query;
  readonly answers: Answers;
  readonly example: OperationExample<z.input<Body>, AnswerOf<Answers>>;
  run(request: OperationRequest<z.output<Body>, z.output<Query>>): Promise<AnswerOf<Answers>>;
}

/**
 * Defines an operation. `run` gets its body and query in the types of their schemas, and may answer only what
 * `answers` promises: another status, a missing field or one of another type does not compile.
 */
export function operation<
  const Answers extends AnswerSchemas,
  Body extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
>(definition: OperationDefinition<Body, Query, Answers>): Operation {
  // The router validates body and query with these very schemas before it calls `run`.
  return definition as Operation;
}

/** What a caller of the operation must be allowed. */
export function accessOf({ access, routeKey }: Pick<Operation, 'access' | 'routeKey'>): AccessLevel {
  return access ?? (routeKey.startsWith('GET ') ? 'read' : 'book');
}

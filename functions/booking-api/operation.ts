import type * as z from 'zod';
import type { ProblemCode } from '../shared/domain/problems.ts';

/** A request whose parts have been validated. */
export interface OperationRequest<Body, Query> {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  readonly idempotencyKey: string | undefined;
}

/** A successful answer; `undefined` as body answers without one. */
export interface OperationAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * One operation of the API. The router runs it, and the OpenAPI document is generated from it, so what is
 * documented is what is validated.
 */
export interface Operation {
  /** As API Gateway names the route, such as `GET /v1/bookings/{bookingId}`. */
  readonly routeKey: string;
  readonly operationId: string;
  readonly summary: string;
  readonly body?: z.ZodType;
  /** An absent body stands for `{}`. */
  readonly bodyMayBeAbsent?: boolean;
  readonly query?: z.ZodType;
  readonly takesIdempotencyKey?: boolean;
  /** It asks nothing of the store, which therefore cannot fail it. */
  readonly needsNoStore?: boolean;
  /** The successful answers by status; null for one without a body. */
  readonly answers: Readonly<Record<number, z.ZodType | null>>;
  /** What can go wrong besides what can go wrong everywhere. */
  readonly problems: readonly ProblemCode[];
  run(request: OperationRequest<unknown, unknown>): Promise<OperationAnswer>;
}

interface OperationDefinition<Body extends z.ZodType, Query extends z.ZodType>
  extends Omit<Operation, 'body' | 'query' | 'run'> {
  readonly body?: Body;
  readonly query?: Query;
  run(request: OperationRequest<z.output<Body>, z.output<Query>>): Promise<OperationAnswer>;
}

/** Defines an operation; `run` gets its body and query in the types of their schemas. */
export function operation<Body extends z.ZodType = z.ZodUndefined, Query extends z.ZodType = z.ZodUndefined>(
  definition: OperationDefinition<Body, Query>,
): Operation {
  // The router validates body and query with these very schemas before it calls `run`.
  return definition as Operation;
}

import * as z from 'zod';

/** A request as the routes see it: path parameters decoded, the body as text. */
export interface SimulatorRequest {
  readonly method: string;
  readonly path: string;
  /** Where the simulator was reached, such as `http://127.0.0.1:3001`. */
  readonly origin: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly body: string;
  readonly params: { readonly [name: string]: string };
}

/** An answer: JSON, a text of another type, or nothing but a status. */
export interface SimulatorAnswer {
  readonly status: number;
  readonly json?: unknown;
  readonly text?: { readonly contentType: string; readonly content: string };
  readonly headers?: { readonly [name: string]: string };
  /** Cut the connection instead of answering. */
  readonly reset?: boolean;
  /** Called when the answer has left. */
  readonly afterwards?: () => void;
}

/** One operation of the simulator; path segments such as `{sessionId}` are parameters. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** What it does, for the list of routes. */
  readonly summary: string;
  handle(request: SimulatorRequest): SimulatorAnswer | Promise<SimulatorAnswer>;
}

/** The answer of an operation that did what it was asked. */
export function ok(json: unknown): SimulatorAnswer {
  return { status: 200, json };
}

/** A request to the simulator's own endpoints that cannot be served. The message tells what to do. */
export class SimulatorRequestError extends Error {
  override readonly name = 'SimulatorRequestError';
  readonly status: number;
  readonly code: string;
  readonly errors: readonly { readonly path: string; readonly message: string }[];

  constructor(status: number, code: string, message: string, errors: SimulatorRequestError['errors'] = []) {
    super(message);
    this.status = status;
    this.code = code;
    this.errors = errors;
  }
}

/**
 * Reads a JSON body by its schema; an empty body stands for `{}`.
 * @throws SimulatorRequestError 400 with the path and reason of everything that is wrong.
 */
export function readBody<Schema extends z.ZodType>(schema: Schema, body: string): z.output<Schema> {
  const result = schema.safeParse(parseJson(body));
  if (result.success) return result.data;
  throw new SimulatorRequestError(
    400,
    'INVALID_REQUEST',
    'The request has wrong fields; each is listed with its reason.',
    describeIssues(result.error),
  );
}

/** Lists what a schema found wrong, one entry per field. */
export function describeIssues(error: z.ZodError): { path: string; message: string }[] {
  return error.issues.map((issue) => ({ path: z.core.toDotPath(issue.path), message: issue.message }));
}

function parseJson(body: string): unknown {
  if (body.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(body);
    return value;
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'not JSON';
    throw new SimulatorRequestError(400, 'INVALID_JSON', `The body is not JSON: ${reason}`);
  }
}

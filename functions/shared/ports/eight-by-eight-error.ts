/** What went wrong between us and 8x8's management API, as far as a program has to tell it apart. */
export type EightByEightErrorKind =
  /** Our own settings cannot be used; nothing was sent. */
  | 'misconfigured'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  /** 8x8 understood the request and refused its content. */
  | 'invalid'
  /** A callflow was refused; `code` is 8x8's reason, such as -1014. */
  | 'callflow-rejected'
  | 'rate-limited'
  | 'tls-too-old'
  | 'server'
  | 'unreachable'
  | 'timed-out'
  /** An answer outside the documentation: a redirect, a proxy's page, a shape that cannot be read. */
  | 'unexpected-answer';

export interface EightByEightErrorDetails {
  readonly kind: EightByEightErrorKind;
  /** What was being done, such as `list the webhooks`. */
  readonly operation: string;
  /** What happened, without a final stop. Never holds a key, a password or a phone number. */
  readonly problem: string;
  /** One sentence: what to do about it. */
  readonly advice: string;
  /** HTTP status, when there was an answer. */
  readonly status?: number;
  /** 8x8's own code: a negative number for callflows, digits for the configuration API. */
  readonly code?: string;
  /** 8x8's id of the failure, to be quoted to its support. */
  readonly errorId?: string;
  /** How long 8x8 asked us to wait. */
  readonly retryAfterMs?: number;
  /** False only when the request was surely not carried out. */
  readonly mayHaveTakenEffect?: boolean;
}

/**
 * A failed exchange with 8x8's management API. Its message says what was being done, what happened and what to do,
 * and is safe to print: it is built from checked parts only and carries no `cause`, because the errors below it may
 * hold the request and with it the key.
 */
export class EightByEightError extends Error {
  override readonly name = 'EightByEightError';
  readonly kind: EightByEightErrorKind;
  readonly operation: string;
  readonly advice: string;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly errorId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly mayHaveTakenEffect: boolean;

  constructor(details: EightByEightErrorDetails) {
    super(describe(details));
    this.kind = details.kind;
    this.operation = details.operation;
    this.advice = details.advice;
    this.status = details.status;
    this.code = details.code;
    this.errorId = details.errorId;
    this.retryAfterMs = details.retryAfterMs;
    this.mayHaveTakenEffect = details.mayHaveTakenEffect ?? false;
  }
}

function describe(details: EightByEightErrorDetails): string {
  const { operation, problem, advice, status, code, errorId, retryAfterMs } = details;
  const facts = [
    ...(status === undefined ? [] : [`HTTP ${status}`]),
    ...(code === undefined ? [] : [`code ${code}`]),
    ...(errorId === undefined ? [] : [`error id ${errorId}`]),
    ...(retryAfterMs === undefined ? [] : [`to be tried again after ${Math.ceil(retryAfterMs / 1000)} s`]),
  ];
  const inBrackets = facts.length === 0 ? '' : ` (${facts.join(', ')})`;
  return `Could not ${operation}: ${problem}${inBrackets}. ${advice}`;
}

/** One thing that was wrong with a request, and where. The message never repeats the value. */
export interface InputIssue {
  readonly path: string;
  readonly message: string;
}

/**
 * Every problem the API answers with, defined here once: the stable code, its HTTP status and its title
 * (RFC 9457). Clients branch on the code.
 */
export const problems = {
  INVALID_REQUEST: { status: 400, title: 'The request is not valid' },
  PHONE_NUMBER_NOT_ALLOWED: { status: 400, title: 'The phone number is not one that is called here' },
  UNAUTHENTICATED: { status: 401, title: 'The caller is not authenticated' },
  FORBIDDEN: { status: 403, title: 'The caller may not do this' },
  NOT_FOUND: { status: 404, title: 'There is no such route' },
  BOOKING_NOT_FOUND: { status: 404, title: 'There is no such booking' },
  SESSION_NOT_FOUND: { status: 404, title: 'There is no such session' },
  RECORDING_NOT_FOUND: { status: 404, title: 'There is no such recording' },
  NUMBER_NOT_FOUND: { status: 404, title: 'The pool has no such virtual number' },
  BLOCK_NOT_FOUND: { status: 404, title: 'The number is not on the blocklist' },
  MENU_NOT_FOUND: { status: 404, title: 'There is no such menu' },
  MENU_IN_USE: { status: 409, title: 'Virtual numbers lead strangers into the menu' },
  BOOKING_ENDED: { status: 409, title: 'The booking has ended' },
  NO_VIRTUAL_NUMBER_AVAILABLE: { status: 409, title: 'No virtual number is free for both parties' },
  PHONE_NUMBER_TAKEN: { status: 409, title: 'The phone number already uses this virtual number' },
  PHONE_NUMBER_BLOCKED: { status: 409, title: 'The phone number is on the blocklist' },
  DIRECTION_NOT_ALLOWED: { status: 409, title: 'The booking is one-way and this party may not call' },
  CALL_LIMIT_REACHED: { status: 409, title: 'The booking allows no more calls' },
  CALL_UNDER_WAY: { status: 409, title: 'An earlier request for this call has no answer yet' },
  PARTY_BEING_ERASED: { status: 409, title: 'A party is being erased' },
  EIGHT_BY_EIGHT_NOT_CONFIGURED: { status: 409, title: 'This deployment has no API key of 8x8' },
  NUMBER_ACTIVE: { status: 409, title: 'The virtual number is still given to new bookings' },
  BODY_TOO_LARGE: { status: 413, title: 'The request body is too large' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'The idempotency key was used for another request' },
  TOO_MANY_REQUESTS: { status: 429, title: 'Too many requests' },
  INTERNAL: { status: 500, title: 'Something went wrong on our side' },
  EIGHT_BY_EIGHT_REFUSED: { status: 502, title: '8x8 refused what was asked of it' },
  EIGHT_BY_EIGHT_UNAVAILABLE: { status: 503, title: '8x8 cannot be reached' },
  STORE_UNAVAILABLE: { status: 503, title: 'The store cannot be reached' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problems;

/** Counts and names that help the reader act on a problem; never a phone number. */
export type ProblemDetails = Readonly<Record<string, number | string | readonly number[]>>;

/** An expected failure of a request, answered as `application/problem+json`. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly issues: readonly InputIssue[];
  readonly details: ProblemDetails;

  /** @param detail a sentence for the person who reads the answer: what was wrong and what to do. */
  constructor(
    code: ProblemCode,
    detail: string,
    extra: { readonly issues?: readonly InputIssue[]; readonly details?: ProblemDetails } = {},
  ) {
    super(detail);
    this.code = code;
    this.issues = extra.issues ?? [];
    this.details = extra.details ?? {};
  }
}

/** Numbers that exist and are not called: of a refused class or country. */
export function numbersNotAllowed(issues: readonly InputIssue[]): ProblemError {
  return new ProblemError(
    'PHONE_NUMBER_NOT_ALLOWED',
    'The request names a phone number that this deployment does not call; see `errors`. The setting `numbers.allowed` ' +
      'says which are called.',
    { issues },
  );
}

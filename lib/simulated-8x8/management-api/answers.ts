import type { SimulatorAnswer } from '../http.ts';
import { isoMilliseconds } from '../model/clock.ts';
import { type Platform, platformUuid } from '../platform.ts';

/** Why a request to the management API is turned down before its operation is reached. */
type Refusal = 'no-key' | 'forbidden' | 'no-sub-account' | 'not-found' | 'server-error' | 'too-many';

const refusals = {
  'no-key': { status: 401, code: 1200, message: 'API key not found or invalid' },
  forbidden: { status: 403, code: 1201, message: 'Resource not accessible' },
  'no-sub-account': { status: 404, code: 404, message: 'Resource not found' },
  'not-found': { status: 404, code: 404, message: 'Resource not found' },
  'server-error': { status: 500, code: 500, message: 'Server error' },
  'too-many': { status: 429, code: 429, message: 'Too many requests' },
} as const satisfies Record<Refusal, { status: number; code: number; message: string }>;

/**
 * How an operation words its errors. Most bodies are undocumented, so they take the platform's generic form; Send
 * Callflow and the numbers have forms of their own.
 */
export type ErrorForm = (platform: Platform, refusal: Refusal, subAccountId: string) => SimulatorAnswer;

/** The platform's generic form: `{ code, message, errorId, timestamp }`. */
export const genericError: ErrorForm = (platform, refusal) => {
  const { status, code, message } = refusals[refusal];
  return { status, json: { code, message, errorId: platformUuid(platform), timestamp: now(platform) } };
};

/** The form of the numbers API: `{ statusCode, statusMessage, timestamp }`. */
export const numbersError: ErrorForm = (platform, refusal) => {
  const { status, message } = refusals[refusal];
  return { status, json: { statusCode: status, statusMessage: message, timestamp: now(platform) } };
};

/** The form of Send Callflow: `{ sessionStatus, callFlowRequestId, statusCode, statusMessage }`. */
export const callflowError: ErrorForm = (platform, refusal, subAccountId) => {
  const { status, message } = refusals[refusal];
  const wording: Partial<Record<Refusal, string>> = {
    'no-key': 'Authentication header not found or token invalid',
    'no-sub-account': `SubAccount not found by Id : ${subAccountId}`,
    'server-error': 'Internal server error',
  };
  return rejectedCallflow(platform, status, status, wording[refusal] ?? message);
};

/** A callflow that was not taken. */
export function rejectedCallflow(
  platform: Platform,
  status: number,
  statusCode: number,
  statusMessage: string,
): SimulatorAnswer {
  return {
    status,
    json: {
      sessionStatus: platform.run.variations.rejectedCallflow,
      callFlowRequestId: platformUuid(platform),
      statusCode,
      statusMessage,
    },
  };
}

/** A body that the configuration operations do not take: 422 with a code that is a text, as documented. */
export function invalidBody(platform: Platform, reason: string): SimulatorAnswer {
  return {
    status: 422,
    json: {
      errorId: platformUuid(platform),
      statusCode: '1001',
      statusMessage: `Invalid JSON request body: ${reason}`,
      timestamp: now(platform),
    },
  };
}

/** The envelope of an operation that succeeded. */
export function succeeded(fields: object, statusMessage = 'ok'): SimulatorAnswer {
  return { status: 200, json: { ...fields, statusCode: 0, statusMessage } };
}

function now(platform: Platform): string {
  return isoMilliseconds(platform.clock.nowMs());
}

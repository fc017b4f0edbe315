import * as z from 'zod';
import { EightByEightError, type EightByEightErrorKind } from '../../../ports/eight-by-eight-error.ts';
import { readName } from '../webhooks/webhook-values.ts';

/** What was asked of 8x8, as far as an error about it may tell. */
export interface FailedRequest {
  readonly operation: string;
  readonly subAccountId: string;
  readonly isCallflow: boolean;
  /** Whether the request changes something at 8x8, so that a lost answer leaves its effect open. */
  readonly changesSomething: boolean;
  /** Texts of the request that no message may repeat: key, password, header value. */
  readonly secrets: readonly string[];
}

/** An answer of 8x8 with its body parsed, as far as it was JSON. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfterMs?: number | undefined;
}

/** 8x8 has several shapes of error bodies and documents few of them; every field of every one is optional here. */
const errorBodySchema = z.object({
  statusCode: z.union([z.number(), z.string()]).nullish().catch(undefined),
  code: z.union([z.number(), z.string()]).nullish().catch(undefined),
  statusMessage: z.string().nullish().catch(undefined),
  message: z.string().nullish().catch(undefined),
  sessionStatus: z.string().nullish().catch(undefined),
  errorId: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .nullish()
    .catch(undefined),
});

const API_KEYS_PAGE = 'connect.8x8.com/messaging/api-keys';

/** What to do, by kind; `{subAccount}` stands for the sub-account's id. */
const advice: Record<EightByEightErrorKind, string> = {
  misconfigured: 'Correct the setting and try again.',
  unauthorized:
    `Compare the API key with the list at ${API_KEYS_PAGE}: it must be enabled and complete. ` +
    'If the account allows certain addresses only, this address must be among them.',
  forbidden:
    `The key is known but may not do this for sub-account "{subAccount}". Use a key of the account that owns it ` +
    `(${API_KEYS_PAGE}), and ask the account manager whether voice, or recording, is enabled for it.`,
  'not-found':
    'Check the sub-account id "{subAccount}" and the base URL; ask the account manager whether voice is enabled.',
  invalid: 'Correct what 8x8 names and try again.',
  'callflow-rejected': 'Correct the callflow and send it again.',
  'rate-limited': 'Wait and try again; ask the account manager for a higher limit if it happens often.',
  'tls-too-old':
    'Use a Node.js and OpenSSL that speak TLS 1.3, or remove the proxy that speaks an older one.',
  server:
    'The fault is at 8x8: try again later, and quote the error id to support@cpaas.8x8.com if it stays.',
  unreachable: 'Check the base URL, the network and any proxy between here and 8x8, then try again.',
  'timed-out': 'Try again; if it stays, check the network and any proxy between here and 8x8.',
  'unexpected-answer':
    'Check that the base URL is that of the 8x8 voice API and that no proxy answers for it.',
};

/** Reasons for which Send Callflow refuses, in words; the codes are 8x8's request status codes. */
const callflowReasons: Readonly<Record<string, string>> = {
  '-1002': 'Name a voice profile that the sub-account offers (see GET speech-profiles).',
  '-1014': 'The source must be a virtual number of this sub-account whose caller ID 8x8 has allowed.',
  '-1015': 'The time in validUntil has passed: send a later one.',
  '-1016': 'Remove the special characters from the text.',
  '-1017': 'The destination must be a phone number in E.164.',
};

const kindOfStatus = new Map<number, EightByEightErrorKind>([
  [400, 'invalid'],
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [422, 'invalid'],
  [426, 'tls-too-old'],
  [429, 'rate-limited'],
]);

/** The error that an answer stands for. Call it for answers that are not a success. */
export function errorOfAnswer(request: FailedRequest, answer: Answer): EightByEightError {
  const parsed = errorBodySchema.safeParse(answer.body);
  const body = parsed.success ? parsed.data : {};
  const code = body.statusCode ?? body.code ?? undefined;
  const message = body.statusMessage ?? body.message;
  const notCreated = isNotCreated(body.sessionStatus);
  const kind = kindOf(request, answer.status);
  return new EightByEightError({
    kind,
    operation: request.operation,
    problem: message ? `8x8 says "${safeText(message, request.secrets)}"` : problemOf(kind, answer),
    advice: adviceFor(kind, request, code === undefined ? undefined : String(code)),
    status: answer.status,
    ...(code !== undefined && { code: safeText(String(code), request.secrets) }),
    ...(body.errorId && { errorId: body.errorId }),
    ...(answer.retryAfterMs !== undefined && { retryAfterMs: answer.retryAfterMs }),
    mayHaveTakenEffect: request.changesSomething && kind === 'server' && !notCreated,
  });
}

/** Whether a callflow was refused, as the JSON of the documentation writes it or as its prose does. */
export function isNotCreated(sessionStatus: string | null | undefined): boolean {
  return readName(sessionStatus) === 'NOT_CREATED';
}

/** The error of an answer that cannot be read as documented. */
export function unreadableAnswer(request: FailedRequest, status: number, problem: string): EightByEightError {
  return new EightByEightError({
    kind: 'unexpected-answer',
    operation: request.operation,
    problem,
    advice: advice['unexpected-answer'],
    status,
    mayHaveTakenEffect: request.changesSomething,
  });
}

/** The error of settings that cannot be used. Nothing was sent. */
export function misconfigured(operation: string, problem: string, whatToDo?: string): EightByEightError {
  return new EightByEightError({
    kind: 'misconfigured',
    operation,
    problem,
    advice: whatToDo ?? advice.misconfigured,
  });
}

/** Network failures before a byte of the request can have reached 8x8. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/;
const TLS_VERSION = /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/;

/**
 * The error of a request that got no answer. Only the system's error code is taken from `thrown`: the rest of it
 * may hold the request.
 */
export function errorOfFailure(
  request: FailedRequest,
  thrown: unknown,
  timeoutMs: number,
): EightByEightError {
  const { operation } = request;
  if (thrown instanceof Error && thrown.name === 'TimeoutError') {
    return new EightByEightError({
      kind: 'timed-out',
      operation,
      problem: `8x8 did not answer within ${timeoutMs} ms`,
      advice: advice['timed-out'],
      mayHaveTakenEffect: request.changesSomething,
    });
  }
  const code = systemCode(thrown);
  const isTlsVersion = code !== undefined && TLS_VERSION.test(code);
  const isCertificate = code !== undefined && CERTIFICATE.test(code);
  return new EightByEightError({
    kind: isTlsVersion ? 'tls-too-old' : 'unreachable',
    operation,
    problem: isCertificate
      ? 'the certificate of the server cannot be trusted'
      : 'no connection could be made',
    advice: isTlsVersion ? advice['tls-too-old'] : advice.unreachable,
    ...(code !== undefined && { code }),
    mayHaveTakenEffect:
      request.changesSomething &&
      !isTlsVersion &&
      !isCertificate &&
      (code === undefined || !NEVER_SENT.has(code)),
  });
}

/** Whether trying again can help: a bad certificate stays bad. */
export function isPassing(error: EightByEightError): boolean {
  if (error.kind === 'server') return error.status !== 501;
  if (error.kind === 'unreachable') return error.code === undefined || !CERTIFICATE.test(error.code);
  return error.kind === 'rate-limited' || error.kind === 'timed-out';
}

/**
 * A callflow that was refused for its content and one that 8x8 could not take have the same body, so the status
 * decides. A success by status whose envelope says otherwise is a refusal of the content.
 */
function kindOf({ isCallflow }: FailedRequest, status: number): EightByEightErrorKind {
  if (status >= 500) return 'server';
  const kind = status < 300 ? 'invalid' : (kindOfStatus.get(status) ?? 'unexpected-answer');
  return isCallflow && kind === 'invalid' ? 'callflow-rejected' : kind;
}

function problemOf(kind: EightByEightErrorKind, { status, retryAfterMs }: Answer): string {
  if (kind === 'unauthorized') return 'the API key is missing, wrong or disabled';
  if (kind === 'rate-limited' && retryAfterMs !== undefined) {
    return `8x8 asks to wait ${Math.ceil(retryAfterMs / 1000)} s`;
  }
  if (status >= 300 && status < 400) return 'the base URL redirects to another address';
  return '8x8 refused without a reason';
}

function adviceFor(kind: EightByEightErrorKind, request: FailedRequest, code: string | undefined): string {
  const reason = kind === 'callflow-rejected' && code !== undefined ? callflowReasons[code] : undefined;
  return reason ?? advice[kind].replace('{subAccount}', request.subAccountId);
}

/** Texts of 8x8 may echo what we sent: secrets and runs of digits that could be a phone number are cut out. */
function safeText(text: string, secrets: readonly string[]): string {
  let safe = text;
  for (const secret of secrets) if (secret !== '') safe = safe.replaceAll(secret, '[secret]');
  return safe.replace(/\+?\d[\d ().-]{5,}\d/g, '[number]').slice(0, 300);
}

function systemCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const own = 'code' in thrown ? thrown.code : undefined;
  if (typeof own === 'string' && /^[A-Z0-9_]{1,64}$/.test(own)) return own;
  return systemCode(thrown.cause);
}

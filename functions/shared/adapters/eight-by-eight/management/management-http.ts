import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { EightByEightError } from '../../../ports/eight-by-eight-error.ts';
import {
  type Answer,
  errorOfAnswer,
  errorOfFailure,
  type FailedRequest,
  isNotCreated,
  isPassing,
  misconfigured,
  unreadableAnswer,
} from './management-errors.ts';

/** 8x8's voice API; the regional hosts of its other products are not documented for voice. */
export const DEFAULT_BASE_URL = 'https://voice.8x8.com';

/** As the OpenAPI file defines it; `&` and `.` are legal, so the segment is always encoded. */
const SUB_ACCOUNT_ID = /^[A-Za-z0-9\-._&]{3,50}$/;

export interface ManagementHttpOptions {
  /** Such as `https://voice.8x8.com`; plain http is taken for a loopback host only, since the key travels with it. */
  readonly baseUrl?: string | undefined;
  readonly subAccountId: string;
  /** Asked before each attempt, so a provider that caches can follow a rotation. */
  readonly apiKey: () => Promise<string>;
  /** For one attempt, from connecting to the last byte of the answer. */
  readonly timeoutMs?: number | undefined;
  /** How often to try at most, the first time included. */
  readonly attempts?: number | undefined;
  /** A `Retry-After` beyond this is not waited for but thrown as `rate-limited`. */
  readonly longestRetryAfterMs?: number | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly sleep?: ((milliseconds: number) => Promise<unknown>) | undefined;
  /** Uniform in [0, 1). */
  readonly random?: (() => number) | undefined;
  readonly nowMs?: (() => number) | undefined;
}

export interface ManagementRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the sub-account, segments encoded, such as `webhooks/VCA`. */
  readonly path: string;
  readonly body?: unknown;
  /** What is being done, such as `list the webhooks`; begins the message of an error. */
  readonly operation: string;
  /** `unless-accepted` is for what must not happen twice: only what surely was not carried out is sent again. */
  readonly retry: 'always' | 'unless-accepted';
  /** The `statusCode` in a successful answer: 0 in the configuration API, 1 for callflows. */
  readonly successCode: 0 | 1;
  /** Texts of the body that must not appear in an error. */
  readonly secrets?: readonly string[];
}

/** What every answer carries beside its content. */
const envelopeSchema = z.object({
  statusCode: z.coerce.number().nullish().catch(undefined),
  sessionStatus: z.string().nullish().catch(undefined),
});

const SECOND_MS = 1000;
const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 8 * SECOND_MS;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Carries requests to 8x8's management API: key, timeout, retries with growing, jittered pauses.
 *
 * TLS: Node offers 1.3 and 8x8 demands it (426 otherwise). A minimum cannot be set on the global `fetch` alone: the
 * dispatcher that would take it is not part of Node's public API, and `tls.DEFAULT_MIN_VERSION` would bind every
 * other client of the process. `NODE_OPTIONS=--tls-min-v1.3` does it where that is wanted.
 */
export class ManagementHttp {
  readonly #options: ManagementHttpOptions;
  readonly #prefix: string;
  readonly #timeoutMs: number;

  /** @throws EightByEightError `misconfigured` for a base URL or sub-account id that cannot be right. */
  constructor(options: ManagementHttpOptions) {
    this.#options = options;
    this.#prefix = prefixOf(options.baseUrl ?? DEFAULT_BASE_URL, options.subAccountId);
    this.#timeoutMs = options.timeoutMs ?? 10 * SECOND_MS;
  }

  /**
   * Sends a request until it succeeds or trying again cannot help.
   * @returns the answer's body as `schema` reads it.
   * @throws EightByEightError
   */
  async send<T>(request: ManagementRequest, schema: z.ZodType<T>): Promise<T> {
    const attempts = this.#options.attempts ?? 4;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(request, schema);
      } catch (error) {
        if (!(error instanceof EightByEightError) || attempt >= attempts) throw error;
        const pauseMs = this.#pauseBeforeRetry(request, error, attempt);
        if (pauseMs === undefined) throw error;
        await (this.#options.sleep ?? wait)(pauseMs);
      }
    }
  }

  async #attempt<T>(request: ManagementRequest, schema: z.ZodType<T>): Promise<T> {
    const apiKey = await this.#apiKey(request.operation);
    const failing: FailedRequest = {
      operation: request.operation,
      subAccountId: this.#options.subAccountId,
      isCallflow: request.path === 'callflows',
      changesSomething: request.method !== 'GET',
      secrets: [apiKey, ...(request.secrets ?? [])],
    };
    const answer = await this.#exchange(request, apiKey).catch((thrown: unknown) => {
      throw errorOfFailure(failing, thrown, this.#timeoutMs);
    });
    const { status, body } = answer;
    if (status < 200 || status > 299) throw errorOfAnswer(failing, answer);
    if (body === NOT_JSON) throw unreadableAnswer(failing, status, 'the answer is not JSON');
    if (!saysSuccess(request, body)) throw errorOfAnswer(failing, answer);
    const read = schema.safeParse(body);
    if (read.success) return read.data;
    throw unreadableAnswer(failing, status, `the answer cannot be read${placesOf(read.error)}`);
  }

  async #exchange({ method, path, body }: ManagementRequest, apiKey: string): Promise<Answer> {
    const response = await (this.#options.fetch ?? fetch)(`${this.#prefix}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${apiKey}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      // A redirect would carry the key to an address that nobody configured.
      redirect: 'manual',
      signal: AbortSignal.timeout(this.#timeoutMs),
    });
    return {
      status: response.status,
      body: parseJson(await response.text()),
      retryAfterMs: this.#retryAfterMs(response.headers.get('retry-after')),
    };
  }

  /** A key with a line break in it would be refused by `fetch` with a message that repeats the key. */
  async #apiKey(operation: string): Promise<string> {
    const apiKey = (await this.#options.apiKey()).trim();
    if (/^[\x21-\x7e]+$/.test(apiKey)) return apiKey;
    const problem =
      apiKey === '' ? 'the API key is empty' : 'the API key holds blanks or other odd characters';
    throw misconfigured(operation, problem, 'Copy the key again from connect.8x8.com/messaging/api-keys.');
  }

  #pauseBeforeRetry(
    request: ManagementRequest,
    error: EightByEightError,
    attempt: number,
  ): number | undefined {
    if (!isPassing(error)) return undefined;
    if (request.retry === 'unless-accepted' && error.mayHaveTakenEffect) return undefined;
    if (error.retryAfterMs !== undefined) {
      const longestMs = this.#options.longestRetryAfterMs ?? 30 * SECOND_MS;
      return error.retryAfterMs <= longestMs ? error.retryAfterMs : undefined;
    }
    const backoffMs = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempt - 1));
    // Half of it at random, so that several callers who failed together do not come back together.
    return backoffMs / 2 + ((this.#options.random ?? Math.random)() * backoffMs) / 2;
  }

  /** `Retry-After` is seconds or an HTTP date (RFC 9110, 10.2.3). */
  #retryAfterMs(header: string | null): number | undefined {
    if (header === null) return undefined;
    if (/^\d+$/.test(header.trim())) return Number(header) * SECOND_MS;
    const atMs = Date.parse(header);
    return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - (this.#options.nowMs ?? Date.now)());
  }
}

function prefixOf(baseUrl: string, subAccountId: string): string {
  const operation = 'talk to 8x8';
  if (!URL.canParse(baseUrl)) throw misconfigured(operation, 'the base URL is not a URL', baseUrlAdvice);
  const { protocol, hostname, origin, pathname } = new URL(baseUrl);
  if (protocol !== 'https:' && !(protocol === 'http:' && LOOPBACK.has(hostname))) {
    throw misconfigured(
      operation,
      'the base URL is not https, so the key could be read on the way',
      baseUrlAdvice,
    );
  }
  if (!SUB_ACCOUNT_ID.test(subAccountId)) {
    const problem = 'the sub-account id is not 3 to 50 letters, digits or - . _ &';
    throw misconfigured(operation, problem, 'Copy the id from the sub-account list of connect.8x8.com.');
  }
  const base = `${origin}${pathname.replace(/\/+$/, '')}`;
  return `${base}/api/v1/subaccounts/${encodeURIComponent(subAccountId)}/`;
}

const baseUrlAdvice = `Use ${DEFAULT_BASE_URL}, or what your account manager named.`;

/** A 200 may carry a refusal in its envelope. Without an envelope the content decides. */
function saysSuccess(request: ManagementRequest, body: unknown): boolean {
  const envelope = envelopeSchema.safeParse(body);
  if (!envelope.success) return true;
  const { statusCode, sessionStatus } = envelope.data;
  return (statusCode ?? request.successCode) === request.successCode && !isNotCreated(sessionStatus);
}

/** Names the fields that could not be read, never their content. */
function placesOf(error: z.ZodError): string {
  const places = new Set(error.issues.map(({ path }) => path.join('.')).filter((path) => path !== ''));
  return places.size === 0 ? '' : ` at ${[...places].slice(0, 3).join(', ')}`;
}

const NOT_JSON = Symbol('not JSON');

/** An empty body is undefined: enough for an answer to a change, and refused by the schema of anything else. */
function parseJson(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return NOT_JSON;
  }
}

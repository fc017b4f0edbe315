import type { WebhookRegistration } from '../model/sub-account.ts';
import type { JsonObject } from '../model/webhook-types.ts';
import { readAtMost } from '../read-at-most.ts';

/** Limits of the simulated webhook client; the platform documents none. */
export interface DeliverySettings {
  /** How long an endpoint may take to answer. */
  readonly timeoutMs: number;
  /** How often an event is sent again when it was not answered with 200. Call action requests are sent once. */
  readonly retries: number;
  /** The longest answer that is read. */
  readonly longestAnswerBytes: number;
}

/** What came of one webhook request. `problem` says in words why there is no (usable) answer. */
export type PostOutcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly text: string;
      readonly milliseconds: number;
    }
  | {
      readonly kind: 'unreachable' | 'late' | 'too-long';
      readonly problem: string;
      readonly milliseconds: number;
    };

/**
 * Posts one webhook, the registered header value verbatim in `Authorization`. Redirects are not followed.
 * @param slowMs simulated milliseconds of a slow network: nobody waits for them, but they count.
 */
export async function postWebhook(
  webhook: WebhookRegistration,
  body: JsonObject,
  settings: DeliverySettings,
  slowMs: number,
  stopped: AbortSignal,
): Promise<PostOutcome> {
  const startedAt = performance.now();
  const elapsedMs = () => Math.round((performance.now() - startedAt + slowMs) * 10) / 10;
  try {
    const response = await fetch(webhook.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'simulated-8x8',
        ...(webhook.httpAuthHeader === null ? {} : { authorization: webhook.httpAuthHeader }),
      },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.any([stopped, AbortSignal.timeout(settings.timeoutMs)]),
    });
    const text = (await readAtMost(response, settings.longestAnswerBytes))?.toString('utf8');
    const milliseconds = elapsedMs();
    if (text === undefined) {
      const problem = `the answer is longer than ${settings.longestAnswerBytes} bytes`;
      return { kind: 'too-long', problem, milliseconds };
    }
    if (milliseconds > settings.timeoutMs) {
      return { kind: 'late', problem: describeLateness(settings), milliseconds };
    }
    return { kind: 'answered', status: response.status, text, milliseconds };
  } catch (error) {
    const milliseconds = elapsedMs();
    if (error instanceof Error && error.name === 'TimeoutError') {
      return { kind: 'late', problem: describeLateness(settings), milliseconds };
    }
    return { kind: 'unreachable', problem: describeFailure(error), milliseconds };
  }
}

function describeLateness({ timeoutMs }: DeliverySettings): string {
  return `no answer within ${timeoutMs} ms`;
}

function describeFailure(error: unknown): string {
  if (error instanceof Error && error.name === 'AbortError') return 'the simulator was stopped';
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no connection';
  return `the endpoint could not be reached (${code})`;
}

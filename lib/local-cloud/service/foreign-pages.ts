import type { IncomingHttpHeaders } from 'node:http';

/*
 * The API of a local cloud is open, so a page of another site must not reach it through the browser of whoever runs
 * it: not by a name that leads to this machine (DNS rebinding), not by a script, not by a form.
 */

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;
const JSON_TYPE = /^application\/([\w.-]+\+)?json\s*(;|$)/i;

/** How a request is answered that is not served. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is asked of a request, whoever's it is. */
interface Asked {
  readonly method?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Refuses what a page of another site could have sent. A webhook does nothing without its secret, and may come through
 * a tunnel by any name; a request with `Authorization` can be sent by no form, and may have a body of any kind.
 * @returns the refusal; undefined for a request that may pass.
 */
export function refusalOfForeign({ method = 'GET', headers }: Asked, path: string): Refusal | undefined {
  const { host, origin } = headers;
  if (path.startsWith('/webhooks/')) return undefined;
  if (host !== undefined && !LOOPBACK.test(host)) {
    return refusal(403, 'Call this machine by 127.0.0.1 or localhost; it answers to no other name.');
  }
  if (origin !== undefined && !isOwn(origin)) {
    return refusal(403, 'A page of another site may not call the local cloud.');
  }
  const changes = method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (changes && hasBody && headers.authorization === undefined) {
    if (!JSON_TYPE.test(headers['content-type'] ?? '')) {
      return refusal(415, 'Send the body as JSON, with the header content-type: application/json.');
    }
  }
  return undefined;
}

function isOwn(origin: string): boolean {
  return URL.canParse(origin) && LOOPBACK.test(new URL(origin).host);
}

function refusal(status: number, message: string): Refusal {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message }),
  };
}

import type { APIGatewayProxyEventV2 } from 'aws-lambda';

const BYTE_ORDER_MARK = /^\u{FEFF}/u;
const PADDING = new Set(['\0', '\n', '\r', ' ']);

/**
 * The request's body as text, whichever way the gateway passed it on, without what senders put around a text and
 * no parser of JSON accepts: a byte-order mark before it, NUL bytes behind it.
 */
export function bodyText(event: Pick<APIGatewayProxyEventV2, 'body' | 'isBase64Encoded'>): string {
  const body = event.body ?? '';
  const text = event.isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
  return withoutPadding(text.replace(BYTE_ORDER_MARK, ''));
}

/** Cuts the NUL bytes of a buffer that was longer than its text; by hand, as a pattern would try every run of them. */
function withoutPadding(text: string): string {
  let end = text.length;
  while (end > 0 && PADDING.has(text.charAt(end - 1))) end -= 1;
  return text.includes('\0', end) ? text.slice(0, end) : text;
}

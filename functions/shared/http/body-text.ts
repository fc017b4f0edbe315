import type { APIGatewayProxyEventV2 } from 'aws-lambda';

const BYTE_ORDER_MARK = /^\u{FEFF}/u;
/** What some senders leave behind the last character of a buffer; JSON has nothing there to lose. */
const TRAILING_PADDING = /[\0\s]+$/u;

/**
 * The request's body as text, whichever way the gateway passed it on, without what senders put around a text and
 * no parser of JSON accepts: a byte-order mark before it, NUL bytes behind it.
 */
export function bodyText(event: Pick<APIGatewayProxyEventV2, 'body' | 'isBase64Encoded'>): string {
  const body = event.body ?? '';
  const text = event.isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
  return text.replace(BYTE_ORDER_MARK, '').replace(TRAILING_PADDING, '');
}

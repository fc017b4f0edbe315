import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** The request's body as text, whichever way the gateway passed it on. */
export function bodyText(event: Pick<APIGatewayProxyEventV2, 'body' | 'isBase64Encoded'>): string {
  const body = event.body ?? '';
  return event.isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
}

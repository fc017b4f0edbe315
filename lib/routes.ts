import type { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import type { FunctionName } from '../functions/shared/config/env-names.ts';

/** The paths that 8x8 calls, by the function that answers; all with POST. */
export const webhookPaths = {
  'call-action': '/webhooks/call-action',
  'call-status': '/webhooks/call-status',
  'session-summary': '/webhooks/session-summary',
  'recording-uploaded': '/webhooks/recording-uploaded',
  'number-updated': '/webhooks/number-updated',
} as const satisfies Partial<Record<FunctionName, string>>;

/** A function that answers a webhook. */
export type WebhookName = keyof typeof webhookPaths;

/** The booking API: the methods of each path. */
export const bookingApiPaths: Readonly<Record<string, readonly (keyof typeof HttpMethod)[]>> = {
  '/v1/bookings': ['GET', 'POST'],
  '/v1/bookings/{bookingId}': ['GET', 'PATCH'],
  '/v1/bookings/{bookingId}/complete': ['POST'],
  '/v1/bookings/{bookingId}/cancel': ['POST'],
  '/v1/bookings/{bookingId}/sessions': ['GET'],
  '/v1/bookings/{bookingId}/calls': ['POST'],
  '/v1/sessions': ['GET'],
  '/v1/sessions/{sessionId}': ['GET'],
  '/v1/sessions/{sessionId}/recordings': ['GET'],
  '/v1/recordings/{recordingId}/download': ['GET'],
  '/v1/pool': ['GET'],
  '/v1/numbers': ['GET'],
  '/v1/numbers/{e164}': ['PUT', 'DELETE'],
  '/v1/numbers/{e164}/renumber': ['POST'],
  '/v1/numbers/sync': ['POST'],
  '/v1/menus': ['GET'],
  '/v1/menus/{menuId}': ['GET', 'PUT', 'DELETE'],
  '/v1/menus/{menuId}/calls': ['POST'],
  '/v1/messages': ['POST'],
  '/v1/blocklist': ['GET'],
  '/v1/blocklist/{e164}': ['GET', 'PUT', 'DELETE'],
  '/v1/parties/{e164}': ['DELETE'],
  '/openapi.json': ['GET'],
  '/asyncapi.json': ['GET'],
};

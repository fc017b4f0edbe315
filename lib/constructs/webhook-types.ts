import type { WebhookName } from '../routes.ts';

/** What 8x8 calls each webhook when it is registered. */
export const webhookTypes = {
  'call-action': 'VCA',
  'call-status': 'VCS',
  'session-summary': 'VSS',
  'recording-uploaded': 'VRU',
  'number-updated': 'VNU',
} as const satisfies Record<WebhookName, string>;

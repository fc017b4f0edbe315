/** The five webhooks of a sub-account. */
export const webhookTypes = ['VCA', 'VCS', 'VSS', 'VRU', 'VNU'] as const;
export type WebhookType = (typeof webhookTypes)[number];

/** The webhooks that only report; their answer decides nothing. */
export type EventWebhook = Exclude<WebhookType, 'VCA'>;

/** A JSON object, as it travels in a webhook. */
export interface JsonObject {
  readonly [field: string]: unknown;
}

/** Whether a value is a JSON object (not null, not a list). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

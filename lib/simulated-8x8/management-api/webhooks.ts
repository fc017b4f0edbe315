import * as z from 'zod';
import type { SimulatorAnswer } from '../http.ts';
import type { SubAccount, WebhookRegistration } from '../model/sub-account.ts';
import { webhookTypes } from '../model/webhook-types.ts';
import { genericError, invalidBody, succeeded } from './answers.ts';
import { parseConfiguration } from './configuration-body.ts';
import type { Operation } from './operations.ts';

/** Unknown fields are ignored, `active` among them, which some guides give for `enabled`. */
const webhookSchema = z.object({
  type: z.enum(webhookTypes),
  url: z.string().refine(isWebUrl, 'must be an http or https URL'),
  httpAuthHeader: z
    .string()
    .regex(/^[\t\x20-\x7e]*$/, 'must be a possible header value')
    .nullable()
    .optional(),
  enabled: z.boolean().nullable().optional(),
});

/** POST /webhooks, GET /webhooks and DELETE /webhooks/{webhook-type}. */
export const webhookOperations: readonly Operation[] = [
  {
    method: 'POST',
    path: '/webhooks',
    summary: 'Create a webhook',
    handle(platform, subAccount, { body }) {
      const parsed = parseConfiguration(webhookSchema, body);
      if (!parsed.success) return invalidBody(platform, parsed.reason);
      const { type, url, httpAuthHeader, enabled } = parsed.data;
      const { existingWebhook } = platform.run.variations;
      const exists = subAccount.webhooks.some((webhook) => webhook.type === type);
      if (exists && existingWebhook === 'refused') {
        return invalidBody(platform, `a webhook of type ${type} exists already`);
      }
      if (existingWebhook === 'replaced') removeWebhook(subAccount, type);
      subAccount.webhooks.push({
        type,
        url,
        httpAuthHeader: httpAuthHeader ?? null,
        enabled: enabled ?? true,
      });
      return listWebhooks(subAccount);
    },
  },
  {
    method: 'GET',
    path: '/webhooks',
    summary: 'List the webhooks',
    handle: (_platform, subAccount) => listWebhooks(subAccount),
  },
  {
    method: 'DELETE',
    path: '/webhooks/{webhookType}',
    summary: 'Delete one type of webhook',
    handle(platform, subAccount, { params }) {
      const refused =
        params.webhookType === 'VNU' && platform.run.variations.numberWebhookRemoval === 'refused';
      const removed = refused ? undefined : removeWebhook(subAccount, params.webhookType);
      if (removed === undefined) return genericError(platform, 'not-found', subAccount.id);
      return succeeded({ subAccountId: subAccount.id, ...describe(removed), enabled: false }, 'deleted');
    },
  },
];

function isWebUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function removeWebhook(subAccount: SubAccount, type: string | undefined): WebhookRegistration | undefined {
  const removed = subAccount.webhooks.find((webhook) => webhook.type === type);
  subAccount.webhooks = subAccount.webhooks.filter((webhook) => webhook.type !== type);
  return removed;
}

function listWebhooks(subAccount: SubAccount): SimulatorAnswer {
  return succeeded({
    subAccountId: subAccount.id,
    count: subAccount.webhooks.length,
    webhooks: subAccount.webhooks.map(describe),
  });
}

/** The header value is write-only: only whether there is one is told. */
function describe({ type, url, enabled, httpAuthHeader }: WebhookRegistration): object {
  return { type, url, enabled, httpAuthHeaderAvailable: httpAuthHeader !== null && httpAuthHeader !== '' };
}

import { cachedSecret, parseWebhookSecret } from '../adapters/secrets-manager.ts';
import { createWebhookQueues } from '../adapters/sqs/webhook-queues.ts';
import type { WebhookTools } from '../http/acknowledge-webhook.ts';
import { parseAllowedSourceIps } from '../http/allowed-source-ips.ts';
import { createLogger } from '../observability/logger.ts';

/** The variables that every acknowledged webhook reads. */
export interface WebhookEnvironment {
  readonly WEBHOOK_SECRET_ARN: string;
  readonly ALLOWED_SOURCE_IPS: string;
  readonly EIGHT_BY_EIGHT_SUB_ACCOUNT: string;
  readonly RETRY_QUEUE_URL: string;
  readonly QUARANTINE_QUEUE_URL: string;
}

/** What an acknowledged webhook needs, over AWS; made once for the life of an execution environment. */
export function createWebhookTools(service: string, env: WebhookEnvironment): WebhookTools {
  return {
    acceptedAuthorizations: cachedSecret(env.WEBHOOK_SECRET_ARN, parseWebhookSecret),
    allowedSourceIps: parseAllowedSourceIps(env.ALLOWED_SOURCE_IPS),
    ownSubAccount: env.EIGHT_BY_EIGHT_SUB_ACCOUNT,
    queues: createWebhookQueues({ retry: env.RETRY_QUEUE_URL, quarantine: env.QUARANTINE_QUEUE_URL }),
    logger: createLogger(service),
    nowMs: Date.now,
  };
}

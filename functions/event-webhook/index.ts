import { cachedSecret } from '../shared/adapters/secrets-manager.ts';
import { createPostpone } from '../shared/adapters/sqs/postpone.ts';
import { parseEnv } from '../shared/config/parse-env.ts';
import { createLogger } from '../shared/observability/logger.ts';
import { createEventWebhookHandler } from './handler.ts';
import { createPost } from './post.ts';
import { parseSigningKeys } from './signature.ts';

const env = parseEnv('event-webhook', process.env);

export const handler = createEventWebhookHandler({
  post: createPost(env.EVENT_WEBHOOK_URL),
  postpone: createPostpone(env.EVENT_WEBHOOK_QUEUE_URL),
  keys: cachedSecret(env.EVENT_WEBHOOK_SECRET_ARN, parseSigningKeys),
  logger: createLogger('event-webhook'),
  nowMs: Date.now,
  random: Math.random,
});

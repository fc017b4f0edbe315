import { callPatience, createDocumentClient } from '../shared/adapters/dynamodb/client.ts';
import { createIncomingCalls } from '../shared/adapters/dynamodb/conversations/incoming-calls.ts';
import { cachedSecret, parseWebhookSecret } from '../shared/adapters/secrets-manager.ts';
import { createWebhookQueues } from '../shared/adapters/sqs/webhook-queues.ts';
import { parseEnv } from '../shared/config/parse-env.ts';
import { parseAllowedSourceIps } from '../shared/http/allowed-source-ips.ts';
import { createLogger } from '../shared/observability/logger.ts';
import { readCallerMessages } from './caller-messages.ts';
import { createCallActionHandler } from './handler.ts';
import { defaultMenuOf } from './strangers.ts';

const env = parseEnv('call-action', process.env);
const numberFormat = env.NUMBER_FORMAT === 'digits' ? 'digits' : 'plus';
const acceptedAuthorizations = cachedSecret(env.WEBHOOK_SECRET_ARN, parseWebhookSecret);
// Fetched as soon as this module stands, so that the first call need not ask for it. A failure shows with that call.
setImmediate(() => acceptedAuthorizations.get().catch(() => undefined));
const client = createDocumentClient(callPatience);
const tables = { callRoutes: env.CALL_ROUTES_TABLE, conversations: env.CONVERSATIONS_TABLE };
const recordCalls = env.RECORD_CALLS === 'true';

export const handler = createCallActionHandler({
  acceptedAuthorizations,
  allowedSourceIps: parseAllowedSourceIps(env.ALLOWED_SOURCE_IPS),
  incomingCalls: createIncomingCalls(client, tables, defaultMenuOf(env.STRANGERS)),
  async conversation() {
    const { openConversation } = await import('../shared/wiring/conversation.ts');
    return openConversation({ client, tables, recordCalls });
  },
  messages: readCallerMessages(env.CALLER_MESSAGES, numberFormat),
  numberFormat,
  ownSubAccount: env.EIGHT_BY_EIGHT_SUB_ACCOUNT,
  recordCalls,
  strangers: { tries: Number(env.STRANGER_TRIES), restMs: Number(env.STRANGER_REST_SECONDS) * 1000 },
  deadlineMs: Number(env.CALL_DEADLINE_MS),
  queues: createWebhookQueues({ quarantine: env.QUARANTINE_QUEUE_URL }),
  logger: createLogger('call-action'),
  nowMs: Date.now,
});

import { createCallRoutes } from '../shared/adapters/dynamodb/bookings/call-routes-table.ts';
import { callPatience, createDocumentClient } from '../shared/adapters/dynamodb/client.ts';
import { cachedSecret, parseWebhookSecret } from '../shared/adapters/secrets-manager.ts';
import { createWebhookQueues } from '../shared/adapters/sqs/webhook-queues.ts';
import { parseEnv } from '../shared/config/parse-env.ts';
import { parseAllowedSourceIps } from '../shared/http/allowed-source-ips.ts';
import { createLogger } from '../shared/observability/logger.ts';
import { readCallerMessages } from './caller-messages.ts';
import { createCallActionHandler } from './handler.ts';

const env = parseEnv('call-action', process.env);
const numberFormat = env.NUMBER_FORMAT === 'digits' ? 'digits' : 'plus';
const acceptedAuthorizations = cachedSecret(env.WEBHOOK_SECRET_ARN, parseWebhookSecret);
// Fetched as soon as this module stands, so that the first call need not ask for it. A failure shows with that call.
setImmediate(() => acceptedAuthorizations.get().catch(() => undefined));

export const handler = createCallActionHandler({
  acceptedAuthorizations,
  allowedSourceIps: parseAllowedSourceIps(env.ALLOWED_SOURCE_IPS),
  callRoutes: createCallRoutes(createDocumentClient(callPatience), env.CALL_ROUTES_TABLE),
  messages: readCallerMessages(env.CALLER_MESSAGES, numberFormat),
  numberFormat,
  ownSubAccount: env.EIGHT_BY_EIGHT_SUB_ACCOUNT,
  recordCalls: env.RECORD_CALLS === 'true',
  deadlineMs: Number(env.CALL_DEADLINE_MS),
  queues: createWebhookQueues({ quarantine: env.QUARANTINE_QUEUE_URL }),
  logger: createLogger('call-action'),
  nowMs: Date.now,
});

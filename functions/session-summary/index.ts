import { parseEnv } from '../shared/config/parse-env.ts';
import { createWebhookTools } from '../shared/wiring/acknowledged-webhooks.ts';
import { readCallPrices } from '../shared/wiring/call-prices.ts';
import { createCallRecordWriter } from '../shared/wiring/call-record.ts';
import { createSessionSummaryHandler } from './handler.ts';

const env = parseEnv('session-summary', process.env);

export const handler = createSessionSummaryHandler(
  createWebhookTools('session-summary', env),
  createCallRecordWriter(env),
  readCallPrices(env.CALL_PRICES),
);

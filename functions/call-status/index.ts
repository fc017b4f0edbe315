import { parseEnv } from '../shared/config/parse-env.ts';
import { createWebhookTools } from '../shared/wiring/acknowledged-webhooks.ts';
import { createCallRecordWriter } from '../shared/wiring/call-record.ts';
import { createCallStatusHandler } from './handler.ts';

const env = parseEnv('call-status', process.env);

export const handler = createCallStatusHandler(
  createWebhookTools('call-status', env),
  createCallRecordWriter(env),
);

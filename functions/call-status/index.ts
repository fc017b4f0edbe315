import { parseEnv } from '../shared/config/parse-env.ts';
import { createWebhookHouse } from '../shared/wiring/acknowledged-webhooks.ts';
import { createCallRecordWriter } from '../shared/wiring/call-record.ts';
import { createCallStatusHandler } from './handler.ts';

const env = parseEnv('call-status', process.env);

export const handler = createCallStatusHandler(
  createWebhookHouse('call-status', env),
  createCallRecordWriter(env),
);

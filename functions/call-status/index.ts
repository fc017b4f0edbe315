import { createCallRecordWriter } from '../shared/adapters/dynamodb/call-record-house.ts';
import { createWebhookHouse } from '../shared/adapters/webhook-house.ts';
import { parseEnv } from '../shared/config/parse-env.ts';
import { createCallStatusHandler } from './handler.ts';

const env = parseEnv('call-status', process.env);

export const handler = createCallStatusHandler(
  createWebhookHouse('call-status', env),
  createCallRecordWriter(env),
);

import { createCallRecordWriter } from '../shared/adapters/dynamodb/call-record-house.ts';
import { createWebhookHouse } from '../shared/adapters/webhook-house.ts';
import { parseEnv } from '../shared/config/parse-env.ts';
import { createSessionSummaryHandler } from './handler.ts';

const env = parseEnv('session-summary', process.env);

export const handler = createSessionSummaryHandler(
  createWebhookHouse('session-summary', env),
  createCallRecordWriter(env),
);

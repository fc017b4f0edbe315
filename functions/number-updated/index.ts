import { createNumberStore } from '../shared/adapters/dynamodb/bookings/number-store.ts';
import { backgroundPatience, createDocumentClient } from '../shared/adapters/dynamodb/client.ts';
import { parseEnv } from '../shared/config/parse-env.ts';
import { createWebhookTools } from '../shared/wiring/acknowledged-webhooks.ts';
import { retry } from '../shared/wiring/bookings.ts';
import { createNumberUpdatedHandler } from './handler.ts';

const env = parseEnv('number-updated', process.env);

export const handler = createNumberUpdatedHandler(
  createWebhookTools('number-updated', env),
  createNumberStore(createDocumentClient(backgroundPatience), {
    tables: { bookings: env.BOOKINGS_TABLE },
    retry,
  }),
);

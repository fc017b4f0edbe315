import { backgroundPatience, createDocumentClient } from '../shared/adapters/dynamodb/client.ts';
import { createNumberStore } from '../shared/adapters/dynamodb/number-store.ts';
import { createWebhookHouse } from '../shared/adapters/webhook-house.ts';
import { parseEnv } from '../shared/config/parse-env.ts';
import { createNumberUpdatedHandler } from './handler.ts';

const env = parseEnv('number-updated', process.env);

export const handler = createNumberUpdatedHandler(
  createWebhookHouse('number-updated', env),
  createNumberStore(createDocumentClient(backgroundPatience), { bookings: env.BOOKINGS_TABLE }),
);

import { createNumberStore } from '../shared/adapters/dynamodb/bookings/number-store.ts';
import { backgroundPatience, createDocumentClient } from '../shared/adapters/dynamodb/client.ts';
import { parseEnv } from '../shared/config/parse-env.ts';
import { createLogger } from '../shared/observability/logger.ts';
import { retry } from '../shared/wiring/bookings.ts';
import { openManagementApi } from '../shared/wiring/management-api.ts';
import { createNumberSyncHandler } from './handler.ts';

const env = parseEnv('number-sync', process.env);
const inventory = openManagementApi(env);
if (inventory === undefined) throw new Error('The schedule of number-sync needs an 8x8 API key.');

export const handler = createNumberSyncHandler({
  inventory,
  numbers: createNumberStore(createDocumentClient(backgroundPatience), {
    tables: { bookings: env.BOOKINGS_TABLE },
    retry,
  }),
  nowMs: Date.now,
  logger: createLogger('number-sync'),
});

import { setTimeout as pause } from 'node:timers/promises';
import { createEventBridgeClient, createEventBus } from '../shared/adapters/event-bus.ts';
import { parseEnv } from '../shared/config/parse-env.ts';
import { createLogger } from '../shared/observability/logger.ts';
import { createChangePublisher } from './handler.ts';

const env = parseEnv('change-publisher', process.env);

export const handler = createChangePublisher({
  bus: createEventBus({ client: createEventBridgeClient(), busName: env.EVENT_BUS_NAME, pause }),
  options: { includePhoneNumbers: env.INCLUDE_PHONE_NUMBERS === 'true' },
  logger: createLogger('change-publisher'),
});

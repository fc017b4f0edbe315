import { createBookingList } from '../shared/adapters/dynamodb/bookings/booking-list.ts';
import { bookingMoveOf } from '../shared/adapters/dynamodb/bookings/booking-moves.ts';
import { createBookingTraces } from '../shared/adapters/dynamodb/bookings/booking-traces.ts';
import { backgroundPatience, createDocumentClient } from '../shared/adapters/dynamodb/client.ts';
import { parseEnv } from '../shared/config/parse-env.ts';
import { createLogger } from '../shared/observability/logger.ts';
import { bookingTables, createBookingAdapters, retry } from '../shared/wiring/bookings.ts';
import { createBookingFollower } from './handler.ts';

const env = parseEnv('booking-follower', process.env);
const client = createDocumentClient(backgroundPatience);
const tables = bookingTables(env);
const { poolCounts, ...adapters } = createBookingAdapters(env, client);

export const handler = createBookingFollower({
  following: {
    ...adapters,
    traces: createBookingTraces(client, { tables, retry }),
    list: createBookingList(client, {
      table: tables.bookings,
      retentionSeconds: tables.retentionSeconds,
      retry,
    }),
    counts: poolCounts,
  },
  moveOf: bookingMoveOf,
  logger: createLogger('booking-follower'),
});

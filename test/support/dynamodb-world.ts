import { createCallRoutes } from '../../functions/shared/adapters/dynamodb/bookings/call-routes-table.ts';
import { createNumberBookings } from '../../functions/shared/adapters/dynamodb/bookings/number-bookings.ts';
import { createCallCounter } from '../../functions/shared/adapters/dynamodb/calls/call-counter.ts';
import type { Random } from '../../functions/shared/domain/allocation.ts';
import { createTestStores } from './bookings.ts';
import type { TestDatabase, TestTables } from './dynamodb-engine.ts';
import { followedStore } from './followed-store.ts';
import { type BookingWorld, createWorld } from './memory-booking-store.ts';

export interface DynamoDbWorldOptions {
  readonly tables?: TestTables;
  readonly random?: Random;
  /** Whether somebody follows the stream of the bookings. */
  readonly isFollowed?: boolean;
}

/** A world over the real engine; empty, in tables of its own, unless some are given. */
export async function openDynamoDbWorld(
  database: TestDatabase,
  options: DynamoDbWorldOptions = {},
): Promise<BookingWorld> {
  const tables = options.tables ?? (await database.createTables());
  const stores = createTestStores(database, tables, options.random && { random: options.random });
  const { documents, following } = stores;
  const bookings = options.isFollowed ? followedStore(stores.bookings, () => following) : stores.bookings;
  return createWorld(
    {
      bookings,
      numbers: stores.numbers,
      routes: createCallRoutes(documents, tables.callRoutes),
      counter: createCallCounter({ client: documents, tables, retentionDays: 400 }),
      blocklist: stores.blocklist,
      traces: stores.traces,
      numberBookings: createNumberBookings(documents, tables.callRoutes),
      pool: stores.deps.pool,
    },
    options.random,
  );
}

import { createBlocklistStore } from '../../functions/shared/adapters/dynamodb/bookings/blocklist-store.ts';
import { createCallRoutes } from '../../functions/shared/adapters/dynamodb/bookings/call-routes-table.ts';
import { createNumberBookings } from '../../functions/shared/adapters/dynamodb/bookings/number-bookings.ts';
import { createCallCounter } from '../../functions/shared/adapters/dynamodb/calls/call-counter.ts';
import type { Random } from '../../functions/shared/domain/allocation.ts';
import { createTestStores } from './bookings.ts';
import type { TestDatabase, TestTables } from './dynamodb-engine.ts';
import { type BookingWorld, createWorld } from './memory-booking-store.ts';

/** A world over the real engine; empty, in tables of its own, unless some are given. */
export async function openDynamoDbWorld(
  database: TestDatabase,
  options: { readonly tables?: TestTables; readonly random?: Random } = {},
): Promise<BookingWorld> {
  const tables = options.tables ?? (await database.createTables());
  const { bookings, numbers, documents } = createTestStores(database, tables);
  const routes = createCallRoutes(documents, tables.callRoutes);
  const counter = createCallCounter({ client: documents, tables, retentionDays: 400 });
  const blocklist = createBlocklistStore(documents, tables);
  const numberBookings = createNumberBookings(documents, tables.callRoutes);
  return createWorld({ bookings, numbers, routes, counter, blocklist, numberBookings }, options.random);
}

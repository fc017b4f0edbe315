import { EvenDraw, type Random } from '../../domain/allocation.ts';
import type { Retry } from '../../ports/retry.ts';
import { createMemoryBlocklist } from './memory-blocklist.ts';
import { createMemoryBookingStore, type MemoryBookingStoreOptions } from './memory-booking-store.ts';
import {
  createMemoryNumberBookings,
  createMemoryNumberPool,
  createMemoryNumberStore,
} from './memory-number-store.ts';
import { createMemoryPersonTraces } from './memory-person-traces.ts';
import type { MemoryTables } from './memory-tables.ts';

/** What an execution environment brings along. */
export interface MemorySurroundings {
  readonly nowMs: () => number;
  readonly random: Random;
  readonly retry: Retry;
}

/** Bookings, their claims, their people and the pool in memory, as one execution environment has them. */
export function createMemoryBookings(
  tables: MemoryTables,
  { nowMs, random, retry }: MemorySurroundings,
  options: MemoryBookingStoreOptions = {},
) {
  const pool = createMemoryNumberPool(tables);
  return {
    store: createMemoryBookingStore(tables, options),
    numbers: createMemoryNumberStore(tables, pool.forget),
    pool,
    draw: new EvenDraw(random),
    blocklist: createMemoryBlocklist(tables),
    traces: createMemoryPersonTraces(tables),
    numberBookings: createMemoryNumberBookings(tables),
    nowMs,
    retry,
  };
}

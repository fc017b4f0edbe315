import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createBlocklistStore } from '../adapters/dynamodb/bookings/blocklist-store.ts';
import { createBookingStore } from '../adapters/dynamodb/bookings/booking-store.ts';
import { createNumberPool } from '../adapters/dynamodb/bookings/number-pool.ts';
import { createNumberStore } from '../adapters/dynamodb/bookings/number-store.ts';
import { createPoolCounts } from '../adapters/dynamodb/bookings/pool-summary-store.ts';
import { EvenDraw } from '../domain/allocation.ts';
import { createRetry } from '../use-cases/retry.ts';

const DAY_SECONDS = 24 * 3600;

/** The variables that every function reads that keeps bookings. */
export interface BookingsEnvironment {
  readonly BOOKINGS_TABLE: string;
  readonly CALL_ROUTES_TABLE: string;
  readonly BOOKING_RETENTION_DAYS: string;
}

/** The clock, the chance and the patience of an execution environment. */
export const surroundings = {
  nowMs: Date.now,
  random: Math.random,
  pause: (milliseconds: number): Promise<void> => sleep(milliseconds),
};

export const retry = createRetry(surroundings);

/** The tables of bookings, and how long what is written there is kept. */
export const bookingTables = (env: BookingsEnvironment) => ({
  bookings: env.BOOKINGS_TABLE,
  callRoutes: env.CALL_ROUTES_TABLE,
  retentionSeconds: Number(env.BOOKING_RETENTION_DAYS) * DAY_SECONDS,
});

/** Bookings, their claims, their people and the pool, over DynamoDB; made once for an execution environment. */
export function createBookingAdapters(env: BookingsEnvironment, client: DynamoDBDocumentClient) {
  const retentionDays = Number(env.BOOKING_RETENTION_DAYS);
  const tables = bookingTables(env);
  const pool = createNumberPool(client, tables.bookings);
  return {
    store: createBookingStore(client, { tables, retentionDays, retry }),
    numbers: createNumberStore(client, { tables, retry, onChange: pool.forget }),
    pool,
    draw: new EvenDraw(surroundings.random),
    blocklist: createBlocklistStore(client, { tables, retry }),
    poolCounts: createPoolCounts(client, { table: tables.bookings, random: surroundings.random, retry }),
    retry,
    ...surroundings,
  };
}

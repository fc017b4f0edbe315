import { randomUUID } from 'node:crypto';
import type { MemoryBookingStoreOptions } from '../../functions/shared/adapters/memory/memory-booking-store.ts';
import { createMemoryBookings } from '../../functions/shared/adapters/memory/memory-bookings.ts';
import {
  claimOn,
  emptyTables,
  type MemoryTables,
  routeOf,
} from '../../functions/shared/adapters/memory/memory-tables.ts';
import type { Random } from '../../functions/shared/domain/allocation.ts';
import type { BlocklistStore } from '../../functions/shared/ports/blocklist.ts';
import type { BookingStore } from '../../functions/shared/ports/booking-store.ts';
import type { CallCounter } from '../../functions/shared/ports/call-record.ts';
import type { CallRoutes } from '../../functions/shared/ports/call-routes.ts';
import type { NumberBookings } from '../../functions/shared/ports/number-bookings.ts';
import type { NumberPool, NumberStore } from '../../functions/shared/ports/number-store.ts';
import type { PersonTraces } from '../../functions/shared/ports/person-traces.ts';
import { createRetry } from '../../functions/shared/use-cases/retry.ts';
import { NOON_MS, type TestDependencies, virtualNumber } from './bookings.ts';
import { testDraw, testSurroundings } from './followed-store.ts';
import { createMemoryCallCounter } from './memory-call-counter.ts';

/** The ports that a booking and a call need, over any store, with a clock that the test moves. */
export interface BookingWorld {
  readonly bookings: BookingStore;
  readonly numbers: NumberStore;
  readonly pool: NumberPool;
  readonly routes: CallRoutes;
  readonly counter: CallCounter;
  readonly blocklist: BlocklistStore;
  readonly traces: PersonTraces;
  readonly numberBookings: NumberBookings;
  readonly clock: { nowMs: number };
  readonly deps: TestDependencies;
  addNumbers(count: number, country?: string, firstNumber?: number): Promise<void>;
}

type WorldPorts = Omit<BookingWorld, 'clock' | 'deps' | 'addNumbers'>;

/** Everything but the store itself: the clock, ids in the order of making, and how numbers are added. */
export function createWorld(ports: WorldPorts, random: Random = Math.random): BookingWorld {
  const clock = { nowMs: NOON_MS };
  const surroundings = testSurroundings(() => clock.nowMs, random);
  let made = 0;
  return {
    ...ports,
    clock,
    deps: {
      ...surroundings,
      store: ports.bookings,
      pool: ports.pool,
      blocklist: ports.blocklist,
      traces: ports.traces,
      draw: testDraw(random),
      retry: createRetry(surroundings),
      newBookingId: () => {
        made += 1;
        return `${String(made).padStart(7, '0')}-${randomUUID().slice(0, 18)}`;
      },
    },
    async addNumbers(count, country = 'SG', firstNumber = 1) {
      for (let n = firstNumber; n < firstNumber + count; n += 1) {
        await ports.numbers.putNumber(
          { virtualNumber: virtualNumber(n), country, state: 'active' },
          clock.nowMs,
        );
      }
    },
  };
}

export interface MemoryWorldOptions extends MemoryBookingStoreOptions {
  readonly random?: Random;
  readonly tables?: MemoryTables;
}

/** A world in memory; `tables` lets a test look behind the ports. */
export function createMemoryWorld(options: MemoryWorldOptions = {}): BookingWorld & { tables: MemoryTables } {
  const tables = options.tables ?? emptyTables();
  const surroundings = testSurroundings(() => NOON_MS, options.random);
  const adapters = createMemoryBookings(
    tables,
    { ...surroundings, retry: createRetry(surroundings) },
    options,
  );
  const world = createWorld(
    {
      ...adapters,
      bookings: adapters.store,
      routes: {
        async find(dialled, caller) {
          const claim = claimOn(tables, { virtualNumber: dialled, caller });
          return claim && routeOf(claim);
        },
      },
      counter: createMemoryCallCounter(tables),
    },
    options.random,
  );
  return { ...world, tables };
}

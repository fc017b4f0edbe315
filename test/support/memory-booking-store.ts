import { randomUUID } from 'node:crypto';
import {
  createMemoryBookingStore,
  type MemoryBookingStoreOptions,
} from '../../functions/shared/adapters/memory/memory-booking-store.ts';
import { createMemoryNumberStore } from '../../functions/shared/adapters/memory/memory-number-store.ts';
import {
  emptyTables,
  type MemoryTables,
  routeOf,
} from '../../functions/shared/adapters/memory/memory-tables.ts';
import type { Random } from '../../functions/shared/domain/allocation.ts';
import type { BlocklistStore } from '../../functions/shared/ports/blocklist.ts';
import type { BookingStore, NumberStore } from '../../functions/shared/ports/booking-store.ts';
import type { CallCounter } from '../../functions/shared/ports/call-record.ts';
import type { CallRoutes } from '../../functions/shared/ports/call-routes.ts';
import type { NumberBookings } from '../../functions/shared/ports/number-bookings.ts';
import type { MakeBookingDependencies } from '../../functions/shared/use-cases/make-booking.ts';
import { NOON_MS, virtualNumber } from './bookings.ts';
import { createMemoryBlocklist } from './memory-blocklist.ts';
import { createMemoryCallCounter } from './memory-call-counter.ts';

/** The ports that a booking and a call need, over any store, with a clock that the test moves. */
export interface BookingWorld {
  readonly bookings: BookingStore;
  readonly numbers: NumberStore;
  readonly routes: CallRoutes;
  readonly counter: CallCounter;
  readonly blocklist: BlocklistStore;
  readonly numberBookings: NumberBookings;
  readonly clock: { nowMs: number };
  readonly deps: MakeBookingDependencies;
  addNumbers(count: number, country?: string, firstNumber?: number): Promise<void>;
}

type WorldPorts = Omit<BookingWorld, 'clock' | 'deps' | 'addNumbers'>;

/** Everything but the store itself: the clock, ids in the order of making, and how numbers are added. */
export function createWorld(ports: WorldPorts, random: Random = Math.random): BookingWorld {
  const clock = { nowMs: NOON_MS };
  let made = 0;
  return {
    ...ports,
    clock,
    deps: {
      store: ports.bookings,
      nowMs: () => clock.nowMs,
      random,
      newBookingId: () => {
        made += 1;
        return `${String(made).padStart(7, '0')}-${randomUUID().slice(0, 18)}`;
      },
      pause: async () => undefined,
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
}

/** A world in memory; `tables` lets a test look behind the ports. */
export function createMemoryWorld(options: MemoryWorldOptions = {}): BookingWorld & { tables: MemoryTables } {
  const tables = emptyTables();
  const world = createWorld(
    {
      bookings: createMemoryBookingStore(tables, options),
      numbers: createMemoryNumberStore(tables),
      routes: {
        async find(dialled, caller) {
          const claim = tables.claims.get(dialled.reveal())?.get(caller.reveal());
          return claim && routeOf(claim);
        },
      },
      counter: createMemoryCallCounter(tables),
      blocklist: createMemoryBlocklist(tables),
      numberBookings: {
        async liveOn(number, nowMs) {
          const claims = [...(tables.claims.get(number.reveal())?.values() ?? [])];
          const live = claims.filter((one) => one.ended === undefined && one.terms.expiresAtMs > nowMs);
          return [...new Set(live.map((one) => one.bookingId))];
        },
      },
    },
    options.random,
  );
  return { ...world, tables };
}

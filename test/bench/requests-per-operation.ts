import { createMemoryBookingStore } from '../../functions/shared/adapters/memory/memory-booking-store.ts';
import { emptyTables } from '../../functions/shared/adapters/memory/memory-tables.ts';
import { makeBooking } from '../../functions/shared/use-cases/make-booking.ts';
import { seededRandom } from '../../lib/commands/plan/seeded-random.ts';
import { fillPool } from '../../lib/commands/plan/simulation.ts';
import { draftOf, NOON_MS, phone } from '../support/bookings.ts';
import type { TestDatabase } from '../support/dynamodb-engine.ts';
import { openDynamoDbWorld } from '../support/dynamodb-world.ts';
import { type BookingWorld, createMemoryWorld, createWorld } from '../support/memory-booking-store.ts';
import { meterEngine } from './engine-meter.ts';
import { layLiveBookings } from './live-bookings.ts';
import { type Consumption, meterStore } from './metered-store.ts';
import { atMost, formatNumber, type Row, type Topic } from './report.ts';

const operationNames = ['book', 'change', 'end', 'search', 'call'] as const;
type OperationName = (typeof operationNames)[number];
export type OperationCosts = Readonly<Record<OperationName, Consumption>>;

const MOST_REQUESTS_OF_A_BOOKING = 3;
const MOST_WRITE_UNITS_OF_A_BOOKING = 12;
const SAMPLES = 20;

/** People who are in no other booking, and people in those that are alive. */
const guest = (n: number) => phone(`+6597${String(n).padStart(7, '0')}`);
const rider = (n: number) => phone(`+6598${String(n).padStart(7, '0')}`);
const driver = (n: number) => phone(`+6588${String(n).padStart(7, '0')}`);

/** Does every operation some times, for people whom nobody has booked before, and takes the mean. */
async function costOf(world: BookingWorld, spent: Consumption, firstGuest: number): Promise<OperationCosts> {
  const totals = new Map<OperationName, Consumption>();
  const measure = async <T>(name: OperationName, work: () => Promise<T>): Promise<T> => {
    const before = { ...spent };
    const result = await work();
    const total = totals.get(name) ?? { requests: 0, readUnits: 0, writeUnits: 0 };
    total.requests += spent.requests - before.requests;
    total.readUnits += spent.readUnits - before.readUnits;
    total.writeUnits += spent.writeUnits - before.writeUnits;
    totals.set(name, total);
    return result;
  };
  const { bookings, routes, clock, deps } = world;
  // As an execution environment that has made bookings before.
  await deps.pool.view(clock.nowMs);
  for (let n = 0; n < SAMPLES; n += 1) {
    const caller = guest(firstGuest + 2 * n);
    const { booking } = await measure('book', () =>
      makeBooking(
        draftOf(caller, guest(firstGuest + 2 * n + 1), { expiresAtMs: clock.nowMs + 3_600_000 }),
        deps,
      ),
    );
    const signal = AbortSignal.timeout(10_000);
    await measure('call', () => routes.find(booking.parties[0].virtualNumber, caller, signal));
    await measure('search', () => bookings.search({ phoneNumber: caller, limit: 20, nowMs: clock.nowMs }));
    await measure('change', async () => {
      const before = (await bookings.find(booking.bookingId)) ?? booking;
      const after = { ...before, expiresAtMs: before.expiresAtMs + 60_000, version: 2 };
      await bookings.change(before, after, clock.nowMs);
    });
    await measure('end', async () => {
      const before = (await bookings.find(booking.bookingId)) ?? booking;
      const ended = { storedStatus: 'completed', endedAtMs: clock.nowMs, version: 3 } as const;
      await bookings.change(before, { ...before, ...ended }, clock.nowMs);
    });
  }
  const cost = (name: OperationName): Consumption => {
    const total = totals.get(name);
    if (total === undefined) throw new Error(`The operation ${name} was not measured.`);
    return {
      requests: total.requests / SAMPLES,
      readUnits: total.readUnits / SAMPLES,
      writeUnits: total.writeUnits / SAMPLES,
    };
  };
  return {
    book: cost('book'),
    change: cost('change'),
    end: cost('end'),
    search: cost('search'),
    call: cost('call'),
  };
}

/** Makes bookings live until there are `count`; every driver has two of them. */
async function populate(world: BookingWorld, from: number, count: number): Promise<void> {
  for (let n = from; n < count; n += 1) {
    const draft = draftOf(rider(n), driver(Math.floor(n / 2)), { expiresAtMs: NOON_MS + 3_600_000 });
    await makeBooking(draft, world.deps);
  }
}

interface Scene {
  readonly where: 'engine' | 'memory';
  readonly numbers: number;
  readonly live: number;
  readonly costs: OperationCosts;
}

async function inEngine(database: TestDatabase, spent: Consumption, sizes: readonly number[], live: number) {
  const scenes: Scene[] = [];
  for (const numbers of sizes) {
    const world = await openDynamoDbWorld(database);
    await world.addNumbers(numbers);
    scenes.push({ where: 'engine', numbers, live: 0, costs: await costOf(world, spent, 0) });
    if (numbers !== sizes.at(-1)) continue;
    await populate(world, 0, live);
    scenes.push({ where: 'engine', numbers, live, costs: await costOf(world, spent, 2 * SAMPLES) });
  }
  return scenes;
}

/** @param populations how many bookings are alive, for each pool size; growing. */
async function inMemory(populations: Readonly<Record<number, readonly number[]>>): Promise<Scene[]> {
  const scenes: Scene[] = [];
  for (const [size, steps] of Object.entries(populations)) {
    const numbers = Number(size);
    const tables = emptyTables();
    fillPool(tables, numbers);
    const metered = meterStore(createMemoryBookingStore(tables), tables);
    const plain = createMemoryWorld({ tables });
    const world = createWorld(
      { ...plain, bookings: metered.store, routes: metered.routes },
      seededRandom(numbers),
    );
    let alive = 0;
    for (const live of steps) {
      layLiveBookings(tables, alive, live);
      alive = live;
      scenes.push({ where: 'memory', numbers, live, costs: await costOf(world, metered.spent, 2 * live) });
    }
  }
  return scenes;
}

const nameOf = ({ where, numbers, live }: Scene): string =>
  `${formatNumber(numbers)} numbers and ${formatNumber(live)} live (${where})`;
const describeCost = ({ requests, readUnits, writeUnits }: Consumption): string =>
  `${formatNumber(requests)} req ${formatNumber(readUnits)} R ${formatNumber(writeUnits)} W`;

export interface OperationMeasures {
  readonly topic: Topic;
  /** What each operation costs with the largest pool of the engine: for the price of a call. */
  readonly costs: OperationCosts;
}

/** DynamoDB requests and units per operation, as the pool and the number of live bookings grow. */
export async function measureOperations(database: TestDatabase, quick: boolean): Promise<OperationMeasures> {
  const spent = meterEngine(database.client);
  const engine = await inEngine(database, spent, quick ? [10, 100] : [10, 1000], quick ? 100 : 1000);
  const memory = await inMemory({
    10: [0, 10_000],
    1000: [0, 10_000],
    100000: quick ? [0, 10_000] : [0, 10_000, 1_000_000],
  });
  const scenes = [...engine, ...memory];
  const rows: Row[] = operationNames.map((name) => {
    const limit = {
      book: MOST_REQUESTS_OF_A_BOOKING,
      call: 1,
      change: undefined,
      end: undefined,
      search: undefined,
    };
    const most = limit[name];
    const costs = [...new Set(scenes.map((scene) => describeCost(scene.costs[name])))];
    return {
      what: name,
      measured: costs.join(' or '),
      ...(most !== undefined && {
        limit: `${most} req`,
        ok: scenes.every((scene) => scene.costs[name].requests <= most),
      }),
    };
  });
  const bookings = scenes.map(({ costs }) => costs.book.requests);
  rows.push({
    what: 'requests of a booking, most less fewest over all scenes',
    measured: Math.max(...bookings) - Math.min(...bookings),
    limit: 0,
    ok: new Set(bookings).size === 1,
  });
  rows.push(
    atMost(
      'write units of a booking, most over all scenes',
      Math.max(...scenes.map(({ costs }) => costs.book.writeUnits)),
      MOST_WRITE_UNITS_OF_A_BOOKING,
    ),
  );
  const [reference] = engine.slice(-2);
  const twin = memory.find(({ numbers, live }) => numbers === 1000 && live === 0);
  if (reference === undefined || twin === undefined) throw new Error('A scene of the benchmark is missing.');
  rows.push({
    what: 'operations that the counting store counts otherwise than the engine',
    measured: operationNames.filter(
      (name) => describeCost(reference.costs[name]) !== describeCost(twin.costs[name]),
    ).length,
    limit: 0,
    ok: operationNames.every(
      (name) => describeCost(reference.costs[name]) === describeCost(twin.costs[name]),
    ),
  });
  return {
    topic: {
      title: 'DynamoDB requests and units per operation',
      how:
        'engine: as the local engine reports them; memory: the same allocation code over a store in memory that ' +
        `counts what its calls would cost. R and W are read and write units; change and end read the booking first. ` +
        `Scenes: ${scenes.map(nameOf).join('; ')}.`,
      rows,
      details: scenes,
    },
    costs: reference.costs,
  };
}

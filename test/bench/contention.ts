import { seededRandom } from '../../lib/commands/plan/seeded-random.ts';
import type { TestDatabase } from '../support/dynamodb-engine.ts';
import { openDynamoDbWorld } from '../support/dynamodb-world.ts';
import { createMemoryWorld, createWorld } from '../support/memory-booking-store.ts';
import { doubleClaims, race } from '../support/racing.ts';
import { lockRows } from './locked-store.ts';
import { atMost, type Row, type Topic } from './report.ts';

const WRITERS = 64;
const POOL = 100;
const MOST_TIMES_QUIET = 1.5;
const CROWD = 256;
const MOST_TIMES_QUIET_APART = 1.1;

const totalOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Requests per booking made, with 64 writers at once against one alone. */
export async function measureContention(database: TestDatabase, quick: boolean): Promise<Topic> {
  const bookingsEach = quick ? 2 : 4;
  const inEngine = async (writers: number, sharedDrivers?: number) => {
    const world = await openDynamoDbWorld(database);
    await world.addNumbers(POOL);
    database.proxy.resetCounts();
    const { made } = await race(world, {
      writers,
      bookingsEach,
      ...(sharedDrivers !== undefined && { sharedDrivers }),
    });
    const requests = totalOf(database.proxy.requestCounts()) / made.length;
    return { requests, doubles: doubleClaims(made) };
  };
  const quiet = await inEngine(1);
  const distinct = await inEngine(WRITERS);
  const shared = await inEngine(WRITERS, 8);
  const quietLocked = await underLocks({ writers: 1, bookingsEach, pool: POOL });
  const crowds = [];
  for (const pool of [1, 4, 10, 100]) {
    crowds.push({ pool, ...(await underLocks({ writers: CROWD, bookingsEach, pool })) });
  }
  const hub = await underLocks({ writers: WRITERS, bookingsEach: 1, pool: POOL, sharedDrivers: 1 });
  const times = (what: string, requests: number): Row =>
    atMost(`requests per booking, ${what}, times quiet`, requests / quiet.requests, MOST_TIMES_QUIET);
  return {
    title: `Contention: ${WRITERS} writers at once, a pool of ${POOL}`,
    how:
      'engine: the local engine, which runs one transaction after the other; locked rows: in memory, where a ' +
      'transaction is cancelled when another one is at work on one of its rows, as in AWS.',
    rows: [
      { what: 'requests per booking, one writer (engine)', measured: quiet.requests },
      times('different people (engine)', distinct.requests),
      times('eight shared drivers (engine)', shared.requests),
      { what: 'requests per booking, one writer (locked rows)', measured: quietLocked.requests },
      ...crowds.map(({ pool, requests }) =>
        atMost(
          `requests per booking ÷ quiet, ${CROWD} writers of different people, ${pool} numbers (locked rows)`,
          requests / quietLocked.requests,
          MOST_TIMES_QUIET_APART,
        ),
      ),
      atMost(
        `requests per booking ÷ quiet, ${WRITERS} writers for one party, ${POOL} numbers (locked rows)`,
        hub.requests / quietLocked.requests,
        MOST_TIMES_QUIET,
      ),
      atMost('double claims', distinct.doubles + shared.doubles + hub.doubles, 0),
      atMost(
        'double claims of different people',
        crowds.reduce((sum, one) => sum + one.doubles, 0),
        0,
      ),
    ],
  };
}

interface Crowd {
  readonly writers: number;
  readonly bookingsEach: number;
  readonly pool: number;
  readonly sharedDrivers?: number;
}

async function underLocks({ pool, ...racing }: Crowd): Promise<{ requests: number; doubles: number }> {
  const plain = createMemoryWorld();
  await plain.addNumbers(pool);
  const random = seededRandom(7);
  const { store, count } = lockRows(plain.bookings, random);
  const world = createWorld({ ...plain, bookings: store }, random);
  const { made } = await race(world, racing);
  return { requests: count() / made.length, doubles: doubleClaims(made) };
}

import { randomUUID } from 'node:crypto';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createBlocklistStore } from '../../functions/shared/adapters/dynamodb/bookings/blocklist-store.ts';
import { createBookingList } from '../../functions/shared/adapters/dynamodb/bookings/booking-list.ts';
import { createBookingStore } from '../../functions/shared/adapters/dynamodb/bookings/booking-store.ts';
import { createNumberPool } from '../../functions/shared/adapters/dynamodb/bookings/number-pool.ts';
import { createNumberStore } from '../../functions/shared/adapters/dynamodb/bookings/number-store.ts';
import { createPoolCounts } from '../../functions/shared/adapters/dynamodb/bookings/pool-summary-store.ts';
import { createPersonTraces } from '../../functions/shared/adapters/dynamodb/erasure-traces.ts';
import type { Random } from '../../functions/shared/domain/allocation.ts';
import { PhoneNumber } from '../../functions/shared/domain/phone-number.ts';
import type { BlocklistStore } from '../../functions/shared/ports/blocklist.ts';
import type { BookingStore } from '../../functions/shared/ports/booking-store.ts';
import type { NumberStore } from '../../functions/shared/ports/number-store.ts';
import type { PersonTraces, RecordingEraser } from '../../functions/shared/ports/person-traces.ts';
import type { PoolCounts } from '../../functions/shared/ports/pool-summary.ts';
import type { FollowBookingsDependencies } from '../../functions/shared/use-cases/follow-bookings.ts';
import {
  type BookingDraft,
  type MakeBookingDependencies,
  makeBooking,
} from '../../functions/shared/use-cases/make-booking.ts';
import { createRetry, type RetryDependencies } from '../../functions/shared/use-cases/retry.ts';
import type { TestDatabase, TestTables } from './dynamodb-engine.ts';
import { testDraw, testSurroundings } from './followed-store.ts';

/** A moment that tests agree on. */
export const NOON_MS = Date.UTC(2026, 10, 21, 12);
const RETENTION_DAYS = 90;

export const phone = (text: string): PhoneNumber => PhoneNumber.from(text);
/** The n-th person's number. */
export const person = (n: number): PhoneNumber => phone(`+6591${String(n).padStart(6, '0')}`);
/** The n-th virtual number. */
export const virtualNumber = (n: number): PhoneNumber => phone(`+6531${String(n).padStart(6, '0')}`);

/** What makes bookings and moves them. */
export type TestDependencies = MakeBookingDependencies & RetryDependencies;

/** The stores of one set of tables, with a clock that the test moves. */
export interface TestStores {
  readonly documents: DynamoDBDocumentClient;
  readonly bookings: BookingStore;
  readonly numbers: NumberStore;
  readonly blocklist: BlocklistStore;
  readonly poolCounts: PoolCounts;
  readonly traces: PersonTraces;
  readonly clock: { nowMs: number };
  readonly deps: TestDependencies;
  /** What whoever follows the stream of the bookings needs. */
  readonly following: FollowBookingsDependencies;
  addNumbers(count: number, country?: string, firstNumber?: number): Promise<void>;
}

const noRecordings: RecordingEraser = { erase: async ({ recordings }) => recordings.length };

export interface TestStoresOptions {
  readonly random?: Random;
  readonly recordings?: RecordingEraser;
  /** In place of a client of the database. */
  readonly documents?: DynamoDBDocumentClient;
}

/** What one execution environment has over the tables of a database. */
export function createTestStores(
  database: TestDatabase,
  tables: TestTables = database.tables,
  {
    random = Math.random,
    recordings = noRecordings,
    documents = documentsOf(database),
  }: TestStoresOptions = {},
): TestStores {
  const clock = { nowMs: NOON_MS };
  const surroundings = testSurroundings(() => clock.nowMs, random);
  const retry = createRetry(surroundings);
  const kept = { ...tables, retentionSeconds: RETENTION_DAYS * 86_400 };
  const bookings = createBookingStore(documents, { tables, retentionDays: RETENTION_DAYS, retry });
  const pool = createNumberPool(documents, tables.bookings);
  const numbers = createNumberStore(documents, { tables, retry, onChange: pool.forget });
  const blocklist = createBlocklistStore(documents, { tables: kept, retry });
  const traces = createPersonTraces(documents, { tables, recordings, retry });
  const poolCounts = createPoolCounts(documents, { table: tables.bookings, random, retry });
  let made = 0;
  const deps: TestDependencies = {
    ...surroundings,
    store: bookings,
    pool,
    draw: testDraw(random),
    blocklist,
    traces,
    retry,
    newBookingId: () => {
      made += 1;
      return `${String(made).padStart(6, '0')}-${randomUUID()}`;
    },
  };
  const { retentionSeconds } = kept;
  return {
    documents,
    bookings,
    numbers,
    blocklist,
    poolCounts,
    traces,
    clock,
    deps,
    following: {
      ...deps,
      list: createBookingList(documents, { table: tables.bookings, retentionSeconds, retry }),
      counts: poolCounts,
    },
    async addNumbers(count, country = 'SG', firstNumber = 1) {
      for (let n = firstNumber; n < firstNumber + count; n += 1) {
        await numbers.putNumber({ virtualNumber: virtualNumber(n), country, state: 'active' }, clock.nowMs);
      }
    },
  };
}

export function documentsOf(database: Pick<TestDatabase, 'client'>): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(database.client, { marshallOptions: { removeUndefinedValues: true } });
}

/** A booking of two people for an hour, with whatever a test wants to be different. */
export function draftOf(
  first: PhoneNumber,
  second: PhoneNumber,
  changes: Partial<BookingDraft> = {},
): BookingDraft {
  return {
    parties: [
      { label: 'rider', phoneNumbers: [first], country: 'SG' },
      { label: 'driver', phoneNumbers: [second], country: 'SG' },
    ],
    numbering: 'shared',
    direction: 'both',
    recordCalls: false,
    limits: {},
    expiresAtMs: NOON_MS + 3_600_000,
    coolDownSeconds: 0,
    sticky: false,
    ...changes,
  };
}

export const book = (stores: TestStores, draft: BookingDraft) => makeBooking(draft, stores.deps);

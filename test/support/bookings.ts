import { randomUUID } from 'node:crypto';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createBookingStore } from '../../functions/shared/adapters/dynamodb/bookings/booking-store.ts';
import { createNumberStore } from '../../functions/shared/adapters/dynamodb/bookings/number-store.ts';
import { PhoneNumber } from '../../functions/shared/domain/phone-number.ts';
import type { BookingStore, NumberStore } from '../../functions/shared/ports/booking-store.ts';
import {
  type BookingDraft,
  type MakeBookingDependencies,
  makeBooking,
} from '../../functions/shared/use-cases/make-booking.ts';
import type { TestDatabase, TestTables } from './dynamodb-engine.ts';

/** A moment that tests agree on. */
export const NOON_MS = Date.UTC(2026, 10, 21, 12);

export const phone = (text: string): PhoneNumber => PhoneNumber.from(text);
/** The n-th person's number. */
export const person = (n: number): PhoneNumber => phone(`+6591${String(n).padStart(6, '0')}`);
/** The n-th virtual number. */
export const virtualNumber = (n: number): PhoneNumber => phone(`+6531${String(n).padStart(6, '0')}`);

/** The stores of one set of tables, with a clock that the test moves. */
export interface TestStores {
  readonly documents: DynamoDBDocumentClient;
  readonly bookings: BookingStore;
  readonly numbers: NumberStore;
  readonly clock: { nowMs: number };
  readonly deps: MakeBookingDependencies;
  addNumbers(count: number, country?: string, firstNumber?: number): Promise<void>;
}

export function createTestStores(database: TestDatabase, tables: TestTables = database.tables): TestStores {
  const documents = DynamoDBDocumentClient.from(database.client, {
    marshallOptions: { removeUndefinedValues: true },
  });
  const bookings = createBookingStore(documents, { tables, retentionDays: 90 });
  const numbers = createNumberStore(documents, tables);
  const clock = { nowMs: NOON_MS };
  let made = 0;
  return {
    documents,
    bookings,
    numbers,
    clock,
    deps: {
      store: bookings,
      nowMs: () => clock.nowMs,
      random: Math.random,
      newBookingId: () => {
        made += 1;
        return `${String(made).padStart(6, '0')}-${randomUUID()}`;
      },
      pause: async () => undefined,
    },
    async addNumbers(count, country = 'SG', firstNumber = 1) {
      for (let n = firstNumber; n < firstNumber + count; n += 1) {
        await numbers.putNumber({ virtualNumber: virtualNumber(n), country, state: 'active' }, clock.nowMs);
      }
    },
  };
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

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sessionOperations } from '../../../functions/booking-api/operations/sessions.ts';
import { presentedTotals } from '../../../functions/booking-api/session-schemas.ts';
import { createBookingLinks } from '../../../functions/shared/adapters/dynamodb/bookings/booking-links.ts';
import { createCallRecord } from '../../../functions/shared/adapters/dynamodb/calls/calls-table.ts';
import { createSessionRecorder } from '../../../functions/shared/adapters/dynamodb/calls/calls-table-recorder.ts';
import type { SessionInput } from '../../../functions/shared/domain/session.ts';
import type { SessionRecorder } from '../../../functions/shared/ports/call-record.ts';
import { readCallPrices } from '../../../functions/shared/wiring/call-prices.ts';
import { book, createTestStores, draftOf, type TestStores } from '../../support/bookings.ts';
import { startTestDatabase, type TestDatabase } from '../../support/dynamodb-engine.ts';
import {
  answeredCall,
  callAtMs,
  callerEvent,
  decisionInput,
  driver,
  legA,
  legB,
  rider,
  summaryInput,
} from '../../support/session-inputs.ts';

const PRICES = { currency: 'SGD', inboundPerMinute: 0.02, outboundPerMinute: 0.1, incrementSeconds: 60 };

let database: TestDatabase;
let stores: TestStores;
let recorder: SessionRecorder;
let callsTable: string;
let bookingId: string;

beforeAll(async () => {
  database = await startTestDatabase();
});

afterAll(() => database.stop());

beforeEach(async () => {
  const tables = await database.createTables();
  stores = createTestStores(database, tables);
  await stores.addNumbers(1);
  recorder = createSessionRecorder({
    client: stores.documents,
    tableName: tables.calls,
    bookingLinks: createBookingLinks(stores.documents, tables.bookings),
    retentionDays: 90,
  });
  callsTable = tables.calls;
  bookingId = (await book(stores, draftOf(rider, driver))).booking.bookingId;
});

async function record(sessionId: string, inputs: readonly SessionInput[]): Promise<void> {
  for (const input of inputs) await recorder.record(sessionId, input, { receivedAtMs: callAtMs });
}

const connected = (over = {}) => decisionInput({ bookingId, ...over });
const answered = () => answeredCall().map((input) => (input.kind === 'decision' ? connected() : input));
const missed = (): SessionInput[] => [
  connected(),
  summaryInput({
    sessionStatus: 'NO_ANSWER',
    legs: [legA({ durationSeconds: 25 }), legB({ status: 'NO_ANSWER', durationSeconds: 0 })],
  }),
];

async function list(query: { limit: number; cursor?: string }, prices: unknown = null) {
  const [operation] = sessionOperations({
    store: stores.bookings,
    calls: createCallRecord(stores.documents, callsTable),
    recordingLinks: { downloadUrl: () => Promise.reject(new Error('Nothing is downloaded here.')) },
    callPrices: readCallPrices(JSON.stringify(prices)),
    nowMs: () => callAtMs,
  });
  const answer = await operation?.run({
    path: { bookingId },
    query,
    body: undefined,
    idempotencyKey: undefined,
  });
  return answer?.body as { items: unknown[]; nextCursor: string | null; totals: unknown };
}

describe('what the calls of a booking come to', () => {
  test('is told with them: outcomes, talk time, legs and what they cost', async () => {
    await record('session-1', answered());
    await record('session-2', missed());
    await record('session-3', [connected(), callerEvent('CALL_RECEIVED', 0)]);

    const { totals } = await list({ limit: 20 }, PRICES);

    expect(presentedTotals.strict().parse(totals)).toEqual({
      sessions: 3,
      outcomes: {
        answered: 1,
        missed: 1,
        busy: 0,
        failed: 0,
        canceled: 0,
        refused: 0,
        error: 0,
        'in-progress': 1,
      },
      talkSeconds: 47,
      inboundLegSeconds: 72,
      outboundLegSeconds: 47,
      estimatedCost: { amount: 0.14, currency: 'SGD' },
    });
  });

  test('is the same whatever came twice and in whatever order', async () => {
    const inputs = [...answered(), ...answered()];
    await record('session-1', inputs.toReversed());
    await Promise.all(inputs.map((input) => record('session-2', [input])));

    const { totals } = await list({ limit: 20 });

    expect(totals).toMatchObject({
      sessions: 2,
      talkSeconds: 94,
      inboundLegSeconds: 94,
      outboundLegSeconds: 94,
    });
  });

  test('follows the summary where the events had said something else', async () => {
    await record('session-1', answered().slice(0, -2));
    await record('session-1', [
      summaryInput({ legs: [legA({ durationSeconds: 50 }), legB({ durationSeconds: 44 })] }),
    ]);

    const { totals } = await list({ limit: 20 });

    expect(totals).toMatchObject({
      sessions: 1,
      talkSeconds: 44,
      inboundLegSeconds: 50,
      outboundLegSeconds: 44,
    });
  });

  test('covers every call on every page', async () => {
    for (const id of ['session-1', 'session-2', 'session-3']) await record(id, answered());

    const first = await list({ limit: 2 });
    const second = await list({ limit: 2, ...(first.nextCursor !== null && { cursor: first.nextCursor }) });

    expect([first.items.length, second.items.length]).toEqual([2, 1]);
    expect(first.totals).toMatchObject({ sessions: 3, talkSeconds: 141 });
    expect(second.totals).toEqual(first.totals);
  });

  test('is nothing, at no cost, before the first call', async () => {
    const { items, totals } = await list({ limit: 20 }, PRICES);

    expect(items).toEqual([]);
    expect(totals).toMatchObject({ sessions: 0, talkSeconds: 0, estimatedCost: { amount: 0 } });
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  actualSession,
  courseOf,
  eventIdsOf,
  everyFault,
  expectedSession,
  expectedTotals,
  type PlayedCall,
  planCall,
} from './faulty-calls.ts';
import { type Json, type MaskedService, type Ride, startMaskedService } from './masked-service.ts';

/** How many calls are played; `SIMULATED_CALLS=1000` plays a thousand, in two to three minutes. */
const CALLS = Number(process.env.SIMULATED_CALLS ?? 120);
const RIDES = 10;
const AT_A_TIME = 4;
/** Every which call is played a second time. */
const REPEATED_EVERY = 10;
/** A slow machine may take its time: what is late is late in the simulated time, and by its seed. */
const PATIENCE = { deadlineMs: 5_000, timeoutMs: 60_000 };

let masked: MaskedService;
const rides: Ride[] = [];

beforeAll(async () => {
  masked = await startMaskedService({ context: { 'callers.deadlineMs': PATIENCE.deadlineMs } });
  for (let index = 0; index < RIDES; index += 1) rides.push(await masked.book());
  await masked.simulator('PUT', '/simulator/delivery', { timeoutMs: PATIENCE.timeoutMs });
  await masked.simulator('PUT', '/simulator/faults', everyFault);
}, 120_000);

afterAll(() => masked[Symbol.asyncDispose]());

/** Works through all of them, a few at a time. */
async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [position, item] = next;
      results[position] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return results;
}

async function play(index: number): Promise<PlayedCall> {
  const planned = planCall(rides, index);
  const report = await masked.call(planned.request);
  return { ...planned, sessionId: report.sessionId, course: courseOf(report) };
}

/** Makes every delivery that was dropped, delayed or not taken, those of a session in any order. */
async function deliverTheRest(calls: readonly PlayedCall[]): Promise<number> {
  const reasons = ['dropped', 'delayed', 'failed'];
  const delivered = await inParallel(calls, async ({ sessionId }) => {
    const flush = { sessionId, reasons, order: 'shuffled', seed: sessionId };
    const { body } = await masked.simulator('POST', '/simulator/flush', flush);
    return body.delivered as number;
  });
  return delivered.reduce((sum, some) => sum + some, 0);
}

async function reportOf({ sessionId }: PlayedCall): Promise<Json> {
  return (await masked.simulator('GET', `/simulator/sessions/${sessionId}`)).body;
}

/** The calls of a booking as the API lists them, and what they come to. */
async function listed({ bookingId }: Ride): Promise<{ sessions: Json[]; totals: Json }> {
  const sessions: Json[] = [];
  let cursor: string | null = null;
  for (;;) {
    const query = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { body }: Json = await masked.api('GET', `/v1/bookings/${bookingId}/sessions?limit=100${query}`);
    sessions.push(...body.items);
    if (body.nextCursor === null) return { sessions, totals: body.totals };
    cursor = body.nextCursor;
  }
}

describe(`${CALLS} calls with every fault at once`, () => {
  let calls: PlayedCall[];
  const reports = new Map<string, Json>();

  test('are played, and every delivery is made in the end', async () => {
    calls = await inParallel([...Array(CALLS).keys()], play);
    const delivered = await deliverTheRest(calls);
    for (const call of calls) reports.set(call.sessionId, await reportOf(call));

    const all = [...reports.values()];
    const taken = all.flatMap(({ exchanges }) => exchanges.filter(({ webhook }: Json) => webhook === 'VCS'));
    expect((await masked.simulator('GET', '/simulator/pending')).body.items).toEqual([]);
    expect(delivered).toBeGreaterThan(CALLS / 2);
    expect(taken.length).toBeGreaterThan(all.flatMap(eventIdsOf).length * 1.1);
    expect(new Set(all.map(({ status }) => status)).size).toBe(6);
  }, 900_000);

  test('end each in the right state, with every event applied once', async () => {
    const differences = await inParallel(calls, async (call) => {
      const expected = expectedSession(call, reports.get(call.sessionId));
      const isRight = (view: Json): boolean =>
        JSON.stringify(actualSession(view)) === JSON.stringify(expected);
      const session = await masked.session(call.sessionId, isRight);
      return isRight(session) ? [] : [{ expected, actual: actualSession(session) }];
    });

    expect(differences.flat()).toEqual([]);
  }, 900_000);

  test('are listed once each under their bookings, which add up', async () => {
    expect.assertions(2 * RIDES);
    for (const ride of rides) {
      const ofRide = calls.filter((call) => call.ride === ride && !call.isStranger);
      const expected = ofRide.map((call) => expectedSession(call, reports.get(call.sessionId)));
      const { sessions, totals } = await listed(ride);

      expect(sessions.map(({ sessionId }) => sessionId).sort()).toEqual(
        ofRide.map(({ sessionId }) => sessionId).sort(),
      );
      expect(totals).toMatchObject(expectedTotals(expected));
    }
  }, 120_000);

  test('go the same way again with the same seeds', async () => {
    const again = calls.filter((_, index) => index % REPEATED_EVERY === 0);

    const repeated = await inParallel(again, async ({ request }) => courseOf(await masked.call(request)));

    expect(repeated).toEqual(again.map(({ course }) => course));
  }, 300_000);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Json, type MaskedService, type Ride, startMaskedService } from './masked-service.ts';

/** How many calls are played; 1000 with SIMULATED_CALLS=1000, which takes some minutes. */
const CALLS = Number(process.env.SIMULATED_CALLS ?? 120);
const RIDES = 10;
const AT_A_TIME = 4;

/** Everything that can go wrong with a delivery, at once. */
const everyFault = {
  VCA: { duplicate: 0.1, drop: 0.03, slowMs: 40 },
  VCS: { duplicate: 0.3, drop: 0.2, delaySeconds: [0, 240], reorder: true, slowMs: 20 },
  VSS: { duplicate: 0.3, drop: 0.2, delaySeconds: [0, 600], reorder: true, slowMs: 20 },
  VRU: { duplicate: 0.3, drop: 0.2, delaySeconds: [0, 600], reorder: true, slowMs: 20 },
};

const answers = ['answered', 'answered', 'no-answer', 'busy', 'failed', 'cancelled'] as const;

const outcomeOf: Readonly<Record<string, string>> = {
  NO_ANSWER: 'missed',
  BUSY: 'busy',
  FAILED: 'failed',
  CANCELED: 'canceled',
  ERROR: 'error',
};

let masked: MaskedService;

beforeAll(async () => {
  masked = await startMaskedService();
}, 120_000);

afterAll(() => masked[Symbol.asyncDispose]());

interface Played {
  readonly report: Json;
  readonly ride: Ride;
  readonly isStranger: boolean;
}

/** Works through all of them, a few at a time. */
async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}

async function playAll(rides: readonly Ride[]): Promise<Played[]> {
  const played: Played[] = [];
  await inParallel([...Array(CALLS).keys()], async (index) => {
    const ride = rides[index % rides.length];
    if (ride === undefined) return;
    const isStranger = index % 9 === 0;
    const from = isStranger ? '+6591119999' : index % 2 === 0 ? ride.rider : ride.driver;
    const answer = answers[index % answers.length];
    const report = await masked.call({ from, to: ride.virtualNumber, answer, seed: index });
    played.push({ report, ride, isStranger });
  });
  return played;
}

/** Makes every delivery that was dropped, delayed or not taken, those of a session in any order. */
async function deliverTheRest(played: readonly Played[]): Promise<number> {
  let delivered = 0;
  await inParallel(played, async ({ report: { sessionId } }) => {
    const reasons = ['dropped', 'delayed', 'held', 'failed'];
    const flush = { sessionId, reasons, order: 'shuffled', seed: 7 };
    const { body } = await masked.simulator('POST', '/simulator/flush', flush);
    delivered += body.delivered;
  });
  return delivered;
}

/** What the session has to say in the end, told from what happened on the line. */
function expectedSession({ report, ride, isStranger }: Played): object {
  const answered = report.connectedTo !== null;
  const refused = isStranger && report.status === 'COMPLETED';
  return {
    sessionId: report.sessionId,
    status: report.status,
    outcome: answered ? 'answered' : refused ? 'refused' : outcomeOf[report.status],
    reachedCallee: answered,
    bookingId: isStranger ? null : ride.bookingId,
    recorded: report.recording === null ? [] : [true],
  };
}

function actualSession({ recordings, ...session }: Json): object {
  const { sessionId, status, outcome, reachedCallee, bookingId } = session;
  const recorded = recordings.map(({ verified }: { verified: boolean }) => verified);
  return { sessionId, status, outcome, reachedCallee, bookingId, recorded };
}

async function listedSessions({ bookingId }: Ride): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const query = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { body }: Json = await masked.api('GET', `/v1/bookings/${bookingId}/sessions?limit=100${query}`);
    ids.push(...body.items.map(({ sessionId }: { sessionId: string }) => sessionId));
    cursor = body.nextCursor;
  } while (cursor !== null);
  return ids;
}

describe(`${CALLS} calls with every fault at once`, () => {
  test('end with all sessions present, once, in the right state', async () => {
    const rides: Ride[] = [];
    for (let index = 0; index < RIDES; index += 1) rides.push(await masked.book());
    await masked.simulator('PUT', '/simulator/faults', everyFault);

    const played = await playAll(rides);
    const delivered = await deliverTheRest(played);

    expect((await masked.simulator('GET', '/simulator/pending')).body.items).toEqual([]);
    expect(delivered).toBeGreaterThan(CALLS / 2);
    expect(new Set(played.map(({ report }) => report.status)).size).toBe(6);
    await inParallel(played, async (call) => {
      const expected = expectedSession(call);
      const session = await masked.session(
        call.report.sessionId,
        (view) => JSON.stringify(actualSession(view)) === JSON.stringify(expected),
      );
      expect(actualSession(session)).toEqual(expected);
    });
    for (const ride of rides) {
      const ofRide = played.filter((call) => call.ride === ride && !call.isStranger);
      expect((await listedSessions(ride)).sort()).toEqual(
        ofRide.map(({ report }) => report.sessionId).sort(),
      );
    }
  }, 900_000);
});

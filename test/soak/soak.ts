import { seededRandom } from '../../lib/pool-planner/seeded-random.ts';
import { book, createTestStores, draftOf, NOON_MS, person } from '../support/bookings.ts';
import { startTestDatabase } from '../support/dynamodb-engine.ts';
import { type BookedPair, type Delivery, planSoak } from './soak-plan.ts';
import { judge, type SoakVerdict } from './soak-verdict.ts';
import { createWebhookStation } from './webhook-station.ts';

export interface SoakOptions {
  readonly webhooks: number;
  readonly seed: number;
  readonly onProgress?: (progress: SoakProgress) => void;
}

/** How far a soak has come. */
export interface SoakProgress {
  readonly phase: 'sending' | 'replaying' | 'checking';
  readonly done: number;
  readonly total: number;
}

/** What a soak did and what came of it. */
export interface SoakReport extends SoakVerdict {
  readonly webhooks: number;
  readonly distinct: number;
  readonly repeated: number;
  readonly sessions: number;
  /** Sessions of which something came in before what happened earlier. */
  readonly reordered: number;
  /** Requests to the store, and how many of them were made to fail. */
  readonly storeRequests: number;
  readonly storeFaults: number;
  /** Webhooks that went through the retry queue, and replays whose answer was lost. */
  readonly queued: number;
  readonly consumersKilled: number;
  readonly mostReceives: number;
  readonly deadLetters: number;
  /** Webhooks that were not answered 200. */
  readonly refused: number;
  readonly seconds: number;
}

const REPEATED_SHARE = 0.2;
const IN_FLIGHT = 32;
const CALLS_PER_PAIR = 40;
const POOL_SIZE = 10;
const KILLED_SHARE = 0.02;
/** Together five in a hundred: refused as throttled, failed, and carried out without an answer. */
const FAULTS = { throttleEvery: 60, failEvery: 61, loseAnswerEvery: 59 } as const;
const FAULTY_SHARE = 1 / 60 + 1 / 61 + 1 / 59;
/** The bound on a webhook's wait for the store plays no part here: a slow machine must not look like a slow store. */
const STORE_PATIENCE_MS = 600_000;

/**
 * Sends webhooks through the real handlers to a real engine that fails now and then, in any order and some twice,
 * replays what was queued with consumers that are killed now and then, and compares the record with what was told.
 */
export async function runSoak({ webhooks, seed, onProgress = () => undefined }: SoakOptions) {
  const startedAtMs = performance.now();
  const random = seededRandom(seed);
  const database = await startTestDatabase();
  try {
    const stores = createTestStores(database);
    await stores.addNumbers(POOL_SIZE);
    const pairs = await bookPairs(stores, Math.max(1, Math.ceil(webhooks / 7 / CALLS_PER_PAIR)));
    const plan = planSoak({ webhooks, repeatedShare: REPEATED_SHARE, pairs, random });
    const station = createWebhookStation({
      database,
      nowMs: () => NOON_MS + 7_200_000,
      storePatienceMs: STORE_PATIENCE_MS,
      log: () => undefined,
    });

    let consumersKilled = 0;
    const consume: typeof station.replay = async (event) => {
      const answer = await station.replay(event);
      if (random() >= KILLED_SHARE) return answer;
      consumersKilled += 1;
      throw new Error('The consumer was killed before it could answer.');
    };

    database.proxy.resetCounts();
    database.proxy.setFaults(FAULTS);
    let refused = 0;
    let done = 0;
    await inParallel(plan.deliveries, async ({ webhook, body }) => {
      const { status } = await station.send(webhook, body);
      if (status !== 200) refused += 1;
      done += 1;
      onProgress({ phase: 'sending', done, total: plan.deliveries.length });
      // Every now and then, so that replays race with what still comes in.
      if (done % IN_FLIGHT === 0) await station.queue.deliverBatch(consume);
    });
    const left = station.queue.size();
    while (await station.queue.deliverBatch(consume)) {
      onProgress({ phase: 'replaying', done: Math.max(left - station.queue.size(), 0), total: left });
    }
    database.proxy.setFaults({});
    const storeRequests = Object.values(database.proxy.requestCounts()).reduce((sum, n) => sum + n, 0);

    const total = plan.sessions.length;
    const verdict = await judge(station.calls, plan.sessions, (checked) =>
      onProgress({ phase: 'checking', done: checked, total }),
    );
    const report: SoakReport = {
      ...verdict,
      webhooks: plan.deliveries.length,
      distinct: plan.distinct,
      repeated: plan.repeated,
      sessions: total,
      reordered: countReordered(plan.deliveries),
      storeRequests,
      storeFaults: Math.round(storeRequests * FAULTY_SHARE),
      queued: station.queue.kept(),
      consumersKilled,
      mostReceives: station.queue.mostReceives(),
      deadLetters: station.queue.deadLetters.length,
      refused,
      seconds: (performance.now() - startedAtMs) / 1000,
    };
    return report;
  } finally {
    await database.stop();
  }
}

/** Whether nothing was lost, nothing doubled and every final state is right. */
export function isFlawless({ lost, doubled, wrong, refused, deadLetters }: SoakReport): boolean {
  return lost + doubled + wrong + refused + deadLetters === 0;
}

async function bookPairs(stores: ReturnType<typeof createTestStores>, count: number): Promise<BookedPair[]> {
  const pairs: BookedPair[] = [];
  for (let n = 0; n < count; n += 1) {
    const parties = [person(2 * n), person(2 * n + 1)] as const;
    const { booking } = await book(stores, draftOf(...parties));
    pairs.push({ bookingId: booking.bookingId, virtualNumber: booking.parties[0].virtualNumber, parties });
  }
  return pairs;
}

async function inParallel<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let one = all[next++]; one !== undefined; one = all[next++]) await work(one);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
}

/** A session is in order only if its webhooks come in one after the other as they happened. */
function countReordered(deliveries: readonly Delivery[]): number {
  const lastTimes = new Map<string, string>();
  const reordered = new Set<string>();
  for (const { webhook, body } of deliveries) {
    const { payload } = JSON.parse(body);
    const sessionId = String(payload.sessionId);
    const rank = webhook === 'call-status' ? String(payload.timestamp) : `9-${webhook}`;
    if (rank < (lastTimes.get(sessionId) ?? '')) reordered.add(sessionId);
    lastTimes.set(sessionId, rank);
  }
  return reordered.size;
}

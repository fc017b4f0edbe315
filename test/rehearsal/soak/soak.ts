import { seededRandom } from '../../../lib/commands/plan/seeded-random.ts';
import { createTestStores, virtualNumber } from '../../support/bookings.ts';
import { startTestDatabase, type TestDatabase } from '../../support/dynamodb-engine.ts';
import { createDecisionLog } from './decision-log.ts';
import { judgeNumbers } from './number-updates.ts';
import { bookPairs, SOAK_ENDS_AT_MS } from './soak-bookings.ts';
import { type Delivery, planSoak } from './soak-plan.ts';
import { createTally, type SoakTally } from './soak-tally.ts';
import { countedCalls, judge, type SoakVerdict } from './soak-verdict.ts';
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
export interface SoakReport extends SoakVerdict, SoakTally {
  readonly webhooks: number;
  readonly distinct: number;
  readonly repeated: number;
  readonly sessions: number;
  /** Sessions of which something came in before what happened earlier. */
  readonly reordered: number;
  /** Requests to the store, and how many of them were made to fail. */
  readonly storeRequests: number;
  readonly storeFaults: number;
  /** Webhooks that went through the retry queue. */
  readonly queued: number;
  readonly mostReceives: number;
  readonly deadLetters: number;
  /** Deliveries of the decision log that failed and came again. */
  readonly logRepeated: number;
  readonly seconds: number;
}

const REPEATED_SHARE = 0.2;
const IN_FLIGHT = 32;
/** On average of two people: two bookings with forty calls each, and about seven webhooks of a call. */
const WEBHOOKS_PER_PAIR = 560;
const POOL_SIZE = 10;
const KILLED_SHARE = 0.02;
/** Together five in a hundred: refused as throttled, failed, and carried out without an answer. */
const FAULTS = { throttleEvery: 60, failEvery: 61, loseAnswerEvery: 59 } as const;
/** The bound on a webhook's wait for the store plays no part here: a slow machine must not look like a slow store. */
const STORE_PATIENCE_MS = 600_000;

/**
 * Sends webhooks through the real handlers to a real engine that fails now and then, in any order and some twice,
 * replays what was queued with consumers that are killed now and then, and compares the record with what was told.
 */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const database = await startTestDatabase({ withStreams: false });
  try {
    return await soak(database, options);
  } finally {
    await database.stop();
  }
}

async function soak(database: TestDatabase, { webhooks, seed, onProgress = () => undefined }: SoakOptions) {
  const startedAtMs = performance.now();
  const random = seededRandom(seed);
  const stores = createTestStores(database);
  await stores.addNumbers(POOL_SIZE);
  const pairs = await bookPairs(stores, Math.ceil(webhooks / WEBHOOKS_PER_PAIR), random);
  const virtualNumbers = Array.from({ length: POOL_SIZE }, (_, n) => virtualNumber(n + 1));
  const plan = planSoak({ webhooks, repeatedShare: REPEATED_SHARE, pairs, virtualNumbers, random });
  const log = createDecisionLog();
  const station = createWebhookStation({
    database,
    nowMs: () => SOAK_ENDS_AT_MS,
    storePatienceMs: STORE_PATIENCE_MS,
    log: log.write,
  });
  const tally = createTally();

  const replay: typeof station.replay = async (event) => {
    const answer = await station.replay(event);
    if (random() >= KILLED_SHARE) return answer;
    tally.killConsumer();
    throw new Error('The consumer was killed before it could answer.');
  };
  const replayBatches = async (): Promise<boolean> => {
    const replayed = await station.queue.deliverBatch(replay);
    return (await log.deliver(station.deliverDecisions)) || replayed;
  };
  const waiting = () => station.queue.size() + log.size();

  database.proxy.resetCounts();
  database.proxy.setFaults(FAULTS);
  let sent = 0;
  await inParallel(plan.deliveries, async (delivery) => {
    tally.hear(delivery, await station.send(delivery.webhook, delivery.body));
    sent += 1;
    onProgress({ phase: 'sending', done: sent, total: plan.deliveries.length });
    // Every now and then, so that replays race with what still comes in.
    if (sent % IN_FLIGHT === 0) await replayBatches();
  });
  const left = waiting();
  while (await replayBatches()) {
    onProgress({ phase: 'replaying', done: Math.max(left - waiting(), 0), total: left });
  }
  database.proxy.setFaults({});
  const storeRequests = sum(Object.values(database.proxy.requestCounts()));
  const storeFaults = sum(Object.values(database.proxy.faultCounts()));

  const verdict = await judge({
    calls: station.calls,
    expected: plan.sessions,
    countedCalls: countedCalls(station.callRoutes, pairs),
    onProgress: (done) => onProgress({ phase: 'checking', done, total: plan.sessions.length }),
  });
  await judgeNumbers(station.numbers, plan.numbers, verdict);
  return {
    ...verdict,
    ...tally.counts,
    webhooks: plan.deliveries.length,
    distinct: plan.distinct,
    repeated: plan.repeated,
    sessions: plan.sessions.length,
    reordered: countReordered(plan.deliveries),
    storeRequests,
    storeFaults,
    queued: station.queue.kept(),
    mostReceives: station.queue.mostReceives(),
    deadLetters: station.queue.deadLetters.length,
    logRepeated: log.repeated(),
    seconds: (performance.now() - startedAtMs) / 1000,
  };
}

/** Whether nothing was lost, nothing doubled, every final state is right and nobody reached a stranger. */
export function isFlawless(report: SoakReport): boolean {
  const { lost, doubled, wrong, refused, deadLetters, misconnected } = report;
  return lost + doubled + wrong + refused + deadLetters + misconnected === 0;
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

async function inParallel<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let one = all[next++]; one !== undefined; one = all[next++]) await work(one);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
}

/** A session is in order only if its webhooks come in one after the other as they happened. */
function countReordered(deliveries: readonly Delivery[]): number {
  const lastRanks = new Map<string, string>();
  const reordered = new Set<string>();
  for (const { webhook, body } of deliveries) {
    const { sessionId, timestamp } = JSON.parse(body).payload;
    if (sessionId === undefined) continue;
    const rank = webhook === 'call-action' ? '' : String(timestamp ?? `9-${webhook}`);
    if (rank < (lastRanks.get(sessionId) ?? '')) reordered.add(sessionId);
    lastRanks.set(sessionId, rank);
  }
  return reordered.size;
}

import { defaultOutboundScript, type OutboundScript } from './model/call-request.ts';
import { createSimulatedClock, type SimulatedClock } from './model/clock.ts';
import type { Faults } from './model/faults.ts';
import { createUuid } from './model/ids.ts';
import type { ManagementFault } from './model/management-faults.ts';
import { createRandom, type Random } from './model/random.ts';
import {
  createSubAccount,
  fillNumbers,
  type SubAccount,
  type SubAccountOptions,
} from './model/sub-account.ts';
import { documentedVariations, type Variations } from './model/variations.ts';
import type { VoiceSession } from './model/voice-session.ts';
import type { PendingDelivery } from './webhooks/outgoing-events.ts';
import type { DeliverySettings } from './webhooks/post-webhook.ts';

/** The newest sessions are kept, so that a long bench does not fill the memory. */
const MOST_SESSIONS = 5_000;

/** One line of what the simulator does. Never holds a phone number. */
interface SimulatorLogEntry {
  readonly code: 'LISTENING' | 'REQUEST' | 'SESSION_ENDED' | 'UNEXPECTED_ERROR' | 'STOPPED';
  readonly [detail: string]: string | number | null;
}

/** What a run of the simulator gathers, and the switches that are thrown during it; a reset starts it anew. */
interface Run {
  variations: Variations;
  faults: Faults;
  delivery: DeliverySettings;
  outbound: OutboundScript;
  managementFaults: ManagementFault[];
  pending: PendingDelivery[];
  readonly sessions: Map<string, VoiceSession>;
  sessionCount: number;
  /** How many sessions began with each seed: the same seed again gives other ids, but the same faults. */
  readonly sessionsBySeed: Map<string, number>;
  /** When each file that calls have played was downloaded, in simulated time. */
  readonly audioFiles: Map<string, number>;
  /** For ids that belong to no session. */
  readonly random: Random;
}

/** The simulated platform: its accounts, its time, and what has happened. */
export interface Platform {
  readonly seed: string;
  readonly clock: SimulatedClock;
  /** Which sub-accounts each API key opens. */
  readonly subAccountsByApiKey: ReadonlyMap<string, ReadonlySet<string>>;
  readonly subAccounts: ReadonlyMap<string, SubAccount>;
  readonly s3Endpoint: string | undefined;
  readonly publishedEvents: () => readonly unknown[] | Promise<readonly unknown[]>;
  readonly log: (entry: SimulatorLogEntry) => void;
  /** Aborted when the simulator stops: deliveries under way end. */
  readonly stopping: AbortController;
  /** Sessions and deliveries that go on after their request was answered. */
  readonly background: Set<Promise<unknown>>;
  run: Run;
  /** Forgets the run; with `account`, also the webhooks and the push config. */
  reset(options: { readonly account: boolean }): void;
}

/** What a platform is made from; every field is present. */
export interface PlatformOptions {
  readonly seed: string;
  readonly clockStartMs: number | undefined;
  readonly apiKeys: readonly string[];
  readonly subAccounts: readonly SubAccountOptions[];
  readonly s3Endpoint: string | undefined;
  readonly delivery: DeliverySettings;
  readonly publishedEvents: Platform['publishedEvents'];
  readonly log: Platform['log'];
}

/** Makes a platform with the given accounts, on which nothing is registered and nothing has happened. */
export function createPlatform(options: PlatformOptions): Platform {
  const clock = createSimulatedClock(options.clockStartMs);
  const subAccounts = new Map(
    options.subAccounts.map((described) => [described.id, createSubAccount(described, clock.nowMs())]),
  );
  const platform: Platform = {
    seed: options.seed,
    clock,
    subAccountsByApiKey: openSubAccounts(options),
    subAccounts,
    s3Endpoint: options.s3Endpoint,
    publishedEvents: options.publishedEvents,
    log: options.log,
    stopping: new AbortController(),
    background: new Set(),
    run: createRun(options),
    reset({ account }) {
      platform.run = createRun(options);
      if (options.clockStartMs !== undefined) clock.set(options.clockStartMs);
      else clock.set(Date.now());
      for (const described of options.subAccounts) {
        const subAccount = subAccounts.get(described.id);
        if (subAccount === undefined) continue;
        fillNumbers(subAccount, described, clock.nowMs());
        subAccount.exportJobs.clear();
        if (account) {
          subAccount.webhooks = [];
          subAccount.pushConfig = undefined;
        }
      }
    },
  };
  return platform;
}

function createRun({ seed, delivery }: PlatformOptions): Run {
  return {
    variations: documentedVariations,
    faults: {},
    delivery,
    outbound: defaultOutboundScript,
    managementFaults: [],
    pending: [],
    sessions: new Map(),
    sessionCount: 0,
    sessionsBySeed: new Map(),
    audioFiles: new Map(),
    random: createRandom(seed, 'platform'),
  };
}

function openSubAccounts({ apiKeys, subAccounts }: PlatformOptions): Map<string, Set<string>> {
  const opened = new Map(apiKeys.map((key) => [key, new Set<string>()]));
  for (const { id, apiKeys: ownKeys = apiKeys } of subAccounts) {
    for (const key of ownKeys) opened.set(key, (opened.get(key) ?? new Set()).add(id));
  }
  return opened;
}

/** Keeps a session; the oldest is forgotten when there are too many. */
export function keepSession(platform: Platform, session: VoiceSession): void {
  const { sessions } = platform.run;
  sessions.set(session.sessionId, session);
  const [oldest] = sessions.keys();
  if (sessions.size > MOST_SESSIONS && oldest !== undefined) sessions.delete(oldest);
}

/** An id for something that belongs to no session. */
export function platformUuid(platform: Platform): string {
  return createUuid(platform.run.random, platform.clock.nowMs());
}

/** Lets work go on after the request that caused it is answered; a failure is logged. */
export function inBackground(platform: Platform, work: Promise<unknown>): void {
  const tracked = work
    .catch((error: unknown) => {
      platform.log({ code: 'UNEXPECTED_ERROR', message: error instanceof Error ? error.message : 'unknown' });
    })
    .finally(() => platform.background.delete(tracked));
  platform.background.add(tracked);
}

/** Resolves when nothing goes on in the background. */
export async function settled(platform: Platform): Promise<void> {
  while (platform.background.size > 0) await Promise.allSettled(platform.background);
}

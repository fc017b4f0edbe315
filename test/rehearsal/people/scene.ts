import type { Chance } from '../world/chance.ts';
import type { HttpAnswer, World } from '../world/world.ts';
import { Ledger } from './ledger.ts';

/** A promise that was broken. */
export interface Violation {
  readonly promise:
    | 'stranger connected'
    | 'ambiguous'
    | 'event lost'
    | 'silent caller'
    | 'zombie'
    | 'refused while a number was free'
    | 'party not connected'
    | 'failed for nothing'
    | 'not idempotent'
    | 'trace left'
    | 'told wrongly';
  readonly what: string;
  readonly atMs: number;
}

/** What the people of a rehearsal share. */
export interface Scene {
  readonly world: World;
  readonly chance: Chance;
  readonly ledger: Ledger;
  readonly people: readonly string[];
  readonly numbers: readonly string[];
  readonly coolDownMs: number;
  readonly violations: Violation[];
  /** Since when a number surely takes new bookings; absent while it does not, or may not. */
  readonly activeSinceMs: Map<string, number>;
  readonly sessions: PlayedSession[];
  readonly counts: { bookings: number; calls: number; refusals: number; ended: number };
}

/** A call as the platform knows it. */
export interface PlayedSession {
  readonly sessionId: string;
  readonly caller: string;
  readonly virtualNumber: string;
  readonly callee: string | undefined;
  readonly bookingId: string | undefined;
  /** Events that the service has taken. */
  readonly takenEvents: Set<string>;
  summaryTaken: boolean;
  recordingTaken: string | undefined;
  readonly isDecisionCertain: boolean;
}

export function createScene(
  world: World,
  { people, numbers, coolDownSeconds }: { people: number; numbers: number; coolDownSeconds: number },
): Scene {
  return {
    world,
    chance: world.chance.fork('people'),
    ledger: new Ledger(),
    people: Array.from({ length: people }, (_, at) => `+65${91_110_001 + at}`),
    numbers: Array.from({ length: numbers }, (_, at) => `+65${31_290_001 + at}`),
    coolDownMs: coolDownSeconds * 1000,
    violations: [],
    activeSinceMs: new Map(),
    sessions: [],
    counts: { bookings: 0, calls: 0, refusals: 0, ended: 0 },
  };
}

export function complain(scene: Scene, promise: Violation['promise'], what: string): void {
  const { world, violations } = scene;
  world.journal.write(`${world.clock.nowMs.toFixed(3)} VIOLATION ${promise}: ${what}`);
  violations.push({ promise, what, atMs: world.clock.nowMs });
}

const MOST_TRIES = 12;

/** A request of the company, sent again until the answer says something for sure. */
export async function ask(
  scene: Scene,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<HttpAnswer & { readonly wasRepeated: boolean }> {
  const { world, chance } = scene;
  for (let attempt = 1; ; attempt += 1) {
    const answer = await world.request(method, path, body, headers);
    const isDefinite = answer.status < 500 && answer.status !== 429;
    if (!isDefinite && !answer.isDisturbed) {
      complain(scene, 'failed for nothing', `${method} ${pathOf(path)} answered ${answer.status}`);
    }
    if (isDefinite || attempt === MOST_TRIES) return { ...answer, wasRepeated: attempt > 1 };
    await world.clock.sleep(chance.between(200, 1500) * attempt);
  }
}

/** Whether an answer says for sure what happened. */
export function isDefinite({ status }: HttpAnswer): boolean {
  return status < 500 && status !== 429;
}

export function codeOf({ json }: HttpAnswer): string {
  return String(json.code ?? '');
}

function pathOf(path: string): string {
  return path.replace(/%2B\d+/g, '{e164}').replace(/[0-9A-HJKMNP-TV-Z]{26}/g, '{id}');
}

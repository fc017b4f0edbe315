import { book, change, end } from './people/bookings.ts';
import { call } from './people/calls.ts';
import type { KnownBooking } from './people/ledger.ts';
import { ask, complain, createScene, type Scene, type Violation } from './people/scene.ts';
import { blockForAWhile, erase, troubleNumber } from './people/upkeep.ts';
import { judgeTheEnd } from './people/verdict.ts';
import { createChance } from './world/chance.ts';
import { createPlatformFetch } from './world/eight-by-eight.ts';
import type { Interference } from './world/interference.ts';
import { calm, rough, type Weather } from './world/weather.ts';
import { type Plan, World } from './world/world.ts';

/** How much happens in a rehearsal. */
export interface Size {
  readonly people: number;
  readonly numbers: number;
  readonly minutes: number;
  /** Steps of all people together. */
  readonly steps: number;
}

/** A few minutes in which everybody is in everybody's way. */
export const crowded: Size = { people: 9, numbers: 6, minutes: 25, steps: 230 };
/** A day of a company: 3,000 bookings, 10,000 calls. */
export const wholeDay: Size = { people: 2000, numbers: 12, minutes: 1440, steps: 14_600 };

export interface Rehearsed {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly digest: string;
  readonly lines: readonly string[];
  readonly requests: number;
  readonly conflicts: number;
  readonly counts: Scene['counts'];
}

export interface RehearsalOptions {
  readonly size?: Size;
  readonly weather?: Weather;
  readonly keptLines?: number;
  /** What is in the way of the service, beside the weather. */
  readonly interference?: Interference;
}

export const COOL_DOWN_SECONDS = 120;
const START_MS = Date.UTC(2026, 11, 1, 8);
const MINUTE_MS = 60_000;
const ACTORS = 8;
/** Longer than anything may take that nobody waits for. */
const AFTERMATH_MS = 4 * 3_600_000;

/** Plays one seed from the first booking to the last event, and says which promises were broken. */
export async function rehearse(plan: Plan, seed: number, options: RehearsalOptions = {}): Promise<Rehearsed> {
  const { size = crowded, keptLines = 0, interference } = options;
  // Every third seed has nothing but other people in the way: what fails there fails for nothing.
  const weather = options.weather ?? (seed % 3 === 0 ? calm : rough);
  const platform = createPlatformFetch(createChance(seed));
  const world = new World({
    plan,
    seed,
    startMs: START_MS,
    keptLines,
    ...(interference && { interference }),
    fetch: (url, init) => platform.fetch(world, url, init),
  });
  const scene = createScene(world, { ...size, coolDownSeconds: COOL_DOWN_SECONDS });
  platform.setNumbers(scene.numbers);
  let isOver = false;
  const played = play(scene, size, weather)
    .catch((error: unknown) =>
      complain(scene, 'failed for nothing', String(error instanceof Error ? error.stack : error)),
    )
    .finally(() => {
      isOver = true;
    });
  await world.clock.run(START_MS + size.minutes * MINUTE_MS + AFTERMATH_MS, () => isOver);
  if (!isOver) complain(scene, 'failed for nothing', 'the rehearsal did not come to its end');
  else await played;
  return {
    seed,
    violations: scene.violations,
    lines: world.journal.newest(),
    digest: world.journal.digest(),
    requests: world.database.requests,
    conflicts: world.database.conflicts,
    counts: scene.counts,
  };
}

async function play(scene: Scene, size: Size, weather: Weather): Promise<void> {
  const { world, numbers, activeSinceMs } = scene;
  for (const number of numbers) {
    await ask(scene, 'PUT', `/v1/numbers/${encodeURIComponent(number)}`, { country: 'SG' });
    activeSinceMs.set(number, world.clock.nowMs);
  }
  await world.clock.sleep(2 * MINUTE_MS);
  world.weather = weather;
  const under = new Set<Promise<void>>();
  const start = (work: Promise<void>): void => {
    const tracked = work.finally(() => under.delete(tracked));
    under.add(tracked);
  };
  const endsAtMs = world.clock.nowMs + size.minutes * MINUTE_MS;
  const meanMs = (size.minutes * MINUTE_MS * ACTORS) / size.steps;
  const actor = async (): Promise<void> => {
    for (;;) {
      await world.clock.sleep(-Math.log(1 - scene.chance.random()) * meanMs);
      if (world.clock.nowMs > endsAtMs) return;
      const together = scene.chance.isHit(0.12) ? 4 : 1;
      for (let time = 0; time < together; time += 1) start(act(scene, size));
    }
  };
  await Promise.all(Array.from({ length: ACTORS }, actor));
  world.weather = { ...calm, lagMs: 0 };
  while (under.size > 0) await Promise.all(under);
  while (!world.isQuiet) await world.clock.sleep(1000);
  await judgeTheEnd(scene);
}

/** One step of somebody. */
async function act(scene: Scene, size: Size): Promise<void> {
  const { chance, people, numbers } = scene;
  const dice = chance.random();
  const isDay = size.steps > 5000;
  const somebody = chance.pick(people);
  if (dice < (isDay ? 0.205 : 0.3)) {
    const other = chance.pick(people);
    if (other !== somebody) await book(scene, [somebody, other]);
    return;
  }
  if (dice < (isDay ? 0.885 : 0.62)) return callSomebody(scene, somebody);
  const booking = pickLive(scene);
  if (dice < (isDay ? 0.97 : 0.74)) {
    if (booking !== undefined) await end(scene, booking);
    return;
  }
  if (dice < (isDay ? 0.99 : 0.86)) {
    if (booking !== undefined) await change(scene, booking, chance.isHit(0.6) ? somebody : undefined);
    return;
  }
  if (dice < (isDay ? 0.994 : 0.91)) return blockForAWhile(scene, somebody);
  if (dice < (isDay ? 0.997 : 0.95)) return erase(scene, somebody);
  await troubleNumber(scene, chance.pick(numbers));
}

/** Most calls are between people of a live booking; some are of strangers, or come too late. */
async function callSomebody(scene: Scene, somebody: string): Promise<void> {
  const { chance, numbers } = scene;
  const booking = chance.isHit(0.7) ? pickLive(scene) : undefined;
  const party = booking === undefined ? undefined : chance.pick(booking.parties);
  await call(scene, party?.phone ?? somebody, party?.virtualNumber ?? chance.pick(numbers));
}

function pickLive({ ledger, chance, world }: Scene): KnownBooking | undefined {
  const live = [...ledger.bookings.values()].filter(
    ({ state, expiresAtMs }) => state === 'live' && expiresAtMs > world.clock.nowMs,
  );
  return live.length === 0 ? undefined : chance.pick(live);
}

import { simulate } from '../../lib/commands/plan/simulation.ts';
import { numbersOfFirstFit } from './first-fit.ts';
import { atMost, type Row, type Topic } from './report.ts';

const HOUR_MS = 3_600_000;
const SEED = 5;

const demand = {
  bookingsPerHour: 1200,
  holdMs: 35 * 60_000,
  coolDownMs: HOUR_MS,
  maxPerParty: 4,
  drivers: 350,
  riders: 4800,
} as const;

/** The smallest pool that refuses nobody, found between one number and the bound. */
async function smallestPool(
  numbering: 'shared' | 'per-party',
  bound: number,
  durationMs: number,
): Promise<number> {
  let tooSmall = 0;
  let enough = bound + 1;
  while (enough - tooSmall > 1) {
    const poolSize = Math.floor((enough + tooSmall) / 2);
    const { refused } = await simulate({
      ...demand,
      numbering,
      poolSize,
      durationMs,
      warmUpMs: 0,
      seed: SEED,
    });
    if (refused === 0) enough = poolSize;
    else tooSmall = poolSize;
  }
  return enough;
}

/** Numbers needed over a simulated day against what theory guarantees, and against first-fit. */
export async function measureNumbersNeeded(quick: boolean): Promise<Topic> {
  const hours = quick ? 4 : 24;
  const durationMs = hours * HOUR_MS;
  const rows: Row[] = [];
  for (const numbering of ['per-party', 'shared'] as const) {
    const poolSize = 200;
    const roomy = { ...demand, numbering, poolSize, durationMs, warmUpMs: 0, seed: SEED };
    const { peakDegree } = await simulate(roomy);
    const bound = numbering === 'shared' ? 2 * peakDegree - 1 : peakDegree;
    const name = numbering === 'shared' ? 'shared (bound 2Δ − 1)' : 'per party (bound Δ)';
    rows.push(
      { what: `most numbers one person holds at once, Δ, ${numbering}`, measured: peakDegree },
      atMost(`numbers needed, ${name}`, await smallestPool(numbering, bound, durationMs), bound),
      {
        what: `numbers needed, ${numbering}, by first-fit`,
        measured: numbersOfFirstFit(demand, numbering, durationMs, SEED),
      },
    );
  }
  return {
    title: `Numbers needed over ${hours} simulated hours`,
    how:
      `${demand.bookingsPerHour} bookings an hour of 35 minutes with an hour of cool-down, ${demand.drivers} drivers ` +
      'with up to four at once. Needed: the smallest pool with which the allocator refuses nobody.',
    rows,
  };
}

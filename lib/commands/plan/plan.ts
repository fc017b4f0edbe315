import { erlangB, type Theory, theoryOf } from './formulas.ts';
import { type SimulationSettings, simulate } from './simulation.ts';

export interface PlanSettings extends Omit<SimulationSettings, 'poolSize'> {
  /** The share of bookings that may be refused, from 0 to 1. */
  readonly acceptedRefusals: number;
  /** For one virtual number a month; undefined when it was not given. */
  readonly rent?: number;
  readonly currency: string;
}

/** One pool size and what it does. */
export interface SizedPool {
  readonly numbers: number;
  readonly asked: number;
  readonly refused: number;
  /** Refused ÷ asked. */
  readonly refusalChance: number;
  /** The same by Erlang's formula. */
  readonly erlangChance: number;
  readonly monthlyRent?: number;
}

export interface Plan {
  readonly settings: PlanSettings;
  readonly theory: Theory;
  /** The most numbers that anybody held at once in the simulation. */
  readonly peakDegree: number;
  /** The smallest pool that keeps refusals within what is accepted. */
  readonly needed: SizedPool;
  /** The sizes around it, smallest first. */
  readonly pools: readonly SizedPool[];
}

/** Where the work stands, for somebody who waits. */
export interface Progress {
  readonly numbers: number;
  /** Of this pool size, from 0 to 1. */
  readonly share: number;
}

/** Sizes shown on either side of the one that is needed. */
const AROUND = 3;

/**
 * Finds how many virtual numbers a demand needs: by halving between nothing and the bound, each size simulated
 * with the same bookings.
 */
export async function planPool(
  settings: PlanSettings,
  onProgress: (progress: Progress) => void = () => undefined,
): Promise<Plan> {
  const theory = theoryOf(settings, settings.numbering);
  const simulated = new Map<number, SizedPool>();
  let peakDegree = 0;

  async function poolOf(numbers: number): Promise<SizedPool> {
    const known = simulated.get(numbers);
    if (known !== undefined) return known;
    const result = await simulate({ ...settings, poolSize: numbers }, (share) =>
      onProgress({ numbers, share }),
    );
    peakDegree = Math.max(peakDegree, result.peakDegree);
    const { asked, refused } = result;
    const pool: SizedPool = {
      numbers,
      asked,
      refused,
      refusalChance: asked === 0 ? 0 : refused / asked,
      erlangChance: erlangB(theory.offeredLoad, numbers),
      ...(settings.rent !== undefined && { monthlyRent: numbers * settings.rent }),
    };
    simulated.set(numbers, pool);
    return pool;
  }

  let tooSmall = 0;
  let enough = theory.bound;
  while (enough - tooSmall > 1) {
    const middle = Math.floor((tooSmall + enough) / 2);
    const { refusalChance } = await poolOf(middle);
    if (refusalChance <= settings.acceptedRefusals) enough = middle;
    else tooSmall = middle;
  }
  const pools: SizedPool[] = [];
  for (let numbers = Math.max(1, enough - AROUND); numbers <= enough + AROUND; numbers += 1) {
    pools.push(await poolOf(numbers));
  }
  return { settings, theory, peakDegree, needed: await poolOf(enough), pools };
}

import type { DemandSettings } from './demand.ts';

/** What theory says of a demand, before anything is simulated. */
export interface Theory {
  /** The most virtual numbers a driver can hold at once, cool-downs included: Δ. */
  readonly degree: number;
  /** With as many numbers nobody is ever refused, whoever is booked with whom. */
  readonly bound: number;
  /** Numbers that a driver holds on average (in erlangs). */
  readonly offeredLoad: number;
}

/**
 * The bounds of edge colouring, which any greedy choice keeps. A booking with a number per party needs one that its
 * driver does not hold: Δ numbers are enough. A shared number must be free for both: each of the two may hold Δ − 1
 * others, so 2Δ − 1 are enough.
 */
export function theoryOf(settings: DemandSettings, numbering: 'shared' | 'per-party'): Theory {
  const { holdMs, coolDownMs, maxPerParty, bookingsPerHour, drivers } = settings;
  // At most `maxPerParty` bookings begin within each `holdMs`, and each blocks its number till after the cool-down.
  const degree = maxPerParty * Math.ceil((holdMs + coolDownMs) / holdMs);
  return {
    degree,
    bound: numbering === 'shared' ? 2 * degree - 1 : degree,
    offeredLoad: ((bookingsPerHour / drivers) * (holdMs + coolDownMs)) / 3_600_000,
  };
}

/**
 * Erlang's loss formula: the chance that all `numbers` are held when another booking of a driver comes in at random.
 * It holds for any spread of durations. It knows neither the limit per party nor what riders hold.
 *
 * @param offeredLoad numbers that would be held on average, in erlangs.
 */
export function erlangB(offeredLoad: number, numbers: number): number {
  let blocked = 1;
  for (let n = 1; n <= numbers; n += 1) blocked = (offeredLoad * blocked) / (n + offeredLoad * blocked);
  return blocked;
}

import { arrivals, type DemandSettings } from '../../lib/commands/plan/demand.ts';
import { seededRandom } from '../../lib/commands/plan/seeded-random.ts';

/**
 * The textbook comparison: every booking takes the lowest virtual number that is free for whom it must serve.
 * @returns how many numbers that needs for all the demand.
 */
export function numbersOfFirstFit(
  settings: DemandSettings,
  numbering: 'shared' | 'per-party',
  durationMs: number,
  seed: number,
): number {
  const freeAtMs = new Map<string, number[]>();
  const heldBy = (person: string): number[] => {
    const held = freeAtMs.get(person) ?? [];
    freeAtMs.set(person, held);
    return held;
  };
  let numbers = 0;
  for (const { atMs, driver, rider } of arrivals(settings, durationMs, seededRandom(seed))) {
    const people = [heldBy(`driver ${driver}`), heldBy(`rider ${rider}`)];
    const groups = numbering === 'shared' ? [people] : people.map((person) => [person]);
    for (const group of groups) {
      let number = 0;
      while (group.some((held) => (held[number] ?? 0) > atMs)) number += 1;
      for (const held of group) held[number] = atMs + settings.holdMs + settings.coolDownMs;
      numbers = Math.max(numbers, number + 1);
    }
  }
  return numbers;
}

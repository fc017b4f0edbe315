import { type RehearsalOptions, rehearse } from '../rehearse.ts';
import type { Plan } from '../world/world.ts';
import { type Plant, wrapped } from './plants.ts';

/** The first seed in which the rehearsal notices a planted fault, and which promise it broke. */
export async function findPlant(
  plan: Plan,
  { plant }: Plant,
  { seeds, size }: { readonly seeds: number } & Pick<RehearsalOptions, 'size'>,
): Promise<string | undefined> {
  const sized = size === undefined ? {} : { size };
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { interference, wrap } = plant();
    const { violations } = await rehearse(wrapped(plan, wrap), seed, {
      ...sized,
      ...(interference && { interference }),
    });
    const [first] = violations;
    if (first === undefined) continue;
    // What breaks anyway was not found because of the fault.
    const { violations: anyway } = await rehearse(plan, seed, sized);
    const isNew = violations.find(({ promise }) => !anyway.some((one) => one.promise === promise));
    if (isNew !== undefined) return `seed ${seed}: ${isNew.promise}`;
  }
  return undefined;
}

import { seededRandom } from '../../../lib/local-cloud/dynamodb/seeded-random.ts';

/** Chance that is the same again for the same seed. */
export interface Chance {
  /** In [0, 1). */
  readonly random: () => number;
  readonly isHit: (share: number) => boolean;
  readonly between: (least: number, most: number) => number;
  readonly integerBelow: (bound: number) => number;
  readonly pick: <T>(list: readonly T[]) => T;
  /** Another stream of chance, of its own. */
  readonly fork: (name: string) => Chance;
}

export function createChance(seed: number): Chance {
  const random = seededRandom(seed);
  const integerBelow = (bound: number) => Math.floor(random() * bound);
  return {
    random,
    isHit: (share) => share > 0 && random() < share,
    between: (least, most) => least + random() * (most - least),
    integerBelow,
    pick: (list) => {
      const picked = list[integerBelow(list.length)];
      if (picked === undefined) throw new Error('There is nothing to pick from.');
      return picked;
    },
    fork: (name) => createChance(hashOf(`${seed}/${name}`)),
  };
}

function hashOf(text: string): number {
  let hash = 2_166_136_261;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 16_777_619);
  }
  return hash >>> 0;
}

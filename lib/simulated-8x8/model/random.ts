import { createHash } from 'node:crypto';

/** A stream of pseudo-random values that is the same for the same seed on every machine. */
export interface Random {
  /** The next number, at least 0 and below 1. */
  fraction(): number;
  /** A number from `low` up to, but without, `high`. */
  between(low: number, high: number): number;
  /** A whole number from 0 up to, but without, `limit`. */
  integerBelow(limit: number): number;
  /** True with the given probability; 0 is never, 1 is always. */
  chance(probability: number): boolean;
  /** A new list with the same elements in another order. */
  shuffled<Element>(elements: readonly Element[]): Element[];
}

/**
 * Opens a stream of its own for these parts (seed, purpose, index, …). Streams with different parts are
 * independent, so drawing more from one never changes what another gives.
 */
export function createRandom(...seedParts: readonly (string | number)[]): Random {
  const digest = createHash('sha256').update(JSON.stringify(seedParts)).digest();
  // sfc32: four 32-bit words of state, chosen for being tiny and passing the usual statistical batteries.
  let a = digest.readUInt32LE(0);
  let b = digest.readUInt32LE(4);
  let c = digest.readUInt32LE(8);
  let counter = 1;

  function fraction(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 2 ** 32;
  }

  return {
    fraction,
    between: (low, high) => low + fraction() * (high - low),
    integerBelow: (limit) => Math.floor(fraction() * limit),
    chance: (probability) => fraction() < probability,
    shuffled: (elements) =>
      elements
        .map((element) => ({ element, rank: fraction() }))
        .sort((left, right) => left.rank - right.rank)
        .map(({ element }) => element),
  };
}

import type { Random } from './random.ts';

/** Between 15 October 1582, where the time of a version 1 UUID starts, and 1 January 1970. */
const GREGORIAN_OFFSET_MS = 12_219_292_800_000n;
const TICKS_PER_MS = 10_000n;

/**
 * Makes an id as the platform does: a version 1 UUID that carries its time. The ticks below the millisecond, the
 * clock sequence and the node come from the given stream, so ids repeat with the seed.
 */
export function createUuid(random: Random, atMs: number): string {
  const ticks =
    (BigInt(Math.floor(atMs)) + GREGORIAN_OFFSET_MS) * TICKS_PER_MS +
    BigInt(random.integerBelow(Number(TICKS_PER_MS)));
  const time = ticks.toString(16).padStart(15, '0');
  const sequence = (0x8000 | random.integerBelow(0x4000)).toString(16);
  const node = hex(random, 24) + hex(random, 24);
  return `${time.slice(-8)}-${time.slice(-12, -8)}-1${time.slice(0, 3)}-${sequence}-${node}`;
}

function hex(random: Random, bits: number): string {
  return random
    .integerBelow(2 ** bits)
    .toString(16)
    .padStart(bits / 4, '0');
}

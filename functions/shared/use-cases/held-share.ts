/** How sure an estimate must be, in standard deviations: the highest of many is taken for the truth. */
const DEVIATIONS = 2.5;

/**
 * How many numbers of a pool somebody holds at least, from a sample of them: exact where the whole pool was seen, and
 * rather too few elsewhere (the lower bound of Wilson's interval), so that no alarm is raised by chance.
 */
export function heldAtLeast(held: number, seen: number, poolSize: number): number {
  if (seen === 0 || seen >= poolSize) return Math.min(held, poolSize);
  const share = held / seen;
  const square = DEVIATIONS ** 2;
  const centre = share + square / (2 * seen);
  const spread = DEVIATIONS * Math.sqrt((share * (1 - share)) / seen + square / (4 * seen ** 2));
  const lowest = (centre - spread) / (1 + square / seen);
  return Math.min(poolSize, Math.max(held, Math.round(lowest * poolSize)));
}

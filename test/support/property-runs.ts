/**
 * How often a property is tried, and from which seed: the same cases each time. `PROPERTY_SEED` asks for others,
 * `PROPERTY_SCALE` for more of them.
 */
export function propertyRuns(numRuns: number): { readonly seed: number; readonly numRuns: number } {
  const { PROPERTY_SEED = '1', PROPERTY_SCALE = '1' } = process.env;
  return { seed: Number(PROPERTY_SEED), numRuns: numRuns * Number(PROPERTY_SCALE) };
}

import { beforeAll, describe, expect, test } from 'vitest';
import { COOL_DOWN_SECONDS, crowded, rehearse } from './rehearse.ts';
import { type Plan, readPlan } from './world/world.ts';

const short = { ...crowded, minutes: 8, steps: 80 };

describe('the whole service in one process', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await readPlan({ 'bookings.coolDownSeconds': COOL_DOWN_SECONDS });
  }, 120_000);

  test('repeats a seed to the bit, and another seed is another story', async () => {
    const first = await rehearse(plan, 1, { size: short });
    const again = await rehearse(plan, 1, { size: short });
    const other = await rehearse(plan, 2, { size: short });

    expect(again.digest).toBe(first.digest);
    expect(other.digest).not.toBe(first.digest);
    expect(first.counts.calls).toBeGreaterThan(20);
  });

  test.each([3, 4, 5, 6])(
    'connects no stranger, is never ambiguous or silent, and loses no event (seed %i)',
    async (seed) => {
      const { violations } = await rehearse(plan, seed, { size: short });

      const kinds = ['stranger connected', 'ambiguous', 'silent caller', 'event lost', 'party not connected'];
      expect(violations.filter(({ promise }) => kinds.includes(promise))).toEqual([]);
    },
  );
});

import { expect, test } from 'vitest';
import { createRandom } from '../../../../lib/simulated-8x8/model/random.ts';

test('a stream repeats for the same parts and differs for others', () => {
  const draw = (...parts: (string | number)[]) => {
    const random = createRandom(...parts);
    return Array.from({ length: 20 }, () => random.fraction());
  };

  expect(draw('a', 1)).toEqual(draw('a', 1));
  expect(draw('a', 1)).not.toEqual(draw('a', 2));
  expect(draw('a', 1)).not.toEqual(draw('a1'));
});

test('values are spread evenly over their range', () => {
  const random = createRandom('spread');
  const counts = Array.from({ length: 10 }, () => 0);

  for (let draw = 0; draw < 10_000; draw += 1) {
    const bucket = random.integerBelow(10);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }

  expect(Math.min(...counts)).toBeGreaterThan(850);
  expect(Math.max(...counts)).toBeLessThan(1150);
});

test('a probability of 0 never comes true and one of 1 always does', () => {
  const random = createRandom('chance');
  const draws = Array.from({ length: 1000 }, () => [random.chance(0), random.chance(1)]);

  expect(draws.every(([never, always]) => never === false && always === true)).toBe(true);
});

test('shuffling keeps every element and leaves the list as it was', () => {
  const list = Array.from({ length: 50 }, (_, index) => index);
  const shuffled = createRandom('shuffle').shuffled(list);

  expect(shuffled).not.toEqual(list);
  expect([...shuffled].sort((left, right) => left - right)).toEqual(list);
  expect(list[0]).toBe(0);
});

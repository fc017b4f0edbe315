import { expect, test } from 'vitest';
import { createUuid } from '../../../../lib/simulated-8x8/model/ids.ts';
import { createRandom } from '../../../../lib/simulated-8x8/model/random.ts';

const AT_MS = Date.UTC(2026, 1, 16, 3, 14, 7, 511);

test('an id is a version 1 UUID that carries its time', () => {
  const id = createUuid(createRandom('seed'), AT_MS);

  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(timeOf(id)).toBe(AT_MS);
});

test('ids repeat with the seed and differ without it', () => {
  const random = createRandom('seed');
  const ids = Array.from({ length: 1000 }, () => createUuid(random, AT_MS));

  expect(new Set(ids).size).toBe(1000);
  expect(createUuid(createRandom('seed'), AT_MS)).toBe(ids[0]);
  expect(createUuid(createRandom('other seed'), AT_MS)).not.toBe(ids[0]);
});

function timeOf(id: string): number {
  const [low = '', middle = '', high = ''] = id.split('-');
  const ticks = BigInt(`0x${high.slice(1)}${middle}${low}`);
  return Number(ticks / 10_000n - 12_219_292_800_000n);
}

import { expect, test } from 'vitest';
import {
  createSimulatedClock,
  isoMilliseconds,
  isoSeconds,
} from '../../../../lib/simulated-8x8/model/clock.ts';

const START_MS = Date.UTC(2026, 1, 16);

test('a clock with a start stands still until a call reaches further', () => {
  const clock = createSimulatedClock(START_MS);

  expect(clock.nowMs()).toBe(START_MS);
  clock.reach(START_MS + 5_000);
  clock.reach(START_MS + 1_000);
  expect(clock.nowMs()).toBe(START_MS + 5_000);
});

test('a clock without a start follows the machine and is not moved by calls', () => {
  const clock = createSimulatedClock();
  const before = Date.now();

  clock.reach(before + 3_600_000);

  expect(clock.nowMs()).toBeGreaterThanOrEqual(before);
  expect(clock.nowMs()).toBeLessThan(before + 3_600_000);
});

test.each([
  ['standing', START_MS],
  ['running', undefined],
])('a %s clock can be set and moved', (_, startMs) => {
  const clock = createSimulatedClock(startMs);
  const targetMs = Date.UTC(2030, 0, 1);

  clock.set(targetMs);
  clock.advance(60_000);

  expect(isoMilliseconds(clock.nowMs()).slice(0, 16)).toBe('2030-01-01T00:01');
});

test('whole seconds are rounded down', () => {
  expect(isoSeconds(START_MS + 1_999)).toBe('2026-02-16T00:00:01Z');
});

import { describe, expect, test, vi } from 'vitest';
import { createCachedValue } from '../../../../functions/shared/adapters/cached-value.ts';

const MINUTE_MS = 60_000;
const never = new Promise<string>(() => undefined);

/** A value that is fetched by turns as `fetches` say, with a clock that the test moves. */
function setUp(...fetches: (() => Promise<string>)[]) {
  const clock = { nowMs: 0 };
  const fetch = vi.fn((_signal: AbortSignal) => fetches.shift()?.() ?? never);
  const cached = createCachedValue({
    fetch,
    refreshAfterMs: 5 * MINUTE_MS,
    expireAfterMs: 60 * MINUTE_MS,
    uselessAfterMs: 24 * 60 * MINUTE_MS,
    patienceMs: 20,
    nowMs: () => clock.nowMs,
  });
  return { cached, clock, fetch };
}

const value = (text: string) => async () => text;
const failure = async () => Promise.reject<string>(new Error('down'));

describe('a value that is kept', () => {
  test('is fetched once for all who ask at the same time', async () => {
    const { cached, fetch } = setUp(value('first'));

    expect(await Promise.all([cached.get(), cached.get()])).toEqual(['first', 'first']);
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  test('fails those who wait for a connection that hangs, and nobody after them', async () => {
    const { cached, fetch } = setUp(() => never, value('second'));

    await expect(Promise.all([cached.get(), cached.get()])).rejects.toThrow('within 20 ms');

    expect(fetch.mock.calls[0]?.[0].aborted).toBe(true);
    expect(await cached.get()).toBe('second');
  });

  test('is fetched anew after a failure', async () => {
    const { cached } = setUp(failure, value('second'));

    await expect(cached.get()).rejects.toThrow('down');
    expect(await cached.get()).toBe('second');
  });

  test('is fetched anew where the one before hung while the environment was frozen', async () => {
    const { cached, clock } = setUp(() => never, value('second'));
    cached.get().catch(() => undefined);

    clock.nowMs += MINUTE_MS;

    expect(await cached.get()).toBe('second');
  });

  test.each([6, 61, 23 * 60])(
    'is given to all while no fresh one can be had, %d minutes later',
    async (minutes) => {
      const { cached, clock } = setUp(value('first'), failure, () => never, value('fresh'));
      await cached.get();
      clock.nowMs += minutes * MINUTE_MS;

      expect(await cached.get()).toBe('first');
      expect(await cached.get()).toBe('first');
    },
  );

  test('is the fresh one after an hour, if there is one', async () => {
    const { cached, clock } = setUp(value('first'), value('second'));
    await cached.get();
    clock.nowMs += 61 * MINUTE_MS;

    expect(await cached.get()).toBe('second');
  });

  test('is given to nobody after a day', async () => {
    const { cached, clock } = setUp(value('first'), failure);
    await cached.get();
    clock.nowMs += 25 * 60 * MINUTE_MS;

    await expect(cached.get()).rejects.toThrow('down');
  });
});

import { describe, expect, test } from 'vitest';
import { createNumberSyncHandler } from '../../functions/number-sync/handler.ts';
import { PhoneNumber } from '../../functions/shared/domain/phone-number.ts';
import type { NumberState, PoolNumber } from '../../functions/shared/domain/pool.ts';
import { createLogger } from '../../functions/shared/observability/logger.ts';
import type {
  OwnedVirtualNumber,
  VirtualNumberList,
} from '../../functions/shared/ports/eight-by-eight-account.ts';
import { EightByEightError } from '../../functions/shared/ports/eight-by-eight-error.ts';
import type { NumberStore } from '../../functions/shared/ports/number-store.ts';
import { syncNumbers } from '../../functions/shared/use-cases/sync-numbers.ts';

const NOW_MS = Date.UTC(2026, 11, 1);
const one = '+6531290001';
const two = '+6531290002';
const three = '+6531290003';

/** A pool of numbers in memory that takes older news for what it is. Two numbers make a page. */
function poolOf(states: Readonly<Record<string, NumberState>>) {
  const numbers = new Map<string, PoolNumber>();
  let writes = 0;
  const store: Pick<NumberStore, 'listNumbers' | 'putNumber'> = {
    async listNumbers({ cursor }) {
      const from = Number(cursor ?? 0);
      const all = [...numbers.values()];
      return {
        items: all.slice(from, from + 2),
        nextCursor: from + 2 < all.length ? String(from + 2) : null,
      };
    },
    async putNumber({ virtualNumber, country, state, platformUpdatedAtMs }, nowMs) {
      const before = numbers.get(virtualNumber.reveal());
      if (before && (platformUpdatedAtMs ?? nowMs) < (before.platformUpdatedAtMs ?? 0)) {
        return { number: before, applied: false };
      }
      writes += 1;
      const number = {
        virtualNumber,
        country,
        state,
        ...(platformUpdatedAtMs !== undefined && { platformUpdatedAtMs }),
        addedAtMs: nowMs,
        updatedAtMs: nowMs,
      };
      numbers.set(virtualNumber.reveal(), number);
      return { number, applied: true };
    },
  };
  for (const [text, state] of Object.entries(states)) {
    const virtualNumber = PhoneNumber.from(text);
    numbers.set(text, { virtualNumber, country: 'SG', state, addedAtMs: 0, updatedAtMs: 0 });
  }
  const unused = () => Promise.reject(new Error('The synchronization does not need this.'));
  return {
    store: {
      ...store,
      findNumber: unused,
      countLiveClaims: unused,
      removeNumber: unused,
    } satisfies NumberStore,
    states: () => Object.fromEntries([...numbers].map(([text, { state }]) => [text, state])),
    writes: () => writes,
  };
}

const owned = (text: string, over: Partial<OwnedVirtualNumber> = {}): OwnedVirtualNumber => ({
  number: PhoneNumber.from(text),
  state: 'active',
  country: 'SG',
  rangeReference: undefined,
  updatedAtMs: NOW_MS - 1000,
  ...over,
});

const sync = (pool: ReturnType<typeof poolOf>, list: VirtualNumberList) =>
  syncNumbers({
    inventory: { virtualNumbers: async () => list },
    numbers: pool.store,
    nowMs: () => NOW_MS,
  });

describe('the synchronization of numbers', () => {
  test('adds what is new, changes what has changed, and writes nothing else', async () => {
    const pool = poolOf({ [one]: 'active', [two]: 'active' });

    const numbers = [owned(one), owned(two, { state: 'unhealthy' }), owned(three)];
    const report = await sync(pool, { numbers, complete: true });

    expect(report).toEqual({ added: 1, changed: 1, unchanged: 1, missing: 0, unreadable: 0, complete: true });
    expect(pool.states()).toEqual({ [one]: 'active', [two]: 'unhealthy', [three]: 'active' });
    expect(pool.writes()).toBe(2);
  });

  test('takes numbers that a complete list leaves out of use, and back when they are listed again', async () => {
    const pool = poolOf({ [one]: 'active', [two]: 'active', [three]: 'active' });

    const without = await sync(pool, { numbers: [owned(one)], complete: true });
    const afterwards = pool.states();
    const again = await sync(pool, { numbers: [owned(one), owned(two), owned(three)], complete: true });

    expect(without).toMatchObject({ missing: 2, unchanged: 1 });
    expect(afterwards).toEqual({ [one]: 'active', [two]: 'inactive', [three]: 'inactive' });
    expect(again).toMatchObject({ changed: 2, missing: 0 });
  });

  test.each([
    ['that was cut short', { numbers: [owned(one)], complete: false }],
    ['that is empty', { numbers: [], complete: true }],
    ['of somebody else', { numbers: [owned('+6531999999')], complete: true }],
  ])('takes no number for missing from a list %s', async (_, list) => {
    const pool = poolOf({ [one]: 'active', [two]: 'active' });

    const report = await sync(pool, list);

    expect(report).toMatchObject({ missing: 0, complete: false });
    expect(pool.states()).toMatchObject({ [one]: 'active', [two]: 'active' });
  });

  test('leaves alone what somebody is taking out of the pool', async () => {
    const pool = poolOf({ [one]: 'draining', [two]: 'draining', [three]: 'active' });

    await sync(pool, { numbers: [owned(one), owned(three)], complete: true });

    expect(pool.states()).toMatchObject({ [one]: 'draining', [two]: 'draining' });
  });

  test('counts what it cannot read and changes nothing about it; a country it reads from the digits', async () => {
    const pool = poolOf({ [one]: 'active' });
    const numbers = [owned(one, { state: undefined }), owned(two, { country: undefined })];

    const report = await sync(pool, { numbers, complete: true });

    expect(report).toMatchObject({ unreadable: 1, added: 1, changed: 0, missing: 0 });
    expect(pool.states()).toMatchObject({ [one]: 'active' });
  });
});

describe('the nightly run', () => {
  test('fails where the list cannot be had, and logs no number', async () => {
    const lines: string[] = [];
    const failure = new EightByEightError({
      kind: 'unauthorized',
      operation: 'list the virtual numbers',
      problem: 'the API key is wrong',
      advice: 'Compare it.',
    });
    const pool = poolOf({ [one]: 'active' });
    const handler = createNumberSyncHandler({
      inventory: { virtualNumbers: () => Promise.reject(failure) },
      numbers: pool.store,
      nowMs: () => NOW_MS,
      logger: createLogger('number-sync', (line) => lines.push(line)),
    });

    await expect(handler()).rejects.toThrow('NUMBER_SYNC_FAILED');
    expect(lines.join()).toContain('NUMBER_SYNC_FAILED');
    expect(pool.writes()).toBe(0);
  });

  test('tells how much it did', async () => {
    const lines: string[] = [];
    const pool = poolOf({ [one]: 'active', [two]: 'active' });
    const handler = createNumberSyncHandler({
      inventory: { virtualNumbers: async () => ({ numbers: [owned(one), owned(three)], complete: true }) },
      numbers: pool.store,
      nowMs: () => NOW_MS,
      logger: createLogger('number-sync', (line) => lines.push(line)),
    });

    await handler();

    const codes = lines.map((line) => JSON.parse(line)).map(({ code, count }) => [code, count]);
    expect(codes).toEqual([
      ['NUMBERS_SYNCED', 1],
      ['NUMBERS_MISSING', 1],
    ]);
    expect(lines.join()).not.toContain('3129');
  });
});

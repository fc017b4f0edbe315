import { beforeEach, describe, expect, test } from 'vitest';
import { draftOf, NOON_MS, person, virtualNumber } from '../../../../../../support/bookings.ts';
import type { BookingWorld } from '../../../../../../support/memory-booking-store.ts';
import { book, codeOf, decide, type OpenWorld } from './steps.ts';

/** What every store promises of the pool of virtual numbers. */
export function poolOfNumbers(open: OpenWorld): void {
  let world: BookingWorld;
  beforeEach(async () => {
    world = await open();
  });

  describe('the pool', () => {
    test('knows which numbers it gives out, whoever comes and goes at the same time', async () => {
      await world.addNumbers(12);

      await Promise.all(
        [2, 5, 12, 7].map((n) =>
          world.numbers.putNumber(
            { virtualNumber: virtualNumber(n), country: 'SG', state: 'unhealthy' },
            NOON_MS,
          ),
        ),
      );

      const view = await world.pool.view(NOON_MS);
      const given = (view.active.get('SG') ?? []).map((number) => number.reveal());
      expect(given.sort()).toEqual([1, 3, 4, 6, 8, 9, 10, 11].map((n) => virtualNumber(n).reveal()));
      expect(view.countryOf(virtualNumber(2))).toBeUndefined();
      expect([view.has(virtualNumber(2)), view.has(virtualNumber(13))]).toEqual([true, false]);
    });

    test('lets a number go that is given out no more, and none that is', async () => {
      await world.addNumbers(2);
      const withdrawn = { virtualNumber: virtualNumber(1), country: 'SG', state: 'draining' } as const;
      await world.numbers.putNumber(withdrawn, NOON_MS);

      const outcomes = [
        await world.numbers.removeNumber(virtualNumber(1)),
        await world.numbers.removeNumber(virtualNumber(2)),
        await world.numbers.removeNumber(virtualNumber(3)),
      ];

      const view = await world.pool.view(NOON_MS);
      const { items } = await world.numbers.listNumbers({ limit: 10 });
      expect(outcomes).toEqual(['removed', 'in-use-again', 'removed']);
      expect(items.map((one) => one.virtualNumber.reveal())).toEqual([virtualNumber(2).reveal()]);
      expect([view.has(virtualNumber(1)), view.has(virtualNumber(2))]).toEqual([false, true]);
    });

    test('remembers since when a number is withdrawn', async () => {
      await world.addNumbers(1);
      const put = (state: 'active' | 'unhealthy' | 'draining', atMs: number) =>
        world.numbers.putNumber({ virtualNumber: virtualNumber(1), country: 'SG', state }, atMs);

      const first = await put('unhealthy', NOON_MS + 1000);
      const second = await put('draining', NOON_MS + 2000);
      const back = await put('active', NOON_MS + 3000);

      const times = [first, second, back].map(({ number }) => number.withdrawnAtMs);
      expect(times).toEqual([NOON_MS + 1000, NOON_MS + 1000, undefined]);
    });

    test('gives no new booking to a number that has gone bad, and keeps serving those it has', async () => {
      await world.addNumbers(2);
      const { booking } = await book(world, draftOf(person(1), person(2)));
      const bad = booking.parties[0].virtualNumber;
      await world.numbers.putNumber({ virtualNumber: bad, country: 'SG', state: 'unhealthy' }, NOON_MS);

      const next = await book(world, draftOf(person(3), person(4)));
      const [refused] = await Promise.allSettled([book(world, draftOf(person(3), person(5)))]);

      expect(next.booking.parties[0].virtualNumber.equals(bad)).toBe(false);
      expect(refused && codeOf(refused)).toBe('NO_VIRTUAL_NUMBER_AVAILABLE');
      expect(await decide(world, person(1), bad)).toMatchObject({ kind: 'connect' });
      expect(await world.numbers.countLiveClaims(bad, NOON_MS)).toBe(2);
    });

    test('gives only active numbers to new bookings', async () => {
      await world.addNumbers(6);
      const states = ['draining', 'unhealthy', 'expiring', 'inactive'] as const;
      for (const [n, state] of states.entries()) {
        await world.numbers.putNumber({ virtualNumber: virtualNumber(n + 1), country: 'SG', state }, NOON_MS);
      }

      const outcomes = await Promise.allSettled(
        [2, 3, 4].map((n) =>
          book(world, draftOf(person(1), person(n), { preferredNumber: virtualNumber(n) })),
        ),
      );

      const given = outcomes.flatMap((outcome) =>
        outcome.status === 'fulfilled' ? [outcome.value.booking.parties[0].virtualNumber.reveal()] : [],
      );
      expect(given.sort()).toEqual([virtualNumber(5).reveal(), virtualNumber(6).reveal()]);
      expect(outcomes.map(codeOf).sort()).toEqual(['NO_VIRTUAL_NUMBER_AVAILABLE', 'made', 'made']);
    });

    test('ignores news about a number that is older than what it knows', async () => {
      await world.addNumbers(1);
      const news = (state: 'unhealthy' | 'active', platformUpdatedAtMs: number) =>
        world.numbers.putNumber(
          { virtualNumber: virtualNumber(1), country: 'SG', state, platformUpdatedAtMs },
          NOON_MS,
        );

      const fresh = await news('unhealthy', 2000);
      const old = await news('active', 1000);

      expect(fresh.applied).toBe(true);
      expect(old).toMatchObject({ applied: false, number: { state: 'unhealthy' } });
    });
  });
}

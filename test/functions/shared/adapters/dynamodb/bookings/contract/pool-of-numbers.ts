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
    test('keeps the slots of a country without holes, whoever comes and goes at the same time', async () => {
      await world.addNumbers(12);

      await Promise.all(
        [2, 5, 12, 7].map((n) =>
          world.numbers.putNumber(
            { virtualNumber: virtualNumber(n), country: 'SG', state: 'unhealthy' },
            NOON_MS,
          ),
        ),
      );

      const { sizes } = await world.bookings.readContext({
        phoneNumbers: [person(1), person(2)],
        sticky: false,
      });
      const slots = await world.bookings.readSlots(
        Array.from({ length: 12 }, (_, slot) => ({ country: 'SG', slot })),
      );
      expect(sizes.get('SG')).toBe(8);
      expect(slots.map((content) => content.slot)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      expect(new Set(slots.map((content) => content.virtualNumber.reveal())).size).toBe(8);
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

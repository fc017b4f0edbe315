import { beforeEach, describe, expect, test } from 'vitest';
import { draftOf, NOON_MS, person } from '../../../../../../support/bookings.ts';
import type { BookingWorld } from '../../../../../../support/memory-booking-store.ts';
import { book, decide, type OpenWorld } from './steps.ts';

/** What every store promises to whoever changes or ends a booking. */
export function changingBookings(open: OpenWorld): void {
  let world: BookingWorld;
  beforeEach(async () => {
    world = await open();
  });

  describe('changing a booking', () => {
    test('ends both claims with the booking, so that a late caller hears that it has ended', async () => {
      await world.addNumbers(1);
      const { booking } = await book(world, draftOf(person(1), person(2)));

      const outcome = await world.bookings.change(
        booking,
        { ...booking, storedStatus: 'completed', endedAtMs: NOON_MS, version: 2 },
        NOON_MS,
      );

      const number = booking.parties[0].virtualNumber;
      expect(outcome).toBe('changed');
      expect(await decide(world, person(1), number)).toMatchObject({ kind: 'booking-ended' });
      expect(await decide(world, person(2), number)).toMatchObject({ kind: 'booking-ended' });
      expect((await book(world, draftOf(person(1), person(2)))).repeated).toBe(false);
    });

    test('lets one of two simultaneous changes through', async () => {
      await world.addNumbers(1);
      const { booking } = await book(world, draftOf(person(1), person(2)));
      const extended = { ...booking, expiresAtMs: booking.expiresAtMs + 1000, version: 2 };

      const outcomes = await Promise.all([1, 2].map(() => world.bookings.change(booking, extended, NOON_MS)));

      expect(outcomes.sort()).toEqual(['changed', 'stale']);
    });

    test('replaces a phone number as one step: the new one connects, the old one no longer does', async () => {
      await world.addNumbers(1);
      const { booking } = await book(world, draftOf(person(1), person(2)));
      const [rider, driver] = booking.parties;

      const outcome = await world.bookings.change(
        booking,
        { ...booking, parties: [rider, { ...driver, phoneNumbers: [person(9)] }], version: 2 },
        NOON_MS,
      );

      const fromRider = await decide(world, person(1), rider.virtualNumber);
      expect(outcome).toBe('changed');
      expect(fromRider.kind === 'connect' && fromRider.callee.equals(person(9))).toBe(true);
      expect(await decide(world, person(9), rider.virtualNumber)).toMatchObject({ kind: 'connect' });
      expect(await decide(world, person(2), rider.virtualNumber)).toMatchObject({ kind: 'booking-ended' });
    });

    test('does not replace by a phone number that uses the virtual number already, and writes nothing', async () => {
      await world.addNumbers(1);
      const { booking } = await book(world, draftOf(person(1), person(2)));
      await book(world, draftOf(person(3), person(4)));
      const [rider, driver] = booking.parties;

      const outcome = await world.bookings.change(
        booking,
        { ...booking, parties: [rider, { ...driver, phoneNumbers: [person(3)] }], version: 2 },
        NOON_MS,
      );

      const fromRider = await decide(world, person(1), rider.virtualNumber);
      expect(outcome).toBe('taken');
      expect(fromRider.kind === 'connect' && fromRider.callee.equals(person(2))).toBe(true);
    });
  });
}

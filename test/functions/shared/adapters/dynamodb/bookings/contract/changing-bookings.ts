import { beforeEach, describe, expect, test } from 'vitest';
import {
  type Booking,
  endedBooking,
  movedBooking,
} from '../../../../../../../functions/shared/domain/booking.ts';
import { draftOf, NOON_MS, person, virtualNumber } from '../../../../../../support/bookings.ts';
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
      expect(outcome.kind).toBe('changed');
      expect(await decide(world, person(1), number)).toMatchObject({ kind: 'booking-ended' });
      expect(await decide(world, person(2), number)).toMatchObject({ kind: 'booking-ended' });
      expect((await book(world, draftOf(person(1), person(2)))).repeated).toBe(false);
    });

    test('lets one of two simultaneous changes through', async () => {
      await world.addNumbers(1);
      const { booking } = await book(world, draftOf(person(1), person(2)));
      const extended = { ...booking, expiresAtMs: booking.expiresAtMs + 1000, version: 2 };

      const outcomes = await Promise.all([1, 2].map(() => world.bookings.change(booking, extended, NOON_MS)));

      // The other one came second, or met the first at work; either way it wrote nothing.
      const kinds = outcomes.map(({ kind }) => kind).sort();
      expect(kinds[0]).toBe('changed');
      expect(['conflict', 'stale']).toContain(kinds[1]);
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
      expect(outcome.kind).toBe('changed');
      expect(fromRider.kind === 'connect' && fromRider.callee.equals(person(9))).toBe(true);
      expect(await decide(world, person(9), rider.virtualNumber)).toMatchObject({ kind: 'connect' });
      expect(await decide(world, person(2), rider.virtualNumber)).toMatchObject({ kind: 'replaced' });
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
      expect(outcome.kind).toBe('taken');
      expect(fromRider.kind === 'connect' && fromRider.callee.equals(person(2))).toBe(true);
    });

    test('takes a phone number back that it replaced a moment ago, though it rests', async () => {
      await world.addNumbers(1);
      const { booking } = await book(world, draftOf(person(1), person(2), { coolDownSeconds: 3600 }));
      const [rider, driver] = booking.parties;
      const replaced: Booking = {
        ...booking,
        parties: [rider, { ...driver, phoneNumbers: [person(9)] }],
        version: 2,
      };
      await world.bookings.change(booking, replaced, NOON_MS + 1000);

      const back: Booking = { ...replaced, parties: booking.parties, version: 3 };
      const outcome = await world.bookings.change(replaced, back, NOON_MS + 2000);

      expect(outcome.kind).toBe('changed');
      expect(await decide(world, person(2), rider.virtualNumber)).toMatchObject({ kind: 'connect' });
      expect(await decide(world, person(9), rider.virtualNumber)).toMatchObject({ kind: 'replaced' });
    });

    test('keeps connecting whoever dials the number that it has left, until it ends', async () => {
      await world.addNumbers(2);
      const { booking } = await book(
        world,
        draftOf(person(1), person(2), { preferredNumber: virtualNumber(1) }),
      );
      const to = virtualNumber(2);
      const moved = { ...movedBooking(booking, [to, to]), version: 2 };

      const outcome = await world.bookings.change(booking, moved, NOON_MS);
      const old = await decide(world, person(1), virtualNumber(1));
      const fresh = await decide(world, person(2), to);
      const ended = { ...endedBooking(moved, 'completed', NOON_MS + 1), version: 3 };
      await world.bookings.change(moved, ended, NOON_MS + 1);
      world.clock.nowMs += 1;

      expect(outcome.kind).toBe('changed');
      expect(old.kind === 'connect' && old.callee.equals(person(2)) && old.callerId.equals(to)).toBe(true);
      expect(fresh.kind === 'connect' && fresh.callee.equals(person(1))).toBe(true);
      for (const number of [virtualNumber(1), to]) {
        expect(await decide(world, person(1), number)).toMatchObject({ kind: 'booking-ended' });
      }
    });

    test('ends though a claim of it is another booking’s by now, and leaves that alone', async () => {
      await world.addNumbers(1);
      const expiresAtMs = NOON_MS + 1000;
      const { booking } = await book(world, draftOf(person(1), person(2), { expiresAtMs }));
      world.clock.nowMs = expiresAtMs;
      const { booking: next } = await book(world, draftOf(person(1), person(3)));

      const late = { ...endedBooking(booking, 'cancelled', expiresAtMs), version: 2 };
      const outcome = await world.bookings.change(booking, late, expiresAtMs);

      const number = next.parties[0].virtualNumber;
      expect(outcome.kind).toBe('changed');
      expect(await decide(world, person(1), number)).toMatchObject({ bookingId: next.bookingId });
      expect(await decide(world, person(2), number)).toMatchObject({ kind: 'booking-ended' });
    });
  });
}

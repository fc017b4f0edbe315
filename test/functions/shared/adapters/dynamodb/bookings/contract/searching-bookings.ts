import { beforeEach, describe, expect, test } from 'vitest';
import { draftOf, NOON_MS, person } from '../../../../../../support/bookings.ts';
import type { BookingWorld } from '../../../../../../support/memory-booking-store.ts';
import { book, type OpenWorld } from './steps.ts';

/** What every store promises to whoever searches bookings. */
export function searchingBookings(open: OpenWorld): void {
  let world: BookingWorld;
  beforeEach(async () => {
    world = await open();
  });

  describe('searching bookings', () => {
    test('finds them by phone number, virtual number, reference and status, newest first, page by page', async () => {
      await world.addNumbers(6);
      const made: string[] = [];
      for (let n = 0; n < 5; n += 1) {
        world.clock.nowMs = NOON_MS + n;
        const { booking } = await book(
          world,
          draftOf(person(1), person(10 + n), { reference: `ride-${n % 2}` }),
        );
        made.unshift(booking.bookingId);
      }
      const nowMs = NOON_MS + 10;

      const first = await world.bookings.search({ phoneNumber: person(1), limit: 3, nowMs });
      const second = await world.bookings.search({
        phoneNumber: person(1),
        limit: 3,
        nowMs,
        cursor: first.nextCursor ?? '',
      });
      const byReference = await world.bookings.search({ reference: 'ride-1', limit: 10, nowMs });
      const all = await world.bookings.search({ limit: 10, nowMs, status: 'active' });
      const expired = await world.bookings.search({ limit: 10, nowMs, status: 'expired' });
      const number = (await world.bookings.find(made[0] ?? ''))?.parties[0].virtualNumber;
      const byNumber = await world.bookings.search({
        limit: 10,
        nowMs,
        ...(number && { virtualNumber: number }),
      });

      const ids = (page: { items: readonly { bookingId: string }[] }) =>
        page.items.map((one) => one.bookingId);
      expect([...ids(first), ...ids(second)]).toEqual(made);
      expect(second.nextCursor).toBeNull();
      expect(ids(byReference)).toEqual([made[1], made[3]]);
      expect(ids(all)).toEqual(made);
      expect(all.nextCursor).toBeNull();
      expect(ids(expired)).toEqual([]);
      expect(ids(byNumber)).toEqual([made[0]]);
    });

    test('refuses a cursor of another search', async () => {
      await world.addNumbers(3);
      for (const n of [2, 3]) await book(world, draftOf(person(1), person(n)));
      const page = await world.bookings.search({ phoneNumber: person(1), limit: 1, nowMs: NOON_MS });

      const other = world.bookings.search({
        phoneNumber: person(2),
        limit: 1,
        nowMs: NOON_MS,
        cursor: page.nextCursor ?? '',
      });

      await expect(other).rejects.toMatchObject({ code: 'INVALID_REQUEST', issues: [{ path: 'cursor' }] });
    });
  });
}

import { beforeEach, describe, expect, test } from 'vitest';
import type { Booking } from '../../../../../../../functions/shared/domain/booking.ts';
import type { PhoneNumber } from '../../../../../../../functions/shared/domain/phone-number.ts';
import { alterBooking } from '../../../../../../../functions/shared/use-cases/alter-booking.ts';
import { blockNumber, unblockNumber } from '../../../../../../../functions/shared/use-cases/block-number.ts';
import { endBooking } from '../../../../../../../functions/shared/use-cases/change-booking.ts';
import { draftOf, person, virtualNumber } from '../../../../../../support/bookings.ts';
import type { BookingWorld } from '../../../../../../support/memory-booking-store.ts';
import { book, codeOf, decide, type OpenWorld } from './steps.ts';

/** What every store promises of phone numbers that are on the blocklist. */
export function keepingNumbersBlocked(open: OpenWorld): void {
  let world: BookingWorld;
  let booking: Booking;
  beforeEach(async () => {
    world = await open();
    await world.addNumbers(2);
    const made = await book(world, draftOf(person(1), person(2), { preferredNumber: virtualNumber(1) }));
    booking = made.booking;
  });

  const block = (number: PhoneNumber) => blockNumber(number, 'Reported.', blocklistOf(world));
  const unblock = (number: PhoneNumber) => unblockNumber(number, blocklistOf(world));
  const outcomeFor = async (caller: PhoneNumber) => (await decide(world, caller, virtualNumber(1))).kind;

  async function changeTo(...driver: PhoneNumber[]) {
    const before = await world.bookings.find(booking.bookingId);
    if (before === undefined) throw new Error('The booking is gone.');
    const after: Booking = {
      ...before,
      parties: [before.parties[0], { ...before.parties[1], phoneNumbers: driver }],
      version: before.version + 1,
    };
    return alterBooking(booking.bookingId, { change: () => after }, world.deps);
  }

  const refusedAs = async (work: Promise<unknown>) => {
    const [settled] = await Promise.allSettled([work]);
    return settled && codeOf(settled);
  };

  describe('a number on the blocklist', () => {
    test('connects no call either way, until it is unblocked', async () => {
      await block(person(2));
      const blocked = [await outcomeFor(person(1)), await outcomeFor(person(2))];

      await unblock(person(2));

      expect(blocked).toEqual(['blocked', 'blocked']);
      expect([await outcomeFor(person(1)), await outcomeFor(person(2))]).toEqual(['connect', 'connect']);
    });

    test('gets no new booking', async () => {
      await block(person(3));

      const [refused] = await Promise.allSettled([book(world, draftOf(person(3), person(4)))]);

      expect(refused && codeOf(refused)).toBe('PHONE_NUMBER_BLOCKED');
    });

    test('does not replace another one', async () => {
      await block(person(3));

      const outcome = await refusedAs(changeTo(person(3)));

      expect(outcome).toBe('PHONE_NUMBER_BLOCKED');
      expect([await outcomeFor(person(2)), await outcomeFor(person(3))]).toEqual([
        'connect',
        'unknown-caller',
      ]);
    });

    test('keeps its booking from taking a new phone number, which would ring it', async () => {
      await block(person(1));

      const outcome = await refusedAs(changeTo(person(3)));

      expect(outcome).toBe('PHONE_NUMBER_BLOCKED');
      expect(await outcomeFor(person(3))).toBe('unknown-caller');
    });

    test('keeps its booking from ringing it first instead of the phone that was rung', async () => {
      await changeTo(person(2), person(22));
      await block(person(22));

      const outcome = await refusedAs(changeTo(person(22), person(2)));

      expect(outcome).toBe('PHONE_NUMBER_BLOCKED');
      expect([await outcomeFor(person(1)), await outcomeFor(person(22))]).toEqual(['connect', 'blocked']);
    });

    test('is replaced, and the calls that were stopped for it connect again', async () => {
      await block(person(2));

      const after = await changeTo(person(3));

      expect(after.version).toBe(2);
      expect([await outcomeFor(person(1)), await outcomeFor(person(3))]).toEqual(['connect', 'connect']);
    });

    test('lets its booking be extended and ended', async () => {
      await block(person(2));
      const expiresAtMs = booking.expiresAtMs + 1000;

      const change = (before: Booking) => ({ ...before, expiresAtMs });
      const extended = await alterBooking(booking.bookingId, { change }, world.deps);
      const ended = await endBooking(booking.bookingId, 'cancelled', world.deps);

      expect([extended.expiresAtMs, ended.storedStatus]).toEqual([expiresAtMs, 'cancelled']);
    });
  });
}

const blocklistOf = (world: BookingWorld) => ({
  blocklist: world.blocklist,
  nowMs: () => world.clock.nowMs,
});

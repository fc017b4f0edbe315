import { beforeEach, describe, expect, test } from 'vitest';
import { type Booking, movedBooking } from '../../../../../../../functions/shared/domain/booking.ts';
import type { CallLimits } from '../../../../../../../functions/shared/domain/call-route.ts';
import type { PhoneNumber } from '../../../../../../../functions/shared/domain/phone-number.ts';
import { draftOf, NOON_MS, person, virtualNumber } from '../../../../../../support/bookings.ts';
import type { BookingWorld } from '../../../../../../support/memory-booking-store.ts';
import { book, decide, type OpenWorld } from './steps.ts';

/** What every store promises of the limits of a booking. */
export function countingCalls(open: OpenWorld): void {
  let world: BookingWorld;
  beforeEach(async () => {
    world = await open();
    await world.addNumbers(2);
  });

  const bookWith = async (limits: CallLimits) =>
    (await book(world, draftOf(person(1), person(2), { limits, preferredNumber: virtualNumber(1) }))).booking;

  /** Counts a call of the booking that is answered now. */
  const count = ({ bookingId }: Booking, sessionId: string) =>
    world.counter.count(
      sessionId,
      { eventId: sessionId, kind: 'connect', bookingId, atMs: world.clock.nowMs },
      world.clock.nowMs,
    );

  const outcomeFor = async (caller: PhoneNumber, dialled = virtualNumber(1)) =>
    (await decide(world, caller, dialled)).kind;

  /** Changes the booking as it stands; tries again when others are faster, as the API does. */
  async function change({ bookingId }: Booking, changed: (booking: Booking) => Booking): Promise<Booking> {
    for (;;) {
      const before = await world.bookings.find(bookingId);
      if (before === undefined) throw new Error('The booking is gone.');
      const after = { ...changed(before), version: before.version + 1 };
      const outcome = await world.bookings.change(before, after, world.clock.nowMs);
      if (outcome.kind === 'changed') return after;
      if (outcome.kind === 'taken') throw new Error('The change was refused.');
    }
  }

  const withDriver =
    (...phoneNumbers: PhoneNumber[]) =>
    (booking: Booking): Booking => ({
      ...booking,
      parties: [booking.parties[0], { ...booking.parties[1], phoneNumbers }],
    });

  const onNumber = (number: PhoneNumber) => (booking: Booking) => movedBooking(booking, [number, number]);

  describe('counting calls', () => {
    test('refuses both parties once the booking has had its calls, and no call twice', async () => {
      const booking = await bookWith({ maxCalls: 2 });
      await count(booking, 'one');
      await count(booking, 'one');
      const before = await outcomeFor(person(1));

      await count(booking, 'two');

      expect(before).toBe('connect');
      expect([await outcomeFor(person(1)), await outcomeFor(person(2))]).toEqual([
        'limit-reached',
        'limit-reached',
      ]);
    });

    test('refuses the call beyond those of a minute, until the minute is over', async () => {
      const booking = await bookWith({ maxCallsPerMinute: 1 });
      await count(booking, 'one');
      const within = await outcomeFor(person(1));

      world.clock.nowMs += 60_000;

      expect([within, await outcomeFor(person(1))]).toEqual(['limit-reached', 'connect']);
    });

    test('counts nothing for a booking without limits', async () => {
      const booking = await bookWith({});
      await count(booking, 'one');

      await change(booking, (before) => ({ ...before, limits: { maxCalls: 1 } }));

      expect(await outcomeFor(person(1))).toBe('connect');
    });

    test('lets calls through again when a limit is raised or taken away', async () => {
      const booking = await bookWith({ maxCalls: 1, maxCallsPerMinute: 1 });
      await count(booking, 'one');

      await change(booking, (before) => ({ ...before, limits: { maxCalls: 2 } }));
      const raised = await outcomeFor(person(1));
      await count(booking, 'two');
      const reached = await outcomeFor(person(1));
      await change(booking, (before) => ({ ...before, limits: {} }));

      expect([raised, reached, await outcomeFor(person(1))]).toEqual(['connect', 'limit-reached', 'connect']);
    });

    test('goes on where it was for a phone number that replaces another', async () => {
      const booking = await bookWith({ maxCalls: 2, maxCallsPerMinute: 1 });
      await count(booking, 'one');

      await change(booking, withDriver(person(3)));
      const withinMinute = await outcomeFor(person(3));
      world.clock.nowMs += 60_000;
      const afterMinute = await outcomeFor(person(3));
      await count(booking, 'two');

      expect([withinMinute, afterMinute, await outcomeFor(person(3))]).toEqual([
        'limit-reached',
        'connect',
        'limit-reached',
      ]);
    });

    test('goes on where it was for a phone number that is added', async () => {
      const booking = await bookWith({ maxCalls: 1 });
      await count(booking, 'one');

      await change(booking, withDriver(person(2), person(22)));

      expect(await outcomeFor(person(22))).toBe('limit-reached');
    });

    test('goes on where it was when the booking moves to another virtual number', async () => {
      const booking = await bookWith({ maxCalls: 1 });
      await count(booking, 'one');

      await change(booking, onNumber(virtualNumber(2)));

      expect(await outcomeFor(person(1), virtualNumber(2))).toBe('limit-reached');
      expect(await outcomeFor(person(2), virtualNumber(2))).toBe('limit-reached');
    });

    test('begins anew for the next booking of the same people on the same number', async () => {
      const booking = await bookWith({ maxCalls: 1 });
      await count(booking, 'one');
      await change(booking, (before) => ({
        ...before,
        storedStatus: 'completed',
        endedAtMs: NOON_MS,
      }));
      world.clock.nowMs += 1;

      await bookWith({ maxCalls: 1 });

      expect(await outcomeFor(person(1))).toBe('connect');
    });
  });
}

import { beforeEach, describe, expect, test } from 'vitest';
import { endedBooking } from '../../../../../../../functions/shared/domain/booking.ts';
import { draftOf, NOON_MS, person, virtualNumber } from '../../../../../../support/bookings.ts';
import type { BookingWorld } from '../../../../../../support/memory-booking-store.ts';
import { book, codeOf, decide, type OpenWorld } from './steps.ts';

/** What every store promises to whoever makes a booking. */
export function makingBookings(open: OpenWorld): void {
  let world: BookingWorld;
  beforeEach(async () => {
    world = await open();
  });

  describe('making a booking', () => {
    test('lets each party reach the other through the virtual number, and a stranger nobody', async () => {
      await world.addNumbers(3);

      const { booking } = await book(world, draftOf(person(1), person(2)));

      const number = booking.parties[0].virtualNumber;
      const fromFirst = await decide(world, person(1), number);
      const fromSecond = await decide(world, person(2), number);
      expect(fromFirst).toMatchObject({ kind: 'connect', bookingId: booking.bookingId });
      expect(fromFirst.kind === 'connect' && fromFirst.callee.equals(person(2))).toBe(true);
      expect(fromSecond.kind === 'connect' && fromSecond.callee.equals(person(1))).toBe(true);
      expect(await decide(world, person(3), number)).toEqual({ kind: 'unknown-caller' });
    });

    test('gives exactly ten of fifty simultaneous bookings of the same people the ten numbers of the pool', async () => {
      await world.addNumbers(10);

      const outcomes = await Promise.allSettled(
        Array.from({ length: 50 }, () => book(world, draftOf(person(1), person(2)))),
      );

      const given = outcomes.flatMap((outcome) =>
        outcome.status === 'fulfilled' ? [outcome.value.booking.parties[0].virtualNumber.reveal()] : [],
      );
      expect(new Set(given).size).toBe(10);
      expect(given).toHaveLength(10);
      expect(outcomes.filter((outcome) => codeOf(outcome) === 'NO_VIRTUAL_NUMBER_AVAILABLE')).toHaveLength(
        40,
      );
    });

    test('never refuses while one number of a large pool is still free for both', async () => {
      await world.addNumbers(120);
      for (let n = 0; n < 119; n += 1) await book(world, draftOf(person(1), person(100 + n)));

      const last = await book(world, draftOf(person(1), person(2)));
      const refused = await Promise.allSettled([book(world, draftOf(person(1), person(3)))]);

      expect(last.repeated).toBe(false);
      expect(refused.map(codeOf)).toEqual(['NO_VIRTUAL_NUMBER_AVAILABLE']);
    });

    test('tells a refused caller how many numbers there are and how many each party holds', async () => {
      await world.addNumbers(1);
      await book(world, draftOf(person(1), person(2)));

      const [refused] = await Promise.allSettled([book(world, draftOf(person(1), person(3)))]);

      expect(refused).toMatchObject({
        reason: { details: { virtualNumbersInPool: 1, virtualNumbersHeldByParty: [1, 0] } },
      });
    });

    test('lets an expired claim be taken over in the very millisecond of its expiry', async () => {
      await world.addNumbers(1);
      await book(world, draftOf(person(1), person(2)));
      world.clock.nowMs = NOON_MS + 3_600_000;

      const next = await book(world, draftOf(person(1), person(3), { expiresAtMs: NOON_MS + 7_200_000 }));

      expect(next.repeated).toBe(false);
      expect(await decide(world, person(2), next.booking.parties[0].virtualNumber)).toMatchObject({
        kind: 'booking-expired',
      });
    });

    test('keeps a number from the same people until the cool-down is over', async () => {
      await world.addNumbers(1);
      await book(world, draftOf(person(1), person(2), { coolDownSeconds: 600 }));
      const later = { expiresAtMs: NOON_MS + 9_000_000 };

      world.clock.nowMs = NOON_MS + 3_600_000 + 599_999;
      const [refused] = await Promise.allSettled([book(world, draftOf(person(1), person(3), later))]);
      const others = await book(world, draftOf(person(4), person(5), later));
      world.clock.nowMs += 1;
      const allowed = await book(world, draftOf(person(1), person(3), later));

      expect(refused && codeOf(refused)).toBe('NO_VIRTUAL_NUMBER_AVAILABLE');
      expect(others.repeated).toBe(false);
      expect(allowed.repeated).toBe(false);
    });

    test('gives the same two people their number back at once, also within its rest', async () => {
      await world.addNumbers(1);
      const { booking } = await book(world, draftOf(person(1), person(2), { coolDownSeconds: 600 }));
      const ended = { ...endedBooking(booking, 'completed', NOON_MS), version: 2 };
      await world.bookings.change(booking, ended, NOON_MS);

      const [other] = await Promise.allSettled([book(world, draftOf(person(1), person(3)))]);
      const again = await book(world, draftOf(person(2), person(1)));

      expect(other && codeOf(other)).toBe('NO_VIRTUAL_NUMBER_AVAILABLE');
      expect(again.repeated).toBe(false);
    });

    test('shortens the rest of the number that rested longest rather than refuse, but not below the least', async () => {
      await world.addNumbers(2);
      const rests = { coolDownSeconds: 3600, leastCoolDownSeconds: 600, expiresAtMs: NOON_MS + 9_000_000 };
      for (const n of [1, 2]) {
        const preferredNumber = virtualNumber(n);
        const { booking } = await book(
          world,
          draftOf(person(1), person(10 + n), { ...rests, preferredNumber }),
        );
        const ended = { ...endedBooking(booking, 'completed', world.clock.nowMs), version: 2 };
        await world.bookings.change(booking, ended, world.clock.nowMs);
        world.clock.nowMs += 60_000;
      }
      const bookAnother = (n: number) => book(world, draftOf(person(1), person(n), rests));

      world.clock.nowMs = NOON_MS + 599_999;
      const [early] = await Promise.allSettled([bookAnother(3)]);
      world.clock.nowMs += 1;
      const first = await bookAnother(4);
      const [next] = await Promise.allSettled([bookAnother(5)]);
      world.clock.nowMs += 60_000;
      const second = await bookAnother(6);

      const given = [first, second].map(({ booking }) => booking.parties[0].virtualNumber.reveal());
      expect([early, next].map((one) => one && codeOf(one))).toEqual([
        'NO_VIRTUAL_NUMBER_AVAILABLE',
        'NO_VIRTUAL_NUMBER_AVAILABLE',
      ]);
      expect(given).toEqual([virtualNumber(1).reveal(), virtualNumber(2).reveal()]);
    });

    test('gives back last the number that a party had last', async () => {
      await world.addNumbers(4);
      const given: string[] = [];
      for (let n = 0; n < 8; n += 1) {
        const { booking } = await book(world, draftOf(person(1), person(10 + n)));
        given.push(booking.parties[0].virtualNumber.reveal());
        const ended = { ...endedBooking(booking, 'completed', world.clock.nowMs), version: 2 };
        await world.bookings.change(booking, ended, world.clock.nowMs);
        world.clock.nowMs += 1000;
      }

      expect(new Set(given.slice(0, 4)).size).toBe(4);
      expect(given.slice(4)).toEqual(given.slice(0, 4));
    });

    test('answers a repeated request also when its booking would be over by now', async () => {
      await world.addNumbers(1);
      const draft = draftOf(person(1), person(2), { idempotency: { key: 'k1', requestDigest: 'a' } });
      const first = await book(world, draft);
      world.clock.nowMs = draft.expiresAtMs + 1000;

      const again = await book(world, draft);
      const [fresh] = await Promise.allSettled([
        book(world, { ...draft, idempotency: { key: 'k2', requestDigest: 'a' } }),
      ]);

      expect(again).toMatchObject({ repeated: true, booking: { bookingId: first.booking.bookingId } });
      expect(fresh).toMatchObject({
        reason: { code: 'INVALID_REQUEST', issues: [{ path: 'expiresAt' }] },
      });
    });

    test('gives each party a number of its own country when asked for one per party', async () => {
      await world.addNumbers(2, 'SG', 1);
      await world.addNumbers(2, 'ID', 11);
      const draft = draftOf(person(1), person(2), { numbering: 'per-party' });
      const [rider, driver] = draft.parties;

      const { booking } = await book(world, { ...draft, parties: [rider, { ...driver, country: 'ID' }] });

      const [first, second] = booking.parties;
      expect(first.virtualNumber.reveal()).toMatch(/^\+653100000[12]$/);
      expect(second.virtualNumber.reveal()).toMatch(/^\+653100001[12]$/);
      const decision = await decide(world, person(1), first.virtualNumber);
      expect(decision.kind === 'connect' && decision.callerId.equals(second.virtualNumber)).toBe(true);
    });

    test('gives the preferred number while it is free and another one when it is not', async () => {
      await world.addNumbers(8);
      const preferring = (other: number) =>
        book(world, draftOf(person(1), person(other), { preferredNumber: virtualNumber(5) }));

      const first = await preferring(2);
      const second = await preferring(3);

      expect(first.booking.parties[0].virtualNumber.equals(virtualNumber(5))).toBe(true);
      expect(second.booking.parties[0].virtualNumber.equals(virtualNumber(5))).toBe(false);
    });

    test('gives the same people the same number again when numbers are sticky', async () => {
      await world.addNumbers(40);
      const first = await book(world, draftOf(person(1), person(2), { sticky: true }));
      world.clock.nowMs = NOON_MS + 3_600_000;

      const again = await book(
        world,
        draftOf(person(2), person(1), { sticky: true, expiresAtMs: NOON_MS + 7_200_000 }),
      );

      expect(again.booking.parties[0].virtualNumber.equals(first.booking.parties[0].virtualNumber)).toBe(
        true,
      );
    });

    test.each([
      ['of one country', 'SG'],
      ['of two countries', 'ID'],
    ])(
      'gives each of two people %s its own number again when numbers are sticky, whoever is named first',
      async (_, country) => {
        await world.addNumbers(8, 'SG', 1);
        await world.addNumbers(8, 'ID', 51);
        const sticky = { sticky: true, numbering: 'per-party' } as const;
        const draft = draftOf(person(1), person(2), sticky);
        const [rider, driver] = [draft.parties[0], { ...draft.parties[1], country }];
        const { booking } = await book(world, { ...draft, parties: [rider, driver] });
        world.clock.nowMs = NOON_MS + 3_600_000;

        const later = { ...draft, expiresAtMs: NOON_MS + 7_200_000 };
        const again = await book(world, { ...later, parties: [driver, rider] });

        const numbersOf = ({ parties }: typeof booking) => parties.map((one) => one.virtualNumber.reveal());
        expect(numbersOf(again.booking)).toEqual(numbersOf(booking).toReversed());
      },
    );

    test('gives a preferred number to the party of its country, and the other one a number of its own', async () => {
      await world.addNumbers(8, 'SG', 1);
      await world.addNumbers(8, 'ID', 51);
      const preferredNumber = virtualNumber(5);
      const draft = draftOf(person(1), person(2), { numbering: 'per-party', preferredNumber });
      const [rider, driver] = draft.parties;

      const { booking } = await book(world, { ...draft, parties: [{ ...rider, country: 'ID' }, driver] });

      expect(booking.parties[0].virtualNumber.reveal()).toMatch(/^\+653100005[1-8]$/);
      expect(booking.parties[1].virtualNumber.equals(preferredNumber)).toBe(true);
    });

    test('finds the number of the last time, whoever left the pool meanwhile', async () => {
      await world.addNumbers(2);
      await book(world, draftOf(person(1), person(2), { sticky: true, preferredNumber: virtualNumber(2) }));
      world.clock.nowMs = NOON_MS + 3_600_000;
      await world.numbers.putNumber(
        { virtualNumber: virtualNumber(1), country: 'SG', state: 'unhealthy' },
        world.clock.nowMs,
      );

      const again = await book(
        world,
        draftOf(person(1), person(2), { sticky: true, expiresAtMs: NOON_MS + 7_200_000 }),
      );

      expect(again.booking.parties[0].virtualNumber.equals(virtualNumber(2))).toBe(true);
    });

    test('says that no number is free when the one of the last time has left and the others are held', async () => {
      await world.addNumbers(2);
      const preferredNumber = virtualNumber(2);
      await book(world, draftOf(person(1), person(2), { sticky: true, preferredNumber }));
      await book(world, draftOf(person(1), person(3), { expiresAtMs: NOON_MS + 9_000_000 }));
      world.clock.nowMs = NOON_MS + 3_600_000;
      await world.numbers.putNumber(
        { virtualNumber: preferredNumber, country: 'SG', state: 'unhealthy' },
        world.clock.nowMs,
      );

      const [refused] = await Promise.allSettled([
        book(world, draftOf(person(1), person(2), { sticky: true, expiresAtMs: NOON_MS + 9_000_000 })),
      ]);

      expect(refused && codeOf(refused)).toBe('NO_VIRTUAL_NUMBER_AVAILABLE');
    });

    test('answers a repeated idempotency key with the same booking and refuses it for another body', async () => {
      await world.addNumbers(5);
      const keyed = (requestDigest: string) =>
        book(world, draftOf(person(1), person(2), { idempotency: { key: 'k1', requestDigest } }));

      const racing = await Promise.all(Array.from({ length: 8 }, () => keyed('a')));
      const [reused] = await Promise.allSettled([keyed('b')]);

      expect(new Set(racing.map(({ booking }) => booking.bookingId)).size).toBe(1);
      expect(racing.filter(({ repeated }) => !repeated)).toHaveLength(1);
      expect(reused && codeOf(reused)).toBe('IDEMPOTENCY_KEY_REUSED');
    });

    test('takes an idempotency key for a new request once its day is over, swept or not', async () => {
      await world.addNumbers(5);
      const keyed = (requestDigest: string) => {
        const expiresAtMs = world.clock.nowMs + 1000;
        return book(
          world,
          draftOf(person(1), person(2), { idempotency: { key: 'k1', requestDigest }, expiresAtMs }),
        );
      };
      const first = await keyed('a');
      world.clock.nowMs += 24 * 3_600_000 + 1000;

      const second = await keyed('b');

      expect(second.repeated).toBe(false);
      expect(second.booking.bookingId).not.toBe(first.booking.bookingId);
    });

    test('does not book a person on a virtual number of the pool', async () => {
      await world.addNumbers(2);

      const [refused] = await Promise.allSettled([book(world, draftOf(person(1), virtualNumber(2)))]);

      expect(refused).toMatchObject({
        reason: { code: 'INVALID_REQUEST', issues: [{ path: 'parties.1.phoneNumber' }] },
      });
    });

    test('connects calls from any number of a party and rings its first', async () => {
      await world.addNumbers(3);
      const draft = draftOf(person(1), person(2));
      const [rider, driver] = draft.parties;

      const { booking } = await book(world, {
        ...draft,
        parties: [rider, { ...driver, phoneNumbers: [person(2), person(22)] }],
      });

      const number = booking.parties[0].virtualNumber;
      const fromSpare = await decide(world, person(22), number);
      const fromRider = await decide(world, person(1), number);
      expect(fromSpare.kind === 'connect' && fromSpare.callee.equals(person(1))).toBe(true);
      expect(fromRider.kind === 'connect' && fromRider.callee.equals(person(2))).toBe(true);
    });

    test('lets only the one party call in a one-way booking', async () => {
      await world.addNumbers(1);

      const { booking } = await book(world, draftOf(person(1), person(2), { direction: 'first-to-second' }));

      const number = booking.parties[0].virtualNumber;
      expect(await decide(world, person(1), number)).toMatchObject({ kind: 'connect' });
      expect(await decide(world, person(2), number)).toMatchObject({ kind: 'direction-not-allowed' });
    });
  });
}

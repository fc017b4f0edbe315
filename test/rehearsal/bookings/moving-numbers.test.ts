import { expect, test } from 'vitest';
import type { BookingStore } from '../../../functions/shared/ports/booking-store.ts';
import { makeBooking } from '../../../functions/shared/use-cases/make-booking.ts';
import { seededRandom } from '../../../lib/commands/plan/seeded-random.ts';
import { draftOf, person, virtualNumber } from '../../support/bookings.ts';
import { createMemoryWorld } from '../../support/memory-booking-store.ts';

const POOL = 12;

test('a free number is found even when it moves behind the back of the search', async () => {
  const world = createMemoryWorld();
  await world.addNumbers(POOL);
  for (let n = 1; n < POOL; n += 1) {
    const preferredNumber = virtualNumber(n);
    await makeBooking(draftOf(person(1), person(100 + n), { preferredNumber }), world.deps);
  }
  let reads = 0;
  const store: BookingStore = {
    ...world.bookings,
    // Where held numbers stood is only a hint, and here there is none.
    async readContext(query) {
      const context = await world.bookings.readContext(query);
      const holdings = [...context.holdings].map(
        ([phone, held]) => [phone, held.map(({ slot: _, ...holding }) => holding)] as const,
      );
      return { ...context, holdings: new Map(holdings) };
    },
    // After the first slots were read, the last number closes the gap that one of them leaves.
    async readSlots(slots) {
      const contents = await world.bookings.readSlots(slots);
      reads += 1;
      if (reads === 1) {
        await world.numbers.putNumber(
          { virtualNumber: virtualNumber(1), country: 'SG', state: 'unhealthy' },
          world.clock.nowMs,
        );
      }
      return contents;
    },
  };
  const later = seededRandom(1);
  let drawn = 0;
  const firstSlotsFirst = () => {
    drawn += 1;
    return drawn <= 8 ? (drawn - 0.5) / POOL : later();
  };

  const { booking } = await makeBooking(draftOf(person(1), person(2)), {
    ...world.deps,
    store,
    random: firstSlotsFirst,
  });

  expect(booking.parties[0].virtualNumber.equals(virtualNumber(POOL))).toBe(true);
});

import { EvenDraw, type Random } from '../../functions/shared/domain/allocation.ts';
import type { BookingStore } from '../../functions/shared/ports/booking-store.ts';
import {
  type FollowBookingsDependencies,
  followBookings,
} from '../../functions/shared/use-cases/follow-bookings.ts';
import { createRetry, type RetryDependencies } from '../../functions/shared/use-cases/retry.ts';

/** A clock that stands, and pauses that take no time. */
export function testSurroundings(nowMs: () => number, random: Random = Math.random): RetryDependencies {
  return { nowMs, random, pause: async () => undefined };
}

/** Tries again as the service does, at once. */
export const testRetry = createRetry(testSurroundings(() => 0));

export const testDraw = (random: Random = Math.random): EvenDraw => new EvenDraw(random);

/** The same store, and whoever follows the stream does so at once. */
export function followedStore(store: BookingStore, depsOf: () => FollowBookingsDependencies): BookingStore {
  let moves = 0;
  const follow = async (...[before, after]: Parameters<typeof moveOf>) => {
    moves += 1;
    await followBookings([moveOf(before, after)], `move-${moves}-${Math.random()}`, depsOf());
  };
  return {
    ...store,
    async claim(request) {
      const outcome = await store.claim(request);
      if (outcome.kind === 'claimed') await follow(undefined, request.booking);
      return outcome;
    },
    async change(before, after, nowMs) {
      const outcome = await store.change(before, after, nowMs);
      if (outcome.kind === 'changed') await follow(before, after);
      return outcome;
    },
  };
}

type Moved = Parameters<typeof followBookings>[0][number];
const moveOf = (before: Moved['before'], after: Moved['after']): Moved => ({ before, after });

import { describe, expect, test } from 'vitest';
import { claimOn } from '../../../../functions/shared/adapters/memory/memory-tables.ts';
import { claimsOf } from '../../../../functions/shared/domain/booking.ts';
import { blockNumber } from '../../../../functions/shared/use-cases/block-number.ts';
import { endBooking } from '../../../../functions/shared/use-cases/change-booking.ts';
import { eraseParty } from '../../../../functions/shared/use-cases/erase-party.ts';
import { followBookings } from '../../../../functions/shared/use-cases/follow-bookings.ts';
import { makeBooking } from '../../../../functions/shared/use-cases/make-booking.ts';
import { draftOf, person } from '../../../support/bookings.ts';
import { createMemoryWorld } from '../../../support/memory-booking-store.ts';

const [rider, driver] = [person(1), person(2)];
const noCounts = {
  add: async () => undefined,
  totals: async () => ({ liveBookings: 0, busiestPartyHolds: 0, refusalsLastHour: 0 }),
  numbersByCountry: async () => new Map(),
};

async function openWorld() {
  const world = createMemoryWorld();
  await world.addNumbers(20);
  const erase = (id: string) =>
    eraseParty(rider, {
      ...world.deps,
      traces: world.traces,
      newErasureId: () => id,
      patienceMs: 60_000,
    });
  /** Does something between the commit of a booking and the look at its marks that follows. */
  const bookWith = (betweenTheTwo: () => Promise<unknown>) =>
    makeBooking(draftOf(rider, driver), {
      ...world.deps,
      store: {
        ...world.deps.store,
        async claim(request) {
          await betweenTheTwo();
          return world.deps.store.claim(request);
        },
      },
    });
  return { world, erase, bookWith };
}

describe('a booking that was under way', () => {
  test('while its party was erased leaves nothing behind, however late it was written', async () => {
    const { world, erase, bookWith } = await openWorld();

    const [made] = await Promise.allSettled([bookWith(() => erase('the-erasure'))]);

    expect(made).toMatchObject({ status: 'rejected', reason: { code: 'PARTY_BEING_ERASED' } });
    expect([...world.tables.bookings.keys()]).toEqual([]);
    expect([...world.tables.claims.values()].flatMap((claims) => [...claims.keys()])).toEqual([]);
  });

  test('is made in peace after an erasure that was over before', async () => {
    const { erase, bookWith } = await openWorld();
    await erase('the-erasure');

    const { repeated } = await bookWith(async () => undefined);

    expect(repeated).toBe(false);
  });

  test('while its party was blocked connects nobody, and can be ended', async () => {
    const { world, bookWith } = await openWorld();
    const block = () =>
      blockNumber(rider, 'Reported.', { blocklist: world.blocklist, nowMs: () => world.clock.nowMs });

    const { booking } = await bookWith(block);

    const stopped = claimsOf(booking).map((claim) => claimOn(world.tables, claim)?.blocked);
    expect(stopped).toEqual([true, true]);
    const ended = await endBooking(booking.bookingId, 'cancelled', world.deps);
    expect(ended.storedStatus).toBe('cancelled');
  });

  test('and died before it could look is looked at by whoever follows the stream', async () => {
    const { world, erase } = await openWorld();
    const deps = {
      ...world.deps,
      store: {
        ...world.deps.store,
        async claim(request: Parameters<typeof world.deps.store.claim>[0]) {
          await erase('the-erasure');
          return world.deps.store.claim(request);
        },
        readMarks: () => Promise.reject(new Error('The function has died.')),
      },
    };
    await expect(makeBooking(draftOf(rider, driver), deps)).rejects.toThrow('died');
    const [after] = [...world.tables.bookings.values()];

    const move = { before: undefined, after };
    const following = { ...world.deps, counts: noCounts, list: { append: async () => undefined } };
    await followBookings([move], 'one-batch', following);

    expect(after?.parties[0].phoneNumbers[0]?.equals(rider)).toBe(true);
    expect([...world.tables.bookings.keys()]).toEqual([]);
  });
});

test('sixty-four bookings of one party end at once, each in the requests of one', async () => {
  const world = createMemoryWorld();
  await world.addNumbers(100);
  const made = await Promise.all(
    Array.from({ length: 64 }, (_, n) => makeBooking(draftOf(rider, person(100 + n)), world.deps)),
  );
  let requests = 0;
  const counted = {
    ...world.deps,
    store: {
      ...world.deps.store,
      find: (bookingId: string) => {
        requests += 1;
        return world.deps.store.find(bookingId);
      },
    },
  };

  const ended = await Promise.all(
    made.map(({ booking }) => endBooking(booking.bookingId, 'completed', counted)),
  );

  expect(ended.map(({ storedStatus }) => storedStatus)).toEqual(made.map(() => 'completed'));
  expect(requests).toBe(64);
});

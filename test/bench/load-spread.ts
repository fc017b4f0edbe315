import { EvenDraw } from '../../functions/shared/domain/allocation.ts';
import { makeBooking } from '../../functions/shared/use-cases/make-booking.ts';
import { seededRandom } from '../../lib/commands/plan/seeded-random.ts';
import { draftOf, phone } from '../support/bookings.ts';
import { createMemoryWorld } from '../support/memory-booking-store.ts';
import { atMost, type Topic } from './report.ts';

const NUMBERS = 1000;
const MOST_TIMES_MEAN = 1.1;
const ENVIRONMENTS = 50;
const GAP_MS = 300;

/** How evenly bookings spread over the numbers of a pool. */
export async function measureSpread(quick: boolean): Promise<Topic> {
  const bookings = quick ? 20_000 : 100_000;
  const random = seededRandom(11);
  const world = createMemoryWorld({ random });
  const draws = Array.from({ length: ENVIRONMENTS }, () => new EvenDraw(random));
  await world.addNumbers(NUMBERS);
  const given = new Map<string, number>();
  for (let n = 0; n < bookings; n += 1) {
    world.clock.nowMs += GAP_MS;
    const driver = phone(`+6588${String(n % 3000).padStart(7, '0')}`);
    const rider = phone(`+6598${String(n).padStart(7, '0')}`);
    const draft = draftOf(rider, driver, {
      expiresAtMs: world.clock.nowMs + 2_100_000,
      coolDownSeconds: 3600,
    });
    const { booking } = await makeBooking(draft, {
      ...world.deps,
      draw: draws[n % ENVIRONMENTS] ?? world.deps.draw,
    });
    const number = booking.parties[0].virtualNumber.reveal();
    given.set(number, (given.get(number) ?? 0) + 1);
  }
  const mean = bookings / NUMBERS;
  const counts = [...given.values()];
  return {
    title: `Load spread: ${bookings.toLocaleString('en-US')} bookings on ${NUMBERS} numbers`,
    how: 'In memory, by the same allocation code: bookings of 35 minutes with an hour of cool-down, 3,000 drivers, 50 environments.',
    rows: [
      { what: 'bookings of a number, mean', measured: mean },
      { what: 'bookings of a number, fewest', measured: given.size < NUMBERS ? 0 : Math.min(...counts) },
      { what: 'bookings of a number, most', measured: Math.max(...counts) },
      // Few bookings a number spread less evenly by nature; the limit is one for the full run.
      quick
        ? { what: 'most ÷ mean', measured: Math.max(...counts) / mean }
        : atMost('most ÷ mean', Math.max(...counts) / mean, MOST_TIMES_MEAN),
    ],
  };
}

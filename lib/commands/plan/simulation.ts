import { createMemoryBookings } from '../../../functions/shared/adapters/memory/memory-bookings.ts';
import { emptyTables, type MemoryTables } from '../../../functions/shared/adapters/memory/memory-tables.ts';
import type { Numbering } from '../../../functions/shared/domain/booking.ts';
import { PhoneNumber } from '../../../functions/shared/domain/phone-number.ts';
import { ProblemError } from '../../../functions/shared/domain/problems.ts';
import { makeBooking } from '../../../functions/shared/use-cases/make-booking.ts';
import { createRetry } from '../../../functions/shared/use-cases/retry.ts';
import { type Arrival, arrivals, type DemandSettings } from './demand.ts';
import { seededRandom } from './seeded-random.ts';

export interface SimulationSettings extends DemandSettings {
  readonly numbering: Numbering;
  readonly poolSize: number;
  /** How long is simulated, in milliseconds. */
  readonly durationMs: number;
  /** Bookings before this moment fill the pool and are not counted. */
  readonly warmUpMs: number;
  readonly seed: number;
}

export interface SimulationResult {
  /** Bookings asked for after the warm-up. */
  readonly asked: number;
  readonly refused: number;
  /** The most virtual numbers that one person held or would have held at once, cool-downs included. */
  readonly peakDegree: number;
}

const COUNTRY = 'SG';
const START_MS = Date.UTC(2026, 0, 1);
/** Where progress is told and other work gets a turn. */
const PROGRESS_EVERY = 2000;

const numbered = (prefix: string, n: number): PhoneNumber =>
  PhoneNumber.from(`${prefix}${String(n).padStart(7, '0')}`);
export const driverNumber = (n: number): PhoneNumber => numbered('+658', n);
export const riderNumber = (n: number): PhoneNumber => numbered('+659', n);

/** Puts so many active numbers of one country into the pool. */
export function fillPool(tables: MemoryTables, count: number): void {
  for (let n = 0; n < count; n += 1) {
    const virtualNumber = numbered('+653', n);
    tables.numbers.set(virtualNumber.reveal(), {
      virtualNumber,
      country: COUNTRY,
      state: 'active',
      addedAtMs: START_MS,
      updatedAtMs: START_MS,
    });
  }
  tables.pool.version += 1;
}

/**
 * Serves the demand from a pool with the product's own allocator over a store in memory.
 * @param onProgress is told the share that is done, from 0 to 1, now and then.
 */
export async function simulate(
  settings: SimulationSettings,
  onProgress: (share: number) => void = () => undefined,
): Promise<SimulationResult> {
  const tables = emptyTables();
  fillPool(tables, settings.poolSize);
  const random = seededRandom(settings.seed + 1);
  const clock = { nowMs: START_MS };
  let made = 0;
  const nowMs = () => clock.nowMs;
  const deps = {
    ...createMemoryBookings(tables, {
      nowMs,
      random,
      retry: createRetry({ nowMs, random, pause: async () => undefined }),
    }),
    newBookingId: () => String(made),
  };

  let asked = 0;
  let refused = 0;
  let peakDegree = 0;
  for (const arrival of arrivals(settings, settings.durationMs, seededRandom(settings.seed))) {
    made += 1;
    clock.nowMs = START_MS + Math.round(arrival.atMs);
    const isCounted = arrival.atMs >= settings.warmUpMs;
    if (isCounted) asked += 1;
    peakDegree = Math.max(peakDegree, arrival.degree);
    try {
      await makeBooking(draftOf(arrival, settings, clock.nowMs), deps);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.code !== 'NO_VIRTUAL_NUMBER_AVAILABLE') throw error;
      if (isCounted) refused += 1;
    }
    if (made % PROGRESS_EVERY === 0) {
      onProgress(arrival.atMs / settings.durationMs);
      await new Promise(setImmediate);
    }
  }
  return { asked, refused, peakDegree };
}

function draftOf({ driver, rider }: Arrival, settings: SimulationSettings, nowMs: number) {
  return {
    parties: [
      { phoneNumbers: [riderNumber(rider)], country: COUNTRY },
      { phoneNumbers: [driverNumber(driver)], country: COUNTRY },
    ],
    numbering: settings.numbering,
    direction: 'both',
    recordCalls: false,
    limits: {},
    expiresAtMs: nowMs + settings.holdMs,
    coolDownSeconds: settings.coolDownMs / 1000,
    sticky: false,
  } as const;
}

import type { Logger } from '../shared/observability/logger.ts';
import { metricNames } from '../shared/observability/metric-names.ts';
import type { BookingStore, NumberStore } from '../shared/ports/booking-store.ts';
import type { PoolCount, PoolCounts } from '../shared/ports/pool-summary.ts';
import type { NumberChoice } from '../shared/use-cases/number-search.ts';
import { countedStore, ELSEWHERE } from '../shared/use-cases/summarize-pool.ts';

export interface PoolWatchDependencies {
  readonly store: BookingStore;
  readonly numbers: Pick<NumberStore, 'findNumber'>;
  readonly poolCounts: PoolCounts;
  readonly logger: Logger;
  readonly nowMs: () => number;
}

/** The store and the listener by which bookings are counted and the pool's use is measured. */
export interface PoolWatch {
  readonly store: BookingStore;
  readonly onChoice: (choice: NumberChoice) => Promise<void>;
}

/** Watches the pool through the bookings that are made; none of them fails because it could not be counted. */
export function watchPool({ store, numbers, poolCounts, logger, nowMs }: PoolWatchDependencies): PoolWatch {
  async function count(findCounts: () => Promise<readonly PoolCount[]>): Promise<void> {
    try {
      await poolCounts.add(await findCounts());
    } catch (error) {
      logger.error('POOL_COUNT_LOST', error);
    }
  }

  return {
    store: countedStore(store, { numbers, count }),
    async onChoice({ outcome, country, poolSize, taken }) {
      const percent = outcome === 'refused' || poolSize === 0 ? 100 : Math.round((taken / poolSize) * 100);
      logger.info('POOL_USED', { country }, [
        { name: metricNames.poolUsed, value: percent, unit: 'Percent' },
      ]);
      if (outcome === 'made') return;
      const refusedIn = poolSize === 0 ? ELSEWHERE : (country ?? ELSEWHERE);
      await count(async () => [{ kind: 'refused', country: refusedIn, atMs: nowMs() }]);
    },
  };
}

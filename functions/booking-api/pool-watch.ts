import type { Logger } from '../shared/observability/logger.ts';
import { metricNames } from '../shared/observability/metric-names.ts';
import type { PoolCounts } from '../shared/ports/pool-summary.ts';
import type { NumberChoice } from '../shared/use-cases/number-search.ts';
import { ELSEWHERE } from '../shared/use-cases/summarize-pool.ts';

export interface PoolWatchDependencies {
  readonly poolCounts: PoolCounts;
  readonly logger: Logger;
  readonly nowMs: () => number;
}

/** Measures how full the pool is, by the bookings that are made; none of them fails because it could not be counted. */
export function watchPool({ poolCounts, logger, nowMs }: PoolWatchDependencies) {
  return async ({ outcome, country, poolSize, taken }: NumberChoice): Promise<void> => {
    const percent = outcome === 'refused' || poolSize === 0 ? 100 : Math.round((taken / poolSize) * 100);
    logger.info('POOL_USED', { country }, [{ name: metricNames.poolUsed, value: percent, unit: 'Percent' }]);
    if (outcome === 'made') return;
    const refusedIn = poolSize === 0 ? ELSEWHERE : (country ?? ELSEWHERE);
    try {
      await poolCounts.add([{ kind: 'refused', country: refusedIn, atMs: nowMs() }]);
    } catch (error) {
      logger.error('POOL_COUNT_LOST', error);
    }
  };
}

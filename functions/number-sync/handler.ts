import { logFailures } from '../shared/observability/log-failures.ts';
import type { Logger } from '../shared/observability/logger.ts';
import { type NumberSyncDependencies, syncNumbers } from '../shared/use-cases/sync-numbers.ts';

/** Takes over the virtual numbers from 8x8 on a schedule. A failure fails the run, which is tried again and alarmed. */
export function createNumberSyncHandler(deps: NumberSyncDependencies & { readonly logger: Logger }) {
  return logFailures(deps.logger, 'NUMBER_SYNC_FAILED', async (): Promise<void> => {
    const { added, changed, missing, unreadable, complete } = await syncNumbers(deps);
    deps.logger.info('NUMBERS_SYNCED', { count: added + changed });
    if (missing > 0) deps.logger.warn('NUMBERS_MISSING', { count: missing });
    if (unreadable > 0) deps.logger.warn('NUMBERS_UNREADABLE', { count: unreadable });
    if (!complete) deps.logger.warn('NUMBER_LIST_INCOMPLETE');
  });
}

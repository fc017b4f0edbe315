import { logFailures } from '../shared/observability/log-failures.ts';
import { metricNames } from '../shared/observability/metric-names.ts';
import { type ReconcileDependencies, reconcileRecordings } from '../shared/use-cases/reconcile-recordings.ts';

/** Looks for recordings on a schedule. A failure fails the run, which is alarmed. */
export function createRecordingReconcilerHandler(deps: ReconcileDependencies) {
  return logFailures(deps.logger, 'RECORDING_RECONCILIATION_FAILED', async (): Promise<void> => {
    const { attached, missing } = await reconcileRecordings(deps);
    deps.logger.info('RECORDINGS_RECONCILED', { count: attached }, [
      { name: metricNames.missingRecordings, value: missing, unit: 'Count' },
    ]);
  });
}

import { METRIC_NAMESPACE } from '../shared/observability/metric-names.ts';

/** Whether the 8x8 account was found changed, 1 or 0, once per check. */
const ACCOUNT_DRIFT_METRIC = 'AccountDrift';

/** The metric as a log line in CloudWatch's embedded metric format. */
export function driftMetricLine(drifted: boolean, nowMs: number): string {
  return JSON.stringify({
    _aws: {
      Timestamp: nowMs,
      CloudWatchMetrics: [
        {
          Namespace: METRIC_NAMESPACE,
          Dimensions: [[]],
          Metrics: [{ Name: ACCOUNT_DRIFT_METRIC, Unit: 'Count' }],
        },
      ],
    },
    [ACCOUNT_DRIFT_METRIC]: drifted ? 1 : 0,
  });
}

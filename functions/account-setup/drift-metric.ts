import { METRIC_NAMESPACE, metricNames } from '../shared/observability/metric-names.ts';

/** The metric as a log line in CloudWatch's embedded metric format. */
export function driftMetricLine(drifted: boolean, nowMs: number): string {
  return JSON.stringify({
    _aws: {
      Timestamp: nowMs,
      CloudWatchMetrics: [
        {
          Namespace: METRIC_NAMESPACE,
          Dimensions: [[]],
          Metrics: [{ Name: metricNames.accountDrift, Unit: 'Count' }],
        },
      ],
    },
    [metricNames.accountDrift]: drifted ? 1 : 0,
  });
}

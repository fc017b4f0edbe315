import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { METRIC_NAMESPACE, metricNames } from '../../functions/shared/observability/metric-names.ts';
import { DRIFT_CHECK_INTERVAL } from './account-setup.ts';
import { ALARM_PERIOD, type Alarms } from './alarms.ts';
import { RECONCILIATION_INTERVAL } from './recording-reconciler.ts';

interface WatchedParts {
  readonly callAction: IFunction;
  readonly api: HttpApi;
  readonly webhookDeadLetters: IQueue;
  readonly decisionDeadLetters: IQueue;
  readonly quarantine: IQueue;
  readonly accountSetup: IFunction;
  /** The rest looks after the 8x8 account and is there only where its API key is. */
  readonly numberSync: IFunction | undefined;
  readonly recordingReconciler: IFunction | undefined;
}

/** Every failure that nobody would see by themselves. */
export function addServiceAlarms(alarms: Alarms, parts: WatchedParts): void {
  const summed = { period: ALARM_PERIOD, statistic: 'sum' };
  alarms.add('CallActionErrors', {
    severity: 'high',
    impact:
      'The function that answers calls has failed: a caller heard silence instead of a connection or a message.',
    runbook: '#alarm-call-action-errors',
    metric: parts.callAction.metricErrors(summed),
    threshold: 1,
  });
  alarms.add('ApiServerErrors', {
    severity: 'high',
    impact: 'Requests are answered with 5xx: bookings fail, or 8x8 loses events it was not told to repeat.',
    runbook: '#alarm-api-server-errors',
    metric: parts.api.metricServerError(summed),
    threshold: 5,
  });
  alarms.addMessagesWaiting('WebhookDeadLetters', parts.webhookDeadLetters, {
    severity: 'high',
    impact:
      'Events of calls could not be stored even after an hour of replays; the record of calls has gaps.',
    runbook: '#alarm-webhook-dead-letters',
  });
  alarms.addMessagesWaiting('CallDecisionDeadLetters', parts.decisionDeadLetters, {
    severity: 'low',
    impact:
      'The reasons of some decisions could not be stored; support cannot see why those calls went where they did.',
    runbook: '#alarm-call-decision-dead-letters',
  });
  alarms.addMessagesWaiting('QuarantinedWebhooks', parts.quarantine, {
    severity: 'low',
    impact:
      '8x8 has sent events of an unknown shape; they are kept aside and missing from the record of calls.',
    runbook: '#alarm-quarantined-webhooks',
  });
  alarms.add('AccountSetupErrors', {
    severity: 'low',
    impact: 'The 8x8 account could not be looked at or set up; a change of it would go unnoticed.',
    runbook: '#alarm-account-setup-errors',
    metric: parts.accountSetup.metricErrors(summed),
    threshold: 1,
  });
  alarms.add('AccountDrift', {
    severity: 'high',
    impact:
      'The 8x8 account no longer delivers to this stack: calls may go unanswered or reach another system.',
    runbook: '#alarm-account-drift',
    metric: new Metric({
      namespace: METRIC_NAMESPACE,
      metricName: metricNames.accountDrift,
      period: DRIFT_CHECK_INTERVAL,
      statistic: 'max',
    }),
    threshold: 1,
  });
  if (parts.numberSync !== undefined) {
    alarms.add('NumberSyncErrors', {
      severity: 'low',
      impact: 'The virtual numbers could not be compared with those of 8x8; the pool may be out of date.',
      runbook: '#alarm-number-sync-errors',
      metric: parts.numberSync.metricErrors(summed),
      threshold: 1,
    });
  }
  if (parts.recordingReconciler !== undefined) {
    alarms.add('RecordingReconcilerErrors', {
      severity: 'low',
      impact: 'Recordings that have not arrived could not be looked for.',
      runbook: '#alarm-recording-reconciler-errors',
      metric: parts.recordingReconciler.metricErrors(summed),
      threshold: 1,
    });
    alarms.add('MissingRecordings', {
      severity: 'low',
      impact: 'Calls were to be recorded and their recordings are not in the bucket.',
      runbook: '#alarm-missing-recordings',
      metric: new Metric({
        namespace: METRIC_NAMESPACE,
        metricName: metricNames.missingRecordings,
        period: RECONCILIATION_INTERVAL,
        statistic: 'max',
      }),
      threshold: 1,
    });
  }
}

import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import {
  METRIC_NAMESPACE,
  type MetricName,
  metricNames,
} from '../../functions/shared/observability/metric-names.ts';
import { DRIFT_CHECK_INTERVAL } from './account-setup.ts';
import { ALARM_PERIOD, type Alarms } from './alarms.ts';
import type { Events } from './events.ts';
import { RECONCILIATION_INTERVAL } from './recording-reconciler.ts';

/** The share of the deadline from which on an answer counts as slow. */
const SLOW_SHARE = 0.8;
/** How late events may be before somebody is told; a restart of the publisher takes less. */
const LATE_EVENT_MS = 5 * 60_000;

interface WatchedParts {
  readonly callAction: IFunction;
  readonly api: HttpApi;
  readonly webhookRetries: IQueue;
  readonly webhookDeadLetters: IQueue;
  readonly decisionDeadLetters: IQueue;
  readonly quarantine: IQueue;
  readonly events: Pick<Events, 'publisher' | 'publisherDeadLetters' | 'webhook'>;
  readonly accountSetup: IFunction;
  /** Within which time a caller has to be answered. */
  readonly deadlineMs: number;
  /** The rest looks after the 8x8 account and is there only where its API key is. */
  readonly numberSync: IFunction | undefined;
  readonly recordingReconciler: IFunction | undefined;
}

const summed = { period: ALARM_PERIOD, statistic: 'sum' };

/** A metric of this service's own, over all its dimensions. */
const own = (metricName: MetricName, statistic: string, period = ALARM_PERIOD): Metric =>
  new Metric({ namespace: METRIC_NAMESPACE, metricName, period, statistic });

/** Every failure that nobody would see by themselves, those that callers feel first. */
export function addServiceAlarms(alarms: Alarms, parts: WatchedParts): void {
  addCallAlarms(alarms, parts);
  addBookingAlarms(alarms, parts);
  addRecordAlarms(alarms, parts);
  addEventAlarms(alarms, parts.events);
  addAccountAlarms(alarms, parts);
}

function addCallAlarms(alarms: Alarms, { callAction, deadlineMs }: WatchedParts): void {
  alarms.add('CallActionErrors', {
    severity: 'high',
    impact:
      'The function that answers calls has failed: a caller heard silence instead of a connection or a message.',
    runbook: '#alarm-call-action-errors',
    metric: callAction.metricErrors(summed),
    threshold: 1,
  });
  alarms.add('CallFallbacks', {
    severity: 'high',
    impact:
      'Callers who should have been connected heard an apology, because their booking could not be looked up.',
    runbook: '#alarm-call-fallbacks',
    metric: own(metricNames.callFallback, 'sum'),
    threshold: 3,
  });
  alarms.add('CallActionSlow', {
    severity: 'high',
    impact:
      'One call in a hundred is answered close to the deadline; a little slower, and callers hear an apology.',
    runbook: '#alarm-call-action-slow',
    metric: own(metricNames.callActionDuration, 'p99'),
    threshold: Math.round(deadlineMs * SLOW_SHARE),
    periods: 2,
  });
  alarms.add('WebhooksUnauthenticated', {
    severity: 'high',
    impact:
      'Many webhooks come without the right secret: 8x8 sends another one and no call is connected, or a stranger tries.',
    runbook: '#alarm-webhooks-unauthenticated',
    metric: own(metricNames.webhookUnauthenticated, 'sum'),
    threshold: 20,
  });
  alarms.add('WebhooksFromUnknownAddress', {
    severity: 'high',
    impact:
      'Webhooks with the right secret are refused for their address: the secret has leaked, or 8x8 has a new address.',
    runbook: '#alarm-webhooks-from-unknown-address',
    metric: own(metricNames.webhookFromUnknownAddress, 'sum'),
    threshold: 1,
  });
}

function addBookingAlarms(alarms: Alarms, { api }: WatchedParts): void {
  alarms.add('ApiServerErrors', {
    severity: 'high',
    impact: 'Requests are answered with 5xx: bookings fail, or 8x8 loses events it was not told to repeat.',
    runbook: '#alarm-api-server-errors',
    metric: api.metricServerError(summed),
    threshold: 5,
  });
  alarms.add('BookingsRefused', {
    severity: 'high',
    impact: 'Bookings are refused because no virtual number is free for their parties.',
    runbook: '#alarm-bookings-refused',
    metric: own(metricNames.bookingRefused, 'sum'),
    threshold: 1,
  });
  alarms.add('PoolNearlyUsedUp', {
    severity: 'low',
    impact: 'Some parties have hardly a virtual number left; soon their bookings will be refused.',
    runbook: '#alarm-pool-nearly-used-up',
    metric: own(metricNames.poolUsed, 'max'),
    threshold: 80,
  });
}

function addRecordAlarms(alarms: Alarms, parts: WatchedParts): void {
  alarms.addMessagesLate('WebhookRetriesLate', parts.webhookRetries, {
    severity: 'high',
    impact:
      'Events of calls have been waiting for the store for a quarter of an hour; an hour later they are put aside.',
    runbook: '#alarm-webhook-retries-late',
    threshold: 900,
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
}

function addEventAlarms(
  alarms: Alarms,
  { publisher, publisherDeadLetters, webhook }: WatchedParts['events'],
): void {
  alarms.add('EventsLate', {
    severity: 'low',
    impact:
      'Other systems hear of bookings and calls minutes late; after a day, changes that were not told are lost.',
    runbook: '#alarm-events-late',
    metric: publisher.metric('IteratorAge', { period: ALARM_PERIOD, statistic: 'max' }),
    threshold: LATE_EVENT_MS,
    periods: 2,
  });
  alarms.addMessagesWaiting('EventDeadLetters', publisherDeadLetters, {
    severity: 'high',
    impact:
      'Changes could not be told to other systems; they stay in the stream for a day and are gone then.',
    runbook: '#alarm-event-dead-letters',
  });
  if (webhook === undefined) return;
  alarms.addMessagesLate('EventWebhookLate', webhook.queue, {
    severity: 'low',
    impact: "The company's endpoint has not taken events for an hour; in a few hours they are put aside.",
    runbook: '#alarm-event-webhook-late',
    threshold: 3600,
  });
  alarms.addMessagesWaiting('EventWebhookDeadLetters', webhook.deadLetters, {
    severity: 'high',
    impact: "The company's endpoint did not take events for hours; its own systems have not heard of them.",
    runbook: '#alarm-event-webhook-dead-letters',
  });
}

function addAccountAlarms(alarms: Alarms, parts: WatchedParts): void {
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
    metric: own(metricNames.accountDrift, 'max', DRIFT_CHECK_INTERVAL),
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
      metric: own(metricNames.missingRecordings, 'max', RECONCILIATION_INTERVAL),
      threshold: 1,
    });
  }
}

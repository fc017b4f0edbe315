import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import {
  METRIC_NAMESPACE,
  type MetricName,
  metricNames,
} from '../../../functions/shared/observability/metric-names.ts';
import { DRIFT_CHECK_INTERVAL } from '../account-setup.ts';
import type { BookingFollower } from '../booking-follower.ts';
import type { Events } from '../events.ts';
import { RECONCILIATION_INTERVAL } from '../recording-reconciler.ts';
import { ALARM_PERIOD, type Alarms } from './alarms.ts';

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
  readonly bookingFollower: Pick<BookingFollower, 'handler' | 'deadLetters'>;
  readonly accountSetup: IFunction;
  /** Within which time a caller has to be answered. */
  readonly deadlineMs: number;
  /** What calls may cost in an hour; undefined: nobody asks. */
  readonly moneyPerHour: number | undefined;
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
  addFollowerAlarms(alarms, parts.bookingFollower);
  addAccountAlarms(alarms, parts);
  addMisuseAlarms(alarms, parts);
}

function addCallAlarms(alarms: Alarms, { callAction, deadlineMs }: WatchedParts): void {
  alarms.add('CallActionErrors', {
    severity: 'high',
    impact:
      'The function that answers calls has failed: a caller heard silence instead of a connection or a message.',
    remedy:
      'Go back a version if one was just deployed; otherwise look for time-outs in the log of CallActionFunction.',
    runbook: '#alarm-call-action-errors',
    metric: callAction.metricErrors(summed),
    threshold: 1,
  });
  alarms.add('CallActionThrottled', {
    severity: 'high',
    impact:
      'More calls came at once than the function may answer at once: the rest of the callers heard silence.',
    remedy:
      'Raise `callAction.reservedConcurrency` and deploy, or have AWS raise the concurrency of the account.',
    runbook: '#alarm-call-action-throttled',
    metric: callAction.metricThrottles(summed),
    threshold: 1,
  });
  alarms.add('WebhooksThrottled', {
    severity: 'high',
    impact:
      'More webhooks came than the gateway lets through: callers heard silence, and events of calls may be lost.',
    remedy: 'Raise `api.webhookThrottle` and deploy, if the access log shows that it is 8x8 who calls.',
    runbook: '#alarm-webhooks-throttled',
    metric: own(metricNames.webhookThrottled, 'sum'),
    threshold: 1,
  });
  alarms.add('CallFallbacks', {
    severity: 'high',
    impact:
      'Callers who should have been connected heard an apology, because their booking could not be looked up.',
    remedy:
      'Look at `errorName` of CALL_FALLBACK in the log of CallActionFunction: a slow store passes by itself, a refused access needs a deployment.',
    runbook: '#alarm-call-fallbacks',
    metric: own(metricNames.callFallback, 'sum'),
    threshold: 3,
  });
  alarms.add('CallActionSlow', {
    severity: 'high',
    impact:
      'One call in a hundred is answered close to the deadline; a little slower, and callers hear an apology.',
    remedy:
      'Raise `callAction.provisionedConcurrency` if only p99 is up; look at AWS Health if p50 is up as well.',
    runbook: '#alarm-call-action-slow',
    metric: own(metricNames.callActionDuration, 'p99'),
    threshold: Math.round(deadlineMs * SLOW_SHARE),
    periods: 2,
  });
  alarms.add('WebhooksUnauthenticated', {
    severity: 'high',
    impact:
      'Many webhooks come without the right secret: 8x8 sends another one and no call is connected, or a stranger tries.',
    remedy:
      'See whether calls are still answered. If not, `npm run eight-by-eight -- apply --renew-authorization`; if so, it is a stranger who gets nothing.',
    runbook: '#alarm-webhooks-unauthenticated',
    metric: own(metricNames.webhookUnauthenticated, 'sum'),
    threshold: 20,
  });
  alarms.add('WebhooksFromUnknownAddress', {
    severity: 'high',
    impact:
      'Webhooks with the right secret are refused for their address: the secret has leaked, or 8x8 has a new address.',
    remedy:
      'Ask 8x8 whether the address in the access log is theirs: if so, add it to `eightByEight.allowedSourceIps`; if not, change the secret now.',
    runbook: '#alarm-webhooks-from-unknown-address',
    metric: own(metricNames.webhookFromUnknownAddress, 'sum'),
    threshold: 1,
  });
}

function addBookingAlarms(alarms: Alarms, { api }: WatchedParts): void {
  alarms.add('ApiServerErrors', {
    severity: 'high',
    impact:
      'Requests are answered with 5xx: bookings fail, or events of calls are neither stored nor queued and may be lost.',
    remedy:
      'Look in the access log which routes fail. All of them: go back a version, or wait for DynamoDB; one: its log says why.',
    runbook: '#alarm-api-server-errors',
    metric: api.metricServerError(summed),
    threshold: 5,
  });
  alarms.add('BookingsRefused', {
    severity: 'high',
    impact: 'Bookings are refused because no virtual number is free for their parties.',
    remedy:
      'Complete bookings that are over; `GET /v1/pool` shows which country has no number left. Then rent numbers.',
    runbook: '#alarm-bookings-refused',
    metric: own(metricNames.bookingRefused, 'sum'),
    threshold: 1,
  });
  alarms.add('PoolNearlyUsedUp', {
    severity: 'low',
    impact: 'Some parties have hardly a virtual number left; soon their bookings will be refused.',
    remedy: 'See on the dashboard whether it is one busy party or growth; rent numbers before it is 100 %.',
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
    remedy:
      'Nothing is lost yet. Look why in the log of WebhookRetryFunction; if it is not the store, go back a version.',
    runbook: '#alarm-webhook-retries-late',
    threshold: 900,
  });
  alarms.addMessagesWaiting('WebhookDeadLetters', parts.webhookDeadLetters, {
    severity: 'high',
    impact:
      'Events of calls could not be stored even after an hour of replays; the record of calls has gaps.',
    remedy:
      'Remove the cause that the log of WebhookRetryFunction names, then `npm run redrive -- webhooks --stage <stage>`. They are kept for 14 days.',
    runbook: '#alarm-webhook-dead-letters',
  });
  alarms.addMessagesWaiting('CallDecisionDeadLetters', parts.decisionDeadLetters, {
    severity: 'low',
    impact:
      'The reasons of some decisions could not be stored; support cannot see why those calls went where they did.',
    remedy:
      'Nothing tonight; the log of CallDecisionsFunction says why. Then `npm run redrive -- decisions --stage <stage>`.',
    runbook: '#alarm-call-decision-dead-letters',
  });
  alarms.addMessagesWaiting('QuarantinedWebhooks', parts.quarantine, {
    severity: 'low',
    impact:
      '8x8 has sent events of an unknown shape; they are kept aside and missing from the record of calls.',
    remedy:
      'Nothing tonight; `paths` of WEBHOOK_QUARANTINED in the log names the fields. The bodies are kept for 14 days.',
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
    remedy:
      'Look for CHANGE_UNREADABLE in the log of ChangePublisherFunction and go back a version if it is there; there are 24 hours before changes are lost.',
    runbook: '#alarm-events-late',
    metric: publisher.metric('IteratorAge', { period: ALARM_PERIOD, statistic: 'max' }),
    threshold: LATE_EVENT_MS,
    periods: 2,
  });
  alarms.addMessagesWaiting('EventDeadLetters', publisherDeadLetters, {
    severity: 'high',
    impact:
      'Changes could not be told to other systems; they stay in the stream for a day and are gone then.',
    remedy:
      'Deploy a version that reads the row which CHANGE_UNREADABLE in the log of ChangePublisherFunction names, within 24 hours.',
    runbook: '#alarm-event-dead-letters',
  });
  if (webhook === undefined) return;
  alarms.addMessagesLate('EventWebhookLate', webhook.queue, {
    severity: 'low',
    impact: "The company's endpoint has not taken events for an hour; in a few hours they are put aside.",
    remedy:
      'Tell the owner of the endpoint: EVENT_NOT_TAKEN in the log of EventWebhookFunction says what it answers.',
    runbook: '#alarm-event-webhook-late',
    threshold: 3600,
  });
  alarms.addMessagesWaiting('EventWebhookDeadLetters', webhook.deadLetters, {
    severity: 'high',
    impact: "The company's endpoint did not take events for hours; its own systems have not heard of them.",
    remedy:
      'When the endpoint works again, `npm run redrive -- events --stage <stage>`. They are kept for 14 days.',
    runbook: '#alarm-event-webhook-dead-letters',
  });
  alarms.addMessagesWaiting('EventRuleDeadLetters', webhook.undelivered, {
    severity: 'high',
    impact: "The bus could not hand events to the queue of the company's endpoint; it has not heard of them.",
    remedy:
      'Look whether the policy of EventWebhookQueue was changed, deploy again, and then ' +
      '`npm run redrive -- undelivered --stage <stage>`. They are kept for 14 days.',
    runbook: '#alarm-event-rule-dead-letters',
  });
}

function addFollowerAlarms(alarms: Alarms, { handler, deadLetters }: WatchedParts['bookingFollower']): void {
  alarms.add('BookingFollowerLate', {
    severity: 'low',
    impact:
      'New bookings are missing from the list of all and from the counts of the pool; calls and searches by number are not affected.',
    remedy:
      'Look for BOOKINGS_NOT_FOLLOWED in the log of BookingFollowerFunction and go back a version if it is there.',
    runbook: '#alarm-booking-follower-late',
    metric: handler.metric('IteratorAge', { period: ALARM_PERIOD, statistic: 'max' }),
    threshold: LATE_EVENT_MS,
    periods: 2,
  });
  alarms.addMessagesWaiting('BookingFollowerDeadLetters', deadLetters, {
    severity: 'low',
    impact:
      'Some bookings will stay missing from the list of all; they are found by their id, phone number and reference.',
    remedy: 'Nothing tonight; BOOKINGS_NOT_FOLLOWED in the log of BookingFollowerFunction says why.',
    runbook: '#alarm-booking-follower-dead-letters',
  });
}

function addAccountAlarms(alarms: Alarms, parts: WatchedParts): void {
  alarms.add('AccountSetupErrors', {
    severity: 'low',
    impact: 'The 8x8 account could not be looked at or set up; a change of it would go unnoticed.',
    remedy: 'Nothing tonight, unless it goes on: then the API key of 8x8 may have been withdrawn.',
    runbook: '#alarm-account-setup-errors',
    metric: parts.accountSetup.metricErrors(summed),
    threshold: 1,
  });
  alarms.add('AccountDrift', {
    severity: 'high',
    impact:
      'The 8x8 account no longer delivers to this stack: calls may go unanswered or reach another system.',
    remedy: '`npm run eight-by-eight -- plan` shows what differs, `apply` puts it right.',
    runbook: '#alarm-account-drift',
    metric: own(metricNames.accountDrift, 'max', DRIFT_CHECK_INTERVAL),
    threshold: 1,
  });
  if (parts.numberSync !== undefined) {
    alarms.add('NumberSyncErrors', {
      severity: 'low',
      impact: 'The virtual numbers could not be compared with those of 8x8; the pool may be out of date.',
      remedy:
        'Nothing tonight; try `POST /v1/numbers/sync` tomorrow, and look whether the API key of 8x8 still works.',
      runbook: '#alarm-number-sync-errors',
      metric: parts.numberSync.metricErrors(summed),
      threshold: 1,
    });
  }
  if (parts.recordingReconciler !== undefined) {
    alarms.add('RecordingReconcilerErrors', {
      severity: 'low',
      impact: 'Recordings that have not arrived could not be looked for.',
      remedy: 'Nothing tonight; the log of RecordingReconcilerFunction says why.',
      runbook: '#alarm-recording-reconciler-errors',
      metric: parts.recordingReconciler.metricErrors(summed),
      threshold: 1,
    });
    alarms.add('MissingRecordings', {
      severity: 'low',
      impact: 'Calls were to be recorded and their recordings are not in the bucket.',
      remedy:
        '`npm run eight-by-eight -- plan` shows whether the upload is still set up; then ask 8x8 to send the recordings again.',
      runbook: '#alarm-missing-recordings',
      metric: own(metricNames.missingRecordings, 'max', RECONCILIATION_INTERVAL),
      threshold: 1,
    });
  }
}

function addMisuseAlarms(alarms: Alarms, { moneyPerHour }: WatchedParts): void {
  alarms.add('ScannersFound', {
    severity: 'low',
    impact: 'Somebody dials one virtual number after the other; the calls are ended without a word.',
    remedy: 'Nothing tonight. Many callers at once look for numbers to misuse: tell 8x8, with the times.',
    runbook: '#alarm-scanners-found',
    metric: own(metricNames.scannerFound, 'sum'),
    threshold: 3,
  });
  if (moneyPerHour === undefined) return;
  alarms.add('CallsDear', {
    severity: 'high',
    impact: 'Calls have cost more in an hour than `misuse.moneyPerHour` says they may.',
    remedy:
      'See on the dashboard since when. If it is no busy evening, find the bookings with the longest calls and end them.',
    runbook: '#alarm-calls-dear',
    metric: own(metricNames.estimatedCost, 'sum', Duration.hours(1)),
    threshold: moneyPerHour,
  });
}

import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { ALARM_PERIOD, type Alarms } from './alarms.ts';

interface WatchedParts {
  readonly callAction: IFunction;
  readonly api: HttpApi;
  readonly webhookDeadLetters: IQueue;
  readonly decisionDeadLetters: IQueue;
  readonly quarantine: IQueue;
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
}

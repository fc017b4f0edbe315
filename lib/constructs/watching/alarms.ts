import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { DeploymentConfig } from '../../configuration/deployment-config.ts';

/** Over what time a metric is added up before an alarm looks at it. */
export const ALARM_PERIOD = Duration.minutes(5);

/** What a person needs to know who is woken by an alarm; none can be left out. */
export interface AlarmDescription {
  /** `high`: callers notice, look now. `low`: nobody notices yet, look today. */
  readonly severity: 'high' | 'low';
  /** One sentence: what it means for the people who call or for the data. */
  readonly impact: string;
  /** What to do or to look at first, in a sentence or two: the e-mail is read on a phone, at night. */
  readonly remedy: string;
  /** The section of the runbook that says how to look and what else to do. */
  readonly runbook: `#${string}`;
  readonly metric: IMetric;
  /** The alarm goes off when the metric reaches this value. */
  readonly threshold: number;
  /** Periods in a row that have to be that bad; one by default. */
  readonly periods?: number;
}

/** The alarms of the service, and where they are sent. */
export class Alarms extends Construct {
  /** Every alarm that was added, in that order. */
  readonly all: Alarm[] = [];
  readonly #topic: ITopic | undefined;

  constructor(scope: Construct, { alarmEmail, alarmTopicArn }: DeploymentConfig['operations']) {
    super(scope, 'Alarms');
    if (alarmTopicArn !== undefined) {
      this.#topic = Topic.fromTopicArn(this, 'Topic', alarmTopicArn);
    } else if (alarmEmail !== undefined) {
      const topic = new Topic(this, 'Topic', { enforceSSL: true });
      topic.addSubscription(new EmailSubscription(alarmEmail));
      this.#topic = topic;
    }
  }

  /** Adds an alarm. A metric without data is good news: nothing was counted. */
  add(id: string, description: AlarmDescription): void {
    const { severity, impact, remedy, runbook, metric, threshold, periods = 1 } = description;
    const alarm = new Alarm(this, id, {
      alarmDescription: `Severity ${severity}. ${impact} First: ${remedy} More: lib/constructs/watching/README.md${runbook}`,
      metric,
      threshold,
      evaluationPeriods: periods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    this.all.push(alarm);
    if (this.#topic === undefined) return;
    alarm.addAlarmAction(new SnsAction(this.#topic));
    // Whoever was woken hears when it is over.
    alarm.addOkAction(new SnsAction(this.#topic));
  }

  /** Adds an alarm on a queue whose messages should be worked off: how long the oldest one has waited, in seconds. */
  addMessagesLate(
    id: string,
    queue: IQueue,
    description: Pick<AlarmDescription, 'severity' | 'impact' | 'remedy' | 'runbook' | 'threshold'>,
  ): void {
    const metric = queue.metricApproximateAgeOfOldestMessage({ period: ALARM_PERIOD, statistic: 'max' });
    this.add(id, { ...description, metric });
  }

  /** Adds an alarm on a queue in which every message waits for a person. */
  addMessagesWaiting(
    id: string,
    queue: IQueue,
    description: Pick<AlarmDescription, 'severity' | 'impact' | 'remedy' | 'runbook'>,
  ): void {
    const metric = queue.metricApproximateNumberOfMessagesVisible({ period: ALARM_PERIOD, statistic: 'max' });
    this.add(id, { ...description, metric, threshold: 1 });
  }
}

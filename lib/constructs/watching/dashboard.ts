import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  type IWidget,
  MathExpression,
  Metric,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import {
  METRIC_NAMESPACE,
  type MetricName,
  metricNames,
} from '../../../functions/shared/observability/metric-names.ts';
import type { BookingFollower } from '../booking-follower.ts';
import type { Events } from '../events.ts';
import { pinLogicalId } from '../logical-id.ts';

const PERIOD = Duration.minutes(5);
const FULL_WIDTH = 24;
const HALF_WIDTH = 12;
const HEIGHT = 6;

interface ShownParts {
  readonly alarms: readonly IAlarm[];
  readonly callAction: IFunction;
  readonly api: HttpApi;
  readonly webhookRetries: IQueue;
  readonly webhookDeadLetters: IQueue;
  readonly decisionDeadLetters: IQueue;
  readonly quarantine: IQueue;
  readonly events: Pick<Events, 'publisher' | 'publisherDeadLetters' | 'webhook'>;
  readonly bookingFollower: Pick<BookingFollower, 'deadLetters'>;
  readonly deadlineMs: number;
}

/** A question, and the graphs that answer it, side by side. */
interface Chapter {
  readonly question: string;
  /** What a good answer looks like. */
  readonly hint: string;
  readonly graphs: readonly IWidget[];
}

const own = (metricName: MetricName, label: string, statistic: string = Stats.SUM): Metric =>
  new Metric({ namespace: METRIC_NAMESPACE, metricName, label, statistic, period: PERIOD });

const graph = (title: string, left: IMetric[], over: { readonly deadlineMs?: number } = {}): IWidget =>
  new GraphWidget({
    title,
    left,
    width: HALF_WIDTH,
    height: HEIGHT,
    leftYAxis: { min: 0 },
    ...(over.deadlineMs !== undefined && {
      leftAnnotations: [{ value: over.deadlineMs, label: 'callers hear an apology' }],
    }),
  });

const waiting = (queue: IQueue, label: string): IMetric =>
  queue.metricApproximateNumberOfMessagesVisible({ label, period: PERIOD, statistic: Stats.MAXIMUM });

const age = (queue: IQueue, label: string): IMetric =>
  queue.metricApproximateAgeOfOldestMessage({ label, period: PERIOD, statistic: Stats.MAXIMUM });

/**
 * The one dashboard of the service. It reads from top to bottom as the questions that somebody asks who was just
 * woken: is anything wrong, are callers answered, what was decided, how fast, is anything waiting, are there numbers
 * left, and do recordings and events arrive.
 */
export function addDashboard(scope: Construct, parts: ShownParts): void {
  const dashboard = new Dashboard(scope, 'Dashboard', { defaultInterval: Duration.hours(12) });
  pinLogicalId(dashboard, 'Dashboard');
  dashboard.addWidgets(
    new AlarmStatusWidget({
      title: 'Is anything wrong? Each alarm names its impact and its section of the runbook.',
      alarms: [...parts.alarms],
      width: FULL_WIDTH,
      height: Math.max(HEIGHT, Math.ceil(parts.alarms.length / 4) + 1),
    }),
  );
  for (const { question, hint, graphs } of chaptersOf(parts)) {
    dashboard.addWidgets(
      new TextWidget({ markdown: `## ${question}\n${hint}`, width: FULL_WIDTH, height: 2 }),
    );
    dashboard.addWidgets(...graphs);
  }
}

function chaptersOf(parts: ShownParts): Chapter[] {
  return [...callChapters(parts), waitingChapter(parts), ...supplyChapters(), eventChapter(parts)];
}

function callChapters({ callAction, api, deadlineMs }: ShownParts): Chapter[] {
  const byDecision = new MathExpression({
    expression: `SEARCH('{${METRIC_NAMESPACE},Decision} MetricName="${metricNames.callDecided}"', 'Sum', ${PERIOD.toSeconds()})`,
    usingMetrics: {},
    label: '',
    period: PERIOD,
  });
  const duration = (statistic: string) => own(metricNames.callActionDuration, statistic, statistic);
  return [
    {
      question: 'Are callers answered?',
      hint: 'Apologies, failures and refused webhooks are all at zero on a good day.',
      graphs: [
        graph('Calls answered', [
          own(metricNames.callDecided, 'decided'),
          own(metricNames.callFallback, 'apologies: something of ours failed'),
          own(metricNames.scannerFound, 'callers who try number after number'),
          own(metricNames.callContinued, 'asked again in a call that was decided'),
          callAction.metricErrors({ label: 'silence: the function failed', period: PERIOD }),
          callAction.metricThrottles({ label: 'silence: too many calls at once', period: PERIOD }),
        ]),
        graph('Webhooks refused', [
          own(metricNames.webhookUnauthenticated, 'without the right secret'),
          own(metricNames.webhookFromUnknownAddress, 'from an unknown address'),
          own(metricNames.webhookOfOtherAccount, 'of another sub-account'),
          own(metricNames.webhookThrottled, 'too many for the gateway'),
          api.metricServerError({ label: 'answered 5xx, booking API included', period: PERIOD }),
        ]),
      ],
    },
    {
      question: 'What was decided, and how fast?',
      hint: 'Most calls connect; many unknown or late callers mean that bookings end too early.',
      graphs: [
        graph('Decisions', [byDecision]),
        graph('Milliseconds to the answer', [duration('p50'), duration('p99'), duration('max')], {
          deadlineMs,
        }),
      ],
    },
  ];
}

function waitingChapter(parts: ShownParts): Chapter {
  return {
    question: 'Is anything waiting?',
    hint: 'Retries come and go with the store. What lies in the queues of the last graph waits for a person.',
    graphs: [
      graph('Oldest message, in seconds', [
        age(parts.webhookRetries, 'events of calls to be stored'),
        ...(parts.events.webhook === undefined
          ? []
          : [age(parts.events.webhook.queue, "events for the company's endpoint")]),
      ]),
      graph('Events of calls that were not stored at once', [
        own(metricNames.webhookDeferred, 'the store did not take them'),
        own(metricNames.webhookQuarantined, 'of unknown shape'),
      ]),
      graph('Messages for a person', [
        waiting(parts.webhookDeadLetters, 'events that could not be stored'),
        waiting(parts.quarantine, 'webhooks of unknown shape'),
        waiting(parts.decisionDeadLetters, 'decisions that could not be stored'),
        waiting(parts.events.publisherDeadLetters, 'changes that could not be told'),
        waiting(parts.bookingFollower.deadLetters, 'bookings that could not be followed'),
        ...(parts.events.webhook === undefined
          ? []
          : [
              waiting(parts.events.webhook.deadLetters, "events that the company's endpoint refused"),
              waiting(parts.events.webhook.undelivered, 'events that the bus could not hand over'),
            ]),
      ]),
    ],
  };
}

function supplyChapters(): Chapter[] {
  return [
    {
      question: 'Are there virtual numbers left?',
      hint: 'A refused booking is a customer who cannot be called. Rent numbers before the share reaches 100 %.',
      graphs: [
        graph('Bookings', [
          own(metricNames.bookingCreated, 'made'),
          own(metricNames.bookingRefused, 'refused: no virtual number free'),
        ]),
        graph('Numbers taken for the parties of a booking, in percent', [
          own(metricNames.poolUsed, 'worst', Stats.MAXIMUM),
          own(metricNames.poolUsed, 'typical', 'p50'),
        ]),
      ],
    },
    {
      question: 'Do people hear each other, and do recordings arrive?',
      hint: 'A mean opinion score below 3.5 is a bad line. A changed account delivers calls elsewhere.',
      graphs: [
        graph('Quality of calls, from 1 to 5', [
          own(metricNames.callQuality, 'typical', 'p50'),
          own(metricNames.callQuality, 'worst of twenty', 'p5'),
        ]),
        graph('What calls cost, by the prices of the deployment', [
          own(metricNames.estimatedCost, 'in its currency'),
        ]),
        graph('Recordings and the 8x8 account', [
          own(metricNames.missingRecordings, 'recordings missing', Stats.MAXIMUM),
          own(metricNames.accountDrift, '8x8 account changed', Stats.MAXIMUM),
        ]),
      ],
    },
  ];
}

function eventChapter({ events }: ShownParts): Chapter {
  return {
    question: 'Do other systems hear of it?',
    hint: 'Events follow a change within seconds.',
    graphs: [
      graph('Events', [
        own(metricNames.eventsPublished, 'published'),
        own(metricNames.eventWebhookRefused, "not taken by the company's endpoint"),
        own(metricNames.partyErased, 'people erased'),
      ]),
      graph('How late events are, in milliseconds', [
        events.publisher.metric('IteratorAge', {
          label: 'oldest change',
          period: PERIOD,
          statistic: Stats.MAXIMUM,
        }),
      ]),
    ],
  };
}

import { Duration } from 'aws-cdk-lib';
import { Archive, EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Grant } from 'aws-cdk-lib/aws-iam';
import { FilterCriteria, FilterRule, type IFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { EVENT_SOURCE } from '../../functions/shared/config/event-source.ts';
import type { DeploymentConfig } from '../configuration/deployment-config.ts';
import type { BookingsTable } from './bookings-table.ts';
import type { CallsTable } from './calls-table.ts';
import { EventWebhook } from './event-webhook.ts';
import { pinLogicalId } from './logical-id.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';
import { createDeadLetterQueue } from './webhook-queues.ts';

/**
 * Tries of a change that cannot be published. A bus that is down answers slowly, so they last for hours then; a row
 * that cannot be read fails fast, and holds up the changes behind it for minutes only.
 */
const MOST_TRIES = 1000;

interface EventsProps {
  readonly functionDefaults: FunctionDefaults;
  readonly config: Pick<DeploymentConfig, 'operations'>;
  readonly bookings: BookingsTable;
  readonly calls: CallsTable;
}

/**
 * What other systems hear: every change of bookings, calls and numbers goes from the streams of the tables to a bus
 * of its own, from whose archive it can be played again, and to the company's webhook where there is one.
 */
export class Events extends Construct {
  readonly publisher: IFunction;
  /** Positions of changes that could not be published; the changes themselves are in the stream for a day. */
  readonly publisherDeadLetters: Queue;
  readonly webhook: EventWebhook | undefined;
  readonly busName: string;

  constructor(scope: Construct, { functionDefaults, config, bookings, calls }: EventsProps) {
    super(scope, 'Events');
    const { includePhoneNumbers, archiveDays, webhookUrl } = config.operations.events;
    const bus = new EventBus(this, 'Bus', { description: 'Bookings, calls and numbers of number masking.' });
    pinLogicalId(bus, 'EventBus');
    this.busName = bus.eventBusName;
    new Archive(this, 'Archive', {
      sourceEventBus: bus,
      description: 'Events that can be played again.',
      eventPattern: { source: [EVENT_SOURCE] },
      retention: Duration.days(archiveDays),
    });

    this.publisherDeadLetters = createDeadLetterQueue(this, 'ChangePublisherDeadLetterQueue');
    const service = new ServiceFunction(this, 'change-publisher', functionDefaults, {
      description: 'Tells other systems what was written to the tables.',
      timeout: Duration.minutes(1),
      environment: {
        EVENT_BUS_NAME: bus.eventBusName,
        INCLUDE_PHONE_NUMBERS: String(includePhoneNumbers),
      },
    });
    Grant.addToPrincipal({
      grantee: service,
      actions: ['events:PutEvents'],
      resourceArns: [bus.eventBusArn],
    });
    this.#follow(service, 'Bookings', bookings.grantReadChanges(service), [
      { sk: { S: FilterRule.isEqual('BOOKING') } },
      { pk: { S: FilterRule.isEqual('NUMBERS') } },
    ]);
    this.#follow(service, 'Calls', calls.grantReadChanges(service), [
      { item: { S: FilterRule.isEqual('SESSION') } },
    ]);
    this.publisher = service.lambda;

    if (webhookUrl !== undefined) {
      this.webhook = new EventWebhook(this, { functionDefaults, webhookUrl, operations: config.operations });
      new Rule(this, 'ToWebhook', {
        eventBus: bus,
        description: "Every event goes to the company's webhook.",
        eventPattern: { source: [EVENT_SOURCE] },
        targets: [new SqsQueue(this.webhook.queue, { deadLetterQueue: this.webhook.undelivered })],
      });
    }
  }

  /** Hands the changes of rows with one of these keys to the publisher, in their order. */
  #follow(service: ServiceFunction, id: string, streamArn: string, keys: readonly object[]): void {
    service.lambda.addEventSourceMapping(id, {
      eventSourceArn: streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: MOST_TRIES,
      onFailure: new SqsDlq(this.publisherDeadLetters),
      filters: keys.map((Keys) => FilterCriteria.filter({ dynamodb: { Keys } })),
    });
  }
}

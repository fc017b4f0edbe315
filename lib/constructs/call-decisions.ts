import { Duration } from 'aws-cdk-lib';
import { FilterPattern, type ILogGroup, SubscriptionFilter } from 'aws-cdk-lib/aws-logs';
import { LambdaDestination } from 'aws-cdk-lib/aws-logs-destinations';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { DeploymentConfig } from '../configuration/deployment-config.ts';
import type { BookingsTable } from './bookings-table.ts';
import type { CallRoutesTable } from './call-routes-table.ts';
import type { CallsTable } from './calls-table.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';
import { createDeadLetterQueue, secureQueue } from './webhook-queues.ts';

/** Tries of a batch that was moved back, before it is put aside again. */
const MOST_TRIES = 5;
/** Longer than the function may take. */
const HIDDEN_WHILE_STORED = Duration.minutes(3);

interface CallDecisionsProps {
  readonly functionDefaults: FunctionDefaults;
  readonly config: Pick<DeploymentConfig, 'operations'>;
  /** Where the call-action function logs each decision. */
  readonly callActionLogs: ILogGroup;
  readonly callRoutes: CallRoutesTable;
  readonly bookings: BookingsTable;
  readonly calls: CallsTable;
}

/**
 * Stores why each call went where it went. The decision is taken from the log of the call-action function, so
 * keeping it costs the caller nothing.
 */
export class CallDecisions extends Construct {
  /** Batches of decisions that could not be stored. */
  readonly deadLetters: Queue;

  constructor(scope: Construct, props: CallDecisionsProps) {
    super(scope, 'CallDecisionRecord');
    const { functionDefaults, config, callActionLogs, callRoutes, bookings, calls } = props;
    this.deadLetters = createDeadLetterQueue(this, 'CallDecisionsDeadLetterQueue');
    const service = new ServiceFunction(this, 'call-decisions', functionDefaults, {
      description: 'Stores the decision of each call, read from the log of the call-action function.',
      timeout: Duration.seconds(30),
      deadLetterQueue: this.deadLetters,
      environment: {
        CALLS_TABLE: calls.tableName,
        CALL_ROUTES_TABLE: callRoutes.tableName,
        BOOKINGS_TABLE: bookings.tableName,
        CALL_RETENTION_DAYS: String(config.operations.retentionDays.calls),
      },
    });
    const again = secureQueue(this, 'CallDecisionsRedriveQueue', {
      visibilityTimeout: HIDDEN_WHILE_STORED,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MOST_TRIES },
    });
    again.grant(service, 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes');
    service.lambda.addEventSourceMapping('Again', {
      eventSourceArn: again.queueArn,
      batchSize: 1,
    });
    calls.grantRecordCalls(service);
    callRoutes.grantCountCalls(service);
    bookings.grantCountCalls(service);
    new SubscriptionFilter(this, 'Subscription', {
      logGroup: callActionLogs,
      filterPattern: FilterPattern.stringValue('$.code', '=', 'CALL_DECIDED'),
      destination: new LambdaDestination(service.lambda),
    });
  }
}

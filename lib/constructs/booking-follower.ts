import { Duration } from 'aws-cdk-lib';
import { FilterCriteria, FilterRule, type IFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { DeploymentConfig } from '../configuration/deployment-config.ts';
import type { BookingsTable } from './bookings-table.ts';
import type { CallRoutesTable } from './call-routes-table.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';
import { createDeadLetterQueue } from './webhook-queues.ts';

/** Tries of a batch that cannot be followed: hours of a store that is down. */
const MOST_TRIES = 1000;

interface BookingFollowerProps {
  readonly functionDefaults: FunctionDefaults;
  readonly config: Pick<DeploymentConfig, 'operations'>;
  readonly bookings: BookingsTable;
  readonly callRoutes: CallRoutesTable;
}

/**
 * What follows from bookings, after them and in nobody's way: the list of all bookings, the counts of the pool, and a
 * look at the marks of people whose booking's request died before it could look itself.
 */
export class BookingFollower extends Construct {
  readonly handler: IFunction;
  /** Positions of changes that could not be followed; the changes themselves are in the stream for a day. */
  readonly deadLetters: Queue;

  constructor(scope: Construct, { functionDefaults, config, bookings, callRoutes }: BookingFollowerProps) {
    super(scope, 'BookingFollowing');
    this.deadLetters = createDeadLetterQueue(this, 'BookingFollowerDeadLetterQueue');
    const service = new ServiceFunction(this, 'booking-follower', functionDefaults, {
      description: 'Lists and counts bookings, and looks again at the marks of their people.',
      timeout: Duration.minutes(1),
      environment: {
        BOOKINGS_TABLE: bookings.tableName,
        CALL_ROUTES_TABLE: callRoutes.tableName,
        BOOKING_RETENTION_DAYS: String(config.operations.retentionDays.bookings),
      },
    });
    bookings.grantFollowBookings(service);
    callRoutes.grantManageRoutes(service);
    service.lambda.addEventSourceMapping('Bookings', {
      eventSourceArn: bookings.grantReadChanges(service),
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      bisectBatchOnError: true,
      retryAttempts: MOST_TRIES,
      onFailure: new SqsDlq(this.deadLetters),
      filters: [FilterCriteria.filter({ dynamodb: { Keys: { sk: { S: FilterRule.isEqual('BOOKING') } } } })],
    });
    this.handler = service.lambda;
  }
}

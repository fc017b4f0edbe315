import { StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { DeploymentConfig } from '../configuration/deployment-config.ts';
import { StoreTable } from './store-table.ts';

/** Bookings, the links and marks of their people, the pool of virtual numbers, and idempotency keys. */
export class BookingsTable extends StoreTable {
  constructor(scope: Construct, operations: DeploymentConfig['operations']) {
    super(scope, 'BookingsTable', {
      operations,
      partitionKey: 'pk',
      sortKey: 'sk',
      indexes: {
        byReference: ['reference', 'bookingOrder'],
        byVirtualNumber: ['virtualNumber', 'bookingOrder'],
      },
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
    });
  }

  /** For the booking API: finds, makes, changes and ends bookings, and keeps the pool. */
  grantManageBookings(grantee: IGrantable): void {
    this.grantSearches(grantee);
    this.grantQueries(grantee);
    this.grantChangeNumbers(grantee);
  }

  /** For whoever follows the bookings: lists and counts them, and undoes what the marks of people forbid. */
  grantFollowBookings(grantee: IGrantable): void {
    this.grantQueries(grantee);
    this.grantChangeNumbers(grantee);
  }

  /** For the record of calls: finds the booking that a call belongs to. */
  grantFindBookings(grantee: IGrantable): void {
    this.grantQueries(grantee);
    this.grantItems(grantee, 'dynamodb:GetItem');
  }

  /** For whoever counts calls: finds the booking, and counts only while nobody has changed it. */
  grantCountCalls(grantee: IGrantable): void {
    this.grantFindBookings(grantee);
    this.grantItems(grantee, 'dynamodb:ConditionCheckItem');
  }

  /** For news about virtual numbers: changes the pool, in transactions. */
  grantChangeNumbers(grantee: IGrantable): void {
    this.grantItems(
      grantee,
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
      'dynamodb:ConditionCheckItem',
    );
  }
}

import { StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { DeploymentConfig } from '../configuration/deployment-config.ts';
import { StoreTable } from './store-table.ts';

/** The record of calls: one collection per session with its legs, events, decision and recordings. */
export class CallsTable extends StoreTable {
  constructor(scope: Construct, operations: DeploymentConfig['operations']) {
    super(scope, 'CallsTable', {
      operations,
      partitionKey: 'sessionId',
      sortKey: 'item',
      indexes: {
        byBooking: ['bookingId', 'sessionOrder'],
        byDay: ['sessionDay', 'sessionOrder'],
        byOutcome: ['sessionOutcome', 'sessionOrder'],
        byParty: ['partyNumber', 'sessionOrder'],
      },
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
    });
  }

  /** For the webhooks: adds what happened to a session, and reads what is known of it. */
  grantRecordCalls(grantee: IGrantable): void {
    this.grantQueries(grantee);
    this.grantItems(
      grantee,
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:ConditionCheckItem',
    );
  }

  /** For the booking API: reads sessions, by id or through the indexes. */
  grantReadCalls(grantee: IGrantable): void {
    this.grantSearches(grantee);
    this.grantQueries(grantee);
    this.grantItems(grantee, 'dynamodb:GetItem', 'dynamodb:BatchGetItem');
  }
}

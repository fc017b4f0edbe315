import { ProjectionType, StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { callIndexes } from '../../functions/shared/config/call-indexes.ts';
import type { DeploymentConfig } from '../configuration/deployment-config.ts';
import { StoreTable } from './store-table.ts';

/** The record of calls: a row per session with its legs, events, decision and recordings. */
export class CallsTable extends StoreTable {
  constructor(scope: Construct, operations: DeploymentConfig['operations']) {
    super(scope, 'CallsTable', {
      operations,
      partitionKey: 'sessionId',
      sortKey: 'item',
      indexes: callIndexes,
      indexProjection: ProjectionType.KEYS_ONLY,
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
    });
  }

  /** For the webhooks: adds what happened to a session, and reads what is known of it. */
  grantRecordCalls(grantee: IGrantable): void {
    this.grantQueries(grantee);
    this.grantItems(grantee, 'dynamodb:PutItem', 'dynamodb:UpdateItem');
  }

  /** For the booking API: reads sessions, by id or through the indexes. */
  grantReadCalls(grantee: IGrantable): void {
    this.grantSearches(grantee);
    this.grantQueries(grantee);
    this.grantItems(grantee, 'dynamodb:BatchGetItem');
  }
}

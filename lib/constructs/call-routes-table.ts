import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { DeploymentConfig } from '../configuration/deployment-config.ts';
import { StoreTable } from './store-table.ts';

/**
 * Who reaches whom: one item per virtual number and caller, read once for every call. It has neither index nor
 * stream, because both would be paid for on the one path that has to stay short.
 */
export class CallRoutesTable extends StoreTable {
  constructor(scope: Construct, operations: DeploymentConfig['operations']) {
    super(scope, 'CallRoutesTable', { operations, partitionKey: 'virtualNumber', sortKey: 'caller' });
  }

  /** For whoever follows a call: reads by full key, and nothing else. */
  grantRouteCalls(grantee: IGrantable): void {
    this.grantItems(grantee, 'dynamodb:GetItem', 'dynamodb:BatchGetItem');
  }

  /** For whoever counts calls against the limits of a booking: reads and updates single claims. */
  grantCountCalls(grantee: IGrantable): void {
    this.grantItems(grantee, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
  }

  /** For bookings: claims are made, moved and given up in conditional transactions. */
  grantManageRoutes(grantee: IGrantable): void {
    this.grantItems(
      grantee,
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:Query',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
      'dynamodb:ConditionCheckItem',
    );
  }
}

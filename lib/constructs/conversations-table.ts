import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { DeploymentConfig } from '../configuration/deployment-config.ts';
import { StoreTable } from './store-table.ts';

/** What callers hear and press: menus, what each virtual number does with strangers, and where callers stand. */
export class ConversationsTable extends StoreTable {
  constructor(scope: Construct, operations: DeploymentConfig['operations']) {
    super(scope, 'ConversationsTable', { operations, partitionKey: 'pk', sortKey: 'sk' });
  }

  /** For whoever answers a call: reads by full key. */
  grantConverse(grantee: IGrantable): void {
    this.grantItems(grantee, 'dynamodb:GetItem', 'dynamodb:BatchGetItem');
  }

  /** For the booking API: keeps menus, and what numbers do. */
  grantManageConversations(grantee: IGrantable): void {
    this.grantQueries(grantee);
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

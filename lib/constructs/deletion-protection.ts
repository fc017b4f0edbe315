import { Duration, Validations } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { AwsCustomResource, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import type { DeploymentConfig } from '../configuration/deployment-config.ts';
import { removalPolicyOf } from './removal.ts';
import type { StoreTable } from './store-table.ts';

interface DeletionProtectionProps {
  readonly operations: DeploymentConfig['operations'];
  readonly tables: readonly StoreTable[];
}

/**
 * Protects tables against deletion by anybody, wherever their data is to be retained.
 *
 * CloudFormation could set it as it makes the table, but then it could not take the table back when the first
 * deployment fails at something else, and the next one would find the ruin. As a resource of its own it is switched
 * off again by such a rollback, before the table goes; and it has the removal policy of the table: a stack that is
 * removed leaves both, the table and its protection.
 */
export class DeletionProtection extends Construct {
  constructor(scope: Construct, { operations, tables }: DeletionProtectionProps) {
    super(scope, 'DeletionProtection');
    const logGroup = new LogGroup(this, 'Logs', {
      retention: operations.retentionDays.logs,
      removalPolicy: removalPolicyOf(operations),
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    for (const table of tables) {
      table.grantChangeSettings(role);
      const update = (isProtected: boolean) => ({
        service: 'dynamodb',
        action: 'UpdateTable',
        parameters: { TableName: table.tableName, DeletionProtectionEnabled: isProtected },
        physicalResourceId: PhysicalResourceId.of(table.tableName),
        outputPaths: ['TableDescription.DeletionProtectionEnabled'],
      });
      const resource = new AwsCustomResource(this, table.node.id, {
        resourceType: 'Custom::TableProtection',
        onUpdate: update(operations.removalPolicy === 'retain'),
        onDelete: update(false),
        installLatestAwsSdk: false,
        timeout: Duration.minutes(2),
        removalPolicy: removalPolicyOf(operations),
        role,
        logGroup,
      });
      resource.node.addDependency(table, role);
      Validations.of(resource).acknowledge({
        id: 'AwsSolutions-L1',
        reason: 'The runtime of this Lambda is chosen by the CDK, together with its code.',
      });
    }
  }
}

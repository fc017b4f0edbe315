import { Stack } from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { Effect, type IGrantable, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { DeploymentConfig } from '../configuration/deployment-config.ts';
import { pinLogicalId } from './logical-id.ts';
import { removalPolicyOf } from './removal.ts';
import { ServiceFunction } from './service-function.ts';

/** What a function needs of the key, through the services that hold its data. */
const USES_OF_KEY = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/**
 * A key of the company's own for everything that holds its data: tables, queues, logs and secrets. Recordings take it
 * when their bucket is made. Each change of key, in either direction, happens while the service runs.
 */
export class OwnKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, operations: DeploymentConfig['operations']) {
    super(scope, 'OwnKey');
    this.key = new Key(this, 'Key', {
      description: 'Encrypts what number masking keeps.',
      enableKeyRotation: true,
      removalPolicy: removalPolicyOf(operations),
    });
    pinLogicalId(this.key, 'EncryptionKey');
    this.#allowServices();
  }

  /** Encrypts what stands in the stack by now, and lets its functions go on using it. */
  encrypt(): void {
    for (const construct of Stack.of(this).node.findAll()) {
      if (construct instanceof CfnTable) {
        construct.sseSpecification = { sseEnabled: true, sseType: 'KMS', kmsMasterKeyId: this.key.keyArn };
      } else if (construct instanceof CfnQueue) {
        construct.sqsManagedSseEnabled = undefined;
        construct.kmsMasterKeyId = this.key.keyArn;
      } else if (construct instanceof CfnSecret) construct.kmsKeyId = this.key.keyArn;
      else if (construct instanceof CfnLogGroup) construct.kmsKeyId = this.key.keyArn;
      else if (construct instanceof ServiceFunction) this.#allow(construct);
    }
  }

  #allow(grantee: IGrantable): void {
    const { grantPrincipal } = grantee;
    if (!(grantPrincipal instanceof Role)) throw new Error('A function has no role of its own.');
    grantPrincipal.addToPolicy(new PolicyStatement({ actions: USES_OF_KEY, resources: [this.key.keyArn] }));
  }

  /** Services that use the key in their own name: logs are written by CloudWatch, events are queued by EventBridge. */
  #allowServices(): void {
    const { account, region, partition } = Stack.of(this);
    this.key.addToResourcePolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
        actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
        resources: ['*'],
        conditions: {
          ArnLike: {
            'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:log-group:*`,
          },
        },
      }),
    );
    this.key.addToResourcePolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    );
  }
}

import { Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { DeploymentConfig } from '../configuration/deployment-config.ts';
import { pinLogicalId } from './logical-id.ts';
import { removalPolicyOf } from './removal.ts';

const TOKEN_LENGTH = 48;

/**
 * What 8x8 has to send in `Authorization`: a token made at deployment, which stands for `Bearer <token>`. Nobody
 * but the webhooks reads it, and it appears in no template, output or environment.
 */
export class WebhookSecret extends Construct {
  readonly #secret: Secret;

  constructor(scope: Construct, operations: DeploymentConfig['operations']) {
    super(scope, 'WebhookSecret');
    this.#secret = new Secret(this, 'Secret', {
      description: 'JSON with the token that 8x8 sends to the webhooks as "Authorization: Bearer <token>".',
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: 'token',
        excludePunctuation: true,
        passwordLength: TOKEN_LENGTH,
      },
      removalPolicy: removalPolicyOf(operations),
    });
    pinLogicalId(this.#secret, 'WebhookSecret');
    Validations.of(this.#secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'The value is registered with 8x8 as well, so it cannot be changed on one side alone by a schedule. ' +
        'It is rotated by hand: the previous value stays accepted while the new one is registered.',
    });
  }

  get arn(): string {
    return this.#secret.secretArn;
  }

  get name(): string {
    return this.#secret.secretName;
  }

  /** For the webhooks: reads the value to compare with. */
  grantAuthenticate(grantee: IGrantable): void {
    Grant.addToPrincipal({
      grantee,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: [this.#secret.secretArn],
    });
  }
}

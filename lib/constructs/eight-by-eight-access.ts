import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import type { DeploymentConfig } from '../configuration/deployment-config.ts';

type EightByEightSettings = DeploymentConfig['eightByEight'];

/** What a function is told that asks 8x8's management API. */
export function eightByEightEnvironment({ subAccountId, baseUrl, apiKeySecretName }: EightByEightSettings) {
  return {
    EIGHT_BY_EIGHT_SUB_ACCOUNT: subAccountId ?? '',
    EIGHT_BY_EIGHT_BASE_URL: baseUrl,
    EIGHT_BY_EIGHT_API_KEY_SECRET: apiKeySecretName ?? '',
  };
}

/** Lets a function read the API key of 8x8; nothing where there is none. */
export function grantReadApiKey(
  grantee: IGrantable & IConstruct,
  { apiKeySecretName }: EightByEightSettings,
): void {
  if (apiKeySecretName === undefined) return;
  Grant.addToPrincipal({
    grantee,
    actions: ['secretsmanager:GetSecretValue'],
    // Secrets Manager ends the ARN of a secret in six characters of its own; each mark stands for one of them.
    resourceArns: [
      Stack.of(grantee).formatArn({
        service: 'secretsmanager',
        resource: 'secret',
        resourceName: `${apiKeySecretName}-??????`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    ],
  });
}

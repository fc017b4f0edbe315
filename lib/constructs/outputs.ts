import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DeploymentConfig } from '../configuration/deployment-config.ts';
import type { WebhookName } from '../routes.ts';
import type { AccountSetup } from './account-setup.ts';
import type { HttpApi } from './http-api.ts';
import type { RecordingUploadUser } from './recording-upload-user.ts';
import type { RecordingsBucket } from './recordings-bucket.ts';
import type { WebhookSecret } from './webhook-secret.ts';
import { webhookTypes } from './webhook-types.ts';

const outputIds = {
  'call-action': 'CallActionWebhookUrl',
  'call-status': 'CallStatusWebhookUrl',
  'session-summary': 'SessionSummaryWebhookUrl',
  'recording-uploaded': 'RecordingUploadedWebhookUrl',
  'number-updated': 'NumberUpdatedWebhookUrl',
} as const satisfies Record<WebhookName, string>;

interface OutputsProps {
  readonly eightByEight: DeploymentConfig['eightByEight'];
  readonly httpApi: HttpApi;
  readonly webhooks: Iterable<WebhookName>;
  readonly recordingsBucket: RecordingsBucket;
  readonly webhookSecret: WebhookSecret;
  readonly recordingUploadUser: RecordingUploadUser | undefined;
  readonly accountSetup: AccountSetup;
}

/** Prints what people need after a deployment: where the service answers, and what to enter at 8x8. */
export function addOutputs(stack: Construct, props: OutputsProps): void {
  const { eightByEight, httpApi, recordingsBucket, webhookSecret, recordingUploadUser, accountSetup } = props;
  new CfnOutput(stack, 'ApiUrl', { value: httpApi.url, description: 'Where the booking API answers.' });
  for (const name of props.webhooks) {
    new CfnOutput(stack, outputIds[name], {
      value: httpApi.webhookUrl(name),
      description: `URL of the webhook of type ${webhookTypes[name]}.`,
    });
  }
  new CfnOutput(stack, 'RecordingsBucketName', {
    value: recordingsBucket.bucketName,
    description: 'Bucket that 8x8 puts recordings into.',
  });
  if (recordingUploadUser !== undefined) {
    new CfnOutput(stack, 'RecordingUploadUserName', {
      value: recordingUploadUser.userName,
      description: 'User whose access key 8x8 uploads recordings with.',
    });
    new CfnOutput(stack, 'RecordingUploadKeySecretArn', {
      value: recordingUploadUser.secretArn,
      description: 'Secret that holds this access key.',
    });
  }
  new CfnOutput(stack, 'AccountSetupStatus', {
    value: accountSetup.status,
    description:
      'Whether the 8x8 account was set up by this deployment ("configured"), but for something that 8x8 refuses so far ' +
      '("incomplete"), or has to be by a person ("by-hand").',
  });
  new CfnOutput(stack, 'AccountSetupSummary', {
    value: accountSetup.summary,
    description: 'What the set-up of the 8x8 account did, or what to enter by hand.',
  });
  new CfnOutput(stack, 'WebhookSecretArn', {
    value: webhookSecret.arn,
    description: 'Secret whose "token" 8x8 has to send.',
  });
  new CfnOutput(stack, 'RegisterByHand', {
    value: registration(eightByEight),
    description: 'How each webhook is registered with 8x8; once per URL, with its type.',
  });
}

function registration({ baseUrl, subAccountId, apiKeySecretName }: DeploymentConfig['eightByEight']): string {
  const account = subAccountId === undefined ? '<sub-account>' : encodeURIComponent(subAccountId);
  const key = apiKeySecretName === undefined ? '<API key>' : `<API key in ${apiKeySecretName}>`;
  const body =
    '{"type":"<type>","url":"<webhook URL>","enabled":true,"httpAuthHeader":"Bearer <token in WebhookSecretArn>"}';
  return `POST ${baseUrl}/api/v1/subaccounts/${account}/webhooks, Authorization: Bearer ${key}, ${body}`;
}

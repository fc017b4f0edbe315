import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DeploymentConfig } from '../deployment-config.ts';
import type { WebhookName } from '../routes.ts';
import type { HttpApi } from './http-api.ts';
import type { RecordingsBucket } from './recordings-bucket.ts';
import type { WebhookSecret } from './webhook-secret.ts';

/** What 8x8 calls each webhook when it is registered. */
const webhookTypes: Readonly<Record<WebhookName, { readonly type: string; readonly outputId: string }>> = {
  'call-action': { type: 'VCA', outputId: 'CallActionWebhookUrl' },
  'call-status': { type: 'VCS', outputId: 'CallStatusWebhookUrl' },
  'session-summary': { type: 'VSS', outputId: 'SessionSummaryWebhookUrl' },
  'recording-uploaded': { type: 'VRU', outputId: 'RecordingUploadedWebhookUrl' },
  'number-updated': { type: 'VNU', outputId: 'NumberUpdatedWebhookUrl' },
};

interface OutputsProps {
  readonly eightByEight: DeploymentConfig['eightByEight'];
  readonly httpApi: HttpApi;
  readonly webhooks: Iterable<WebhookName>;
  readonly recordingsBucket: RecordingsBucket;
  readonly webhookSecret: WebhookSecret;
}

/** Prints what people need after a deployment: where the service answers, and what to enter at 8x8. */
export function addOutputs(stack: Construct, props: OutputsProps): void {
  const { eightByEight, httpApi, recordingsBucket, webhookSecret } = props;
  new CfnOutput(stack, 'ApiUrl', { value: httpApi.url, description: 'Where the booking API answers.' });
  for (const name of props.webhooks) {
    const { type, outputId } = webhookTypes[name];
    new CfnOutput(stack, outputId, {
      value: httpApi.webhookUrl(name),
      description: `URL of the webhook of type ${type}.`,
    });
  }
  new CfnOutput(stack, 'RecordingsBucketName', {
    value: recordingsBucket.bucketName,
    description: 'Bucket that 8x8 puts recordings into.',
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

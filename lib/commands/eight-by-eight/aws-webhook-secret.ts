import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { WebhookSecretStore } from './webhook-secret-rotation.ts';

/** The webhook secret in Secrets Manager. */
export function openWebhookSecret(secretId: string): WebhookSecretStore {
  const client = new SecretsManagerClient({});
  return {
    async read() {
      const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
      return SecretString;
    },
    async write(SecretString) {
      await client.send(new PutSecretValueCommand({ SecretId: secretId, SecretString }));
    },
  };
}

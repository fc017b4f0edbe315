import { EightByEightManagementApi } from '../shared/adapters/eight-by-eight/management/management-api.ts';
import {
  parseApiKey,
  parseUploadKey,
  parseWebhookAuthorization,
} from '../shared/adapters/eight-by-eight/management/management-secrets.ts';
import { createAccountTraces } from '../shared/adapters/parameter-store.ts';
import { cachedSecret } from '../shared/adapters/secrets-manager.ts';
import { createLogger } from '../shared/observability/logger.ts';
import { driftMetricLine } from './drift-metric.ts';
import { createAccountSetupHandler } from './handler.ts';

/** Read anew in every invocation: they are hours apart, and a rotated secret must show. */
const readSecret = <T>(secretId: string, parse: (text: string) => T): Promise<T> =>
  cachedSecret(secretId, parse).get();

/** What a first deployment most often lacks: the error of the SDK names neither the secret nor what asks for it. */
function explainMissingKey(error: unknown, name: string): unknown {
  if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') return error;
  return new Error(
    `There is no secret "${name}" in this account and Region, which the setting eightByEight.apiKeySecretName names. ` +
      `Create it, then deploy again: aws secretsmanager create-secret --name ${name} --secret-string <API key of 8x8>`,
  );
}

export const handler = createAccountSetupHandler({
  openAccount: ({ baseUrl, subAccountId, apiKeySecretName = '' }) => {
    let apiKey: Promise<string> | undefined;
    return new EightByEightManagementApi({
      baseUrl,
      subAccountId,
      apiKey: () => {
        apiKey ??= readSecret(apiKeySecretName, parseApiKey).catch((error: unknown) => {
          throw explainMissingKey(error, apiKeySecretName);
        });
        return apiKey;
      },
    });
  },
  webhookAuthorization: (secretArn) => readSecret(secretArn, parseWebhookAuthorization),
  openTraces: createAccountTraces,
  uploadKey: (secretArn) => readSecret(secretArn, parseUploadKey),
  logger: createLogger('account-setup'),
  emitDrift: (drifted) => process.stdout.write(`${driftMetricLine(drifted, Date.now())}\n`),
});

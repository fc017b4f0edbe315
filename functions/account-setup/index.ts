import { EightByEightManagementApi } from '../shared/adapters/eight-by-eight/management/management-api.ts';
import {
  parseApiKey,
  parseUploadKey,
  parseWebhookAuthorization,
} from '../shared/adapters/eight-by-eight/management/management-secrets.ts';
import { cachedSecret } from '../shared/adapters/secrets-manager.ts';
import { createLogger } from '../shared/observability/logger.ts';
import { driftMetricLine } from './drift-metric.ts';
import { createAccountSetupHandler } from './handler.ts';

/** Read anew in every invocation: they are hours apart, and a rotated secret must show. */
const readSecret = <T>(secretId: string, parse: (text: string) => T): Promise<T> =>
  cachedSecret(secretId, parse).get();

export const handler = createAccountSetupHandler({
  openAccount: ({ baseUrl, subAccountId, apiKeySecretName = '' }) => {
    let apiKey: Promise<string> | undefined;
    return new EightByEightManagementApi({
      baseUrl,
      subAccountId,
      apiKey: () => {
        apiKey ??= readSecret(apiKeySecretName, parseApiKey);
        return apiKey;
      },
    });
  },
  webhookAuthorization: (secretArn) => readSecret(secretArn, parseWebhookAuthorization),
  uploadKey: (secretArn) => readSecret(secretArn, parseUploadKey),
  logger: createLogger('account-setup'),
  emitDrift: (drifted) => process.stdout.write(`${driftMetricLine(drifted, Date.now())}\n`),
});

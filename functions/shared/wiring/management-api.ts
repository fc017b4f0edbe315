import { EightByEightManagementApi } from '../adapters/eight-by-eight/management/management-api.ts';
import { parseApiKey } from '../adapters/eight-by-eight/management/management-secrets.ts';
import type { NumberFormat } from '../adapters/eight-by-eight/webhooks/callflow-json.ts';
import { cachedSecret } from '../adapters/secrets-manager.ts';

/** The variables of a function that asks 8x8's management API. */
export interface EightByEightEnvironment {
  readonly EIGHT_BY_EIGHT_SUB_ACCOUNT: string;
  readonly EIGHT_BY_EIGHT_BASE_URL: string;
  /** Name of the secret with the API key; empty where there is none. */
  readonly EIGHT_BY_EIGHT_API_KEY_SECRET: string;
}

/** How patient the function is, where it differs from the client's own ways. */
interface AccessOptions {
  readonly numberFormat?: NumberFormat;
  readonly timeoutMs?: number;
  readonly attempts?: number;
}

/**
 * 8x8's management API with the key of the deployment; made once for the life of an execution environment.
 * @returns undefined when the deployment has no key: then nothing can be asked of 8x8.
 */
export function openManagementApi(
  env: EightByEightEnvironment,
  options: AccessOptions = {},
): EightByEightManagementApi | undefined {
  if (env.EIGHT_BY_EIGHT_API_KEY_SECRET === '') return undefined;
  const apiKey = cachedSecret(env.EIGHT_BY_EIGHT_API_KEY_SECRET, parseApiKey);
  return new EightByEightManagementApi({
    baseUrl: env.EIGHT_BY_EIGHT_BASE_URL,
    subAccountId: env.EIGHT_BY_EIGHT_SUB_ACCOUNT,
    apiKey: () => apiKey.get(),
    ...options,
  });
}

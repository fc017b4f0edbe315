import type { CachedValue } from '../ports/cached-value.ts';
import { createCachedValue } from './cached-value.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Two tries of Secrets Manager, each as long as the client waits. */
const PATIENCE_MS = 1500;

/**
 * Reads a secret's text and keeps it: refreshed in the background after 5 minutes, waited for after an hour. While
 * Secrets Manager does not answer, the value at hand is good for a day.
 *
 * The client is loaded on first use, apart from the function's own module, so that starting an environment does
 * not wait for it.
 */
export function cachedSecret<T>(secretArn: string, parse: (text: string) => T): CachedValue<T> {
  return createCachedValue({
    refreshAfterMs: 5 * MINUTE_MS,
    expireAfterMs: 60 * MINUTE_MS,
    uselessAfterMs: DAY_MS,
    patienceMs: PATIENCE_MS,
    fetch: async (abortSignal) => {
      const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
      const client = new SecretsManagerClient({
        maxAttempts: 2,
        requestHandler: { connectionTimeout: 500, requestTimeout: 700, throwOnRequestTimeout: true },
      });
      try {
        const { SecretString: text } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }), {
          abortSignal,
        });
        if (text === undefined) throw new Error('The secret has no text value.');
        return parse(text);
      } finally {
        client.destroy();
      }
    },
  });
}

/**
 * The `Authorization` values that a webhook secret accepts. The secret is JSON: `token` (generated at deploy)
 * stands for `Bearer <token>`; `authorization` is a value to be taken verbatim; the `previous…` ones are accepted
 * too while a rotation is under way.
 */
export function parseWebhookSecret(text: string): readonly string[] {
  const secret: unknown = JSON.parse(text);
  if (typeof secret !== 'object' || secret === null)
    throw new Error('The webhook secret is not a JSON object.');
  const values = new Map<string, unknown>(Object.entries(secret));
  const read = (key: string, prefix: string): string[] => {
    const value = values.get(key);
    return typeof value === 'string' && value !== '' ? [prefix + value] : [];
  };
  const accepted = [
    ...read('authorization', ''),
    ...read('token', 'Bearer '),
    ...read('previousAuthorization', ''),
    ...read('previousToken', 'Bearer '),
  ];
  if (accepted.length === 0) throw new Error('The webhook secret names neither `token` nor `authorization`.');
  return accepted;
}

import * as z from 'zod';
import { parseJson } from '../../../domain/parse-json.ts';
import type { UploadKey } from '../../../ports/eight-by-eight-account.ts';
import { parseWebhookSecret } from '../../secrets-manager.ts';

const uploadKeySchema = z.object({ accessKeyId: z.string().min(1), secretAccessKey: z.string().min(1) });
const apiKeySchema = z.object({ apiKey: z.string().min(1) });

/**
 * The API key in a secret: the text itself, or JSON `{"apiKey": "…"}`, as the consoles of AWS tend to store it.
 * @throws Error that does not repeat the text.
 */
export function parseApiKey(text: string): string {
  if (!text.trimStart().startsWith('{')) return text.trim();
  const read = apiKeySchema.safeParse(parseJson(text));
  if (read.success) return read.data.apiKey.trim();
  throw new Error('The secret of the 8x8 API key is neither the key itself nor {"apiKey": "…"}.');
}

/**
 * The upload key in its secret: JSON `{"accessKeyId": "…", "secretAccessKey": "…"}`.
 * @throws Error that does not repeat the text.
 */
export function parseUploadKey(text: string): UploadKey {
  const read = uploadKeySchema.safeParse(parseJson(text));
  if (read.success) return read.data;
  throw new Error(
    'The secret of the recording upload key is not {"accessKeyId": "…", "secretAccessKey": "…"}.',
  );
}

/**
 * The `Authorization` value that webhooks are registered with: the first of those that the webhook secret accepts.
 * @throws Error that does not repeat the text, as that of a JSON parser would.
 */
export function parseWebhookAuthorization(text: string): string {
  if (parseJson(text) === undefined) throw new Error('The webhook secret is not JSON.');
  const [current = ''] = parseWebhookSecret(text);
  return current;
}

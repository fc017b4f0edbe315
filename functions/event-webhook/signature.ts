import { createHmac } from 'node:crypto';

/** The header that proves to the receiver who sent an event, when, and that nobody changed it. */
export const SIGNATURE_HEADER = 'x-number-masking-signature';

/**
 * Signs a body: `t=<seconds since 1970>,v1=<hex>`, where v1 is the HMAC-SHA256 of `<t>.<body>`. The receiver refuses
 * what is older than a few minutes, so that a request that somebody listened to cannot be repeated.
 *
 * @param secrets while a secret is being changed there are two of them, and one `v1` for each.
 */
export function signatureOf(body: string, secrets: readonly string[], atMs: number): string {
  const seconds = Math.floor(atMs / 1000);
  const signatures = secrets.map(
    (secret) => `v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`,
  );
  return [`t=${seconds}`, ...signatures].join(',');
}

/**
 * The signing secrets in their secret: JSON `{"secret": "…"}`, and `previousSecret` while one replaces the other.
 * @throws Error that does not repeat the text.
 */
export function parseSigningSecrets(text: string): readonly string[] {
  const secrets = read(text);
  if (secrets.length === 0) throw new Error('The secret of the event webhook is not {"secret": "…"}.');
  return secrets;
}

function read(text: string): string[] {
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content !== 'object' || content === null) return [];
    const values = new Map<string, unknown>(Object.entries(content));
    return [values.get('secret'), values.get('previousSecret')].filter(
      (value): value is string => typeof value === 'string' && value !== '',
    );
  } catch {
    return [];
  }
}

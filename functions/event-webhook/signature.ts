import { createHmac } from 'node:crypto';

/*
 * Signatures as Standard Webhooks describes them, so that a receiver checks them with any library that knows it.
 */

/** A key has 24 to 64 bytes: fewer could be guessed, more add nothing. */
const SHORTEST_KEY_BYTES = 24;
const LONGEST_KEY_BYTES = 64;
const PREFIX = 'whsec_';

/**
 * The headers that prove to the receiver who sent an event, when, and that nobody changed it. What is signed is
 * `<id>.<timestamp>.<body>`; the receiver refuses what is older than five minutes, so that a request that somebody
 * listened to cannot be repeated.
 *
 * @param id the same each time that the event is sent.
 * @param keys while a secret is being changed there are two of them, and one signature for each.
 */
export function signedHeaders(
  id: string,
  body: string,
  keys: readonly Uint8Array[],
  atMs: number,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(atMs / 1000));
  const signatures = keys.map(
    (key) => `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
  );
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

/**
 * The keys in their secret: JSON `{"secret": "…"}`, and `previousSecret` while one replaces the other. Each is a key
 * in base64, with or without `whsec_` before it.
 * @throws Error that does not repeat the text.
 */
export function parseSigningKeys(text: string): readonly Uint8Array[] {
  const secrets = read(text);
  if (secrets.length === 0) throw new Error('The secret of the event webhook is not {"secret": "…"}.');
  return secrets.map(keyOf);
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

function keyOf(secret: string): Uint8Array {
  const base64 = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  const key = Buffer.from(base64, 'base64');
  // What is not base64 is left out in silence, and the receiver would come to another key.
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(base64) && base64.length % 4 === 0;
  if (isBase64 && key.length >= SHORTEST_KEY_BYTES && key.length <= LONGEST_KEY_BYTES) return key;
  throw new Error(
    `The secret of the event webhook must be ${SHORTEST_KEY_BYTES} to ${LONGEST_KEY_BYTES} bytes in base64, ` +
      'with or without whsec_ before them.',
  );
}

import { randomBytes } from 'node:crypto';
import { parseWebhookSecret } from '../../../functions/shared/adapters/secrets-manager.ts';
import { ConfigurationError } from '../../configuration/configuration-error.ts';

/** The text of the secret with what 8x8 sends in `Authorization`. */
export interface WebhookSecretStore {
  read(): Promise<string>;
  write(text: string): Promise<void>;
}

/** The steps of a rotation, in their order; each may be repeated. */
export const rotationSteps = ['announce', 'register', 'finish'] as const;
export type RotationStep = (typeof rotationSteps)[number];

export interface WebhookSecretRotation {
  readonly secret: WebhookSecretStore;
  /** Registers the value that the secret names first with 8x8. */
  register(): Promise<unknown>;
  /** Told of each step, in words that hold no secret. */
  tell(line: string): void;
}

/** Long enough that no random guess meets it. */
const TOKEN_BYTES = 36;

/**
 * Replaces what 8x8 sends in `Authorization` without refusing one call. The functions keep the secret in memory for
 * up to an hour, so the new value is announced first, while 8x8 still sends the former one; it is registered when
 * every function has had the time to hear of it; and the former value is dropped when no webhook with it is on its way.
 *
 * @throws ConfigurationError when a step comes before the one it needs.
 */
export async function rotateWebhookSecret(
  step: RotationStep,
  rotation: WebhookSecretRotation,
): Promise<void> {
  const { secret, tell } = rotation;
  const text = await secret.read();
  const [first = '', second] = parseWebhookSecret(text);
  const write = (authorization: string, other: { previousAuthorization?: string; isRegistered?: boolean }) =>
    secret.write(JSON.stringify({ authorization, ...other }));

  if (step === 'announce') {
    if (second !== undefined) {
      throw new ConfigurationError(
        'A rotation is under way: two values are accepted. Go on with --step register, or end it with --step finish.',
      );
    }
    await write(first, {
      previousAuthorization: `Bearer ${randomBytes(TOKEN_BYTES).toString('base64url')}`,
    });
    tell('A new value is accepted beside the one in use. In an hour, go on with --step register.');
    return;
  }
  if (step === 'register') {
    if (second === undefined)
      throw new ConfigurationError('No new value was announced: begin with --step announce.');
    // A registration that failed is repeated with the same value: the two have changed places already.
    if (!isRegistered(text)) await write(second, { previousAuthorization: first, isRegistered: true });
    await rotation.register();
    tell('8x8 sends the new value; the former one is still accepted. In an hour, end with --step finish.');
    return;
  }
  await write(first, {});
  tell(second === undefined ? 'There was no other value to drop.' : 'Only the value in use is accepted now.');
}

function isRegistered(text: string): boolean {
  const content: unknown = JSON.parse(text);
  return (
    typeof content === 'object' &&
    content !== null &&
    'isRegistered' in content &&
    content.isRegistered === true
  );
}

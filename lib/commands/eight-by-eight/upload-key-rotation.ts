import type { DesiredAccount } from '../../../functions/shared/domain/account-setup.ts';
import type { UploadKey } from '../../../functions/shared/ports/eight-by-eight-account.ts';
import type { AccountSetup } from '../../../functions/shared/use-cases/set-up-account.ts';
import { ConfigurationError } from '../../configuration/configuration-error.ts';

/** The access keys of the user that may upload recordings, and the secret that holds the one in use. */
export interface UploadKeyStore {
  /** Ids of all keys of the user; AWS allows two. */
  list(): Promise<readonly string[]>;
  create(): Promise<UploadKey>;
  delete(accessKeyId: string): Promise<void>;
  /** The key in the secret. */
  stored(): Promise<UploadKey>;
  store(key: UploadKey): Promise<void>;
}

export interface Rotation {
  readonly keys: UploadKeyStore;
  readonly setup: AccountSetup;
  /** The account as it should be with a given upload key. */
  desiredWith(accessKeyId: string): DesiredAccount;
  /** Waits until a new key is known everywhere in AWS. */
  settle(): Promise<unknown>;
  /** Told of each step, in words. */
  tell(line: string): void;
}

const MOST_KEYS = 2;

/**
 * Gives 8x8 a new upload key. The former one stays valid, because uploads may be under way with it, until
 * {@link finishRotation} deletes it. A rotation that was cut short goes on where it stopped.
 *
 * @returns the id of the key that 8x8 uploads with now.
 * @throws ConfigurationError while a key of an earlier rotation is left: AWS has room for two.
 */
export async function rotateUploadKey(rotation: Rotation): Promise<string> {
  const { keys, setup, tell } = rotation;
  const stored = await keys.stored();
  const existing = await keys.list();
  const wasCutShort = existing.includes(stored.accessKeyId) && stored.accessKeyId !== (await keyInUse(setup));
  const key = wasCutShort ? stored : await createKey(rotation, existing);
  await setup.apply(
    rotation.desiredWith(key.accessKeyId),
    { webhookAuthorization: '', recordingPassword: key.secretAccessKey },
    { only: 'recording-push-config' },
  );
  tell(`8x8 uploads with the access key ${key.accessKeyId}.`);
  for (const former of existing.filter((accessKeyId) => accessKeyId !== key.accessKeyId)) {
    tell(`${former} stays valid for uploads under way. In an hour, delete it with --finish.`);
  }
  return key.accessKeyId;
}

/**
 * Deletes the keys that are neither in use at 8x8 nor in the secret.
 *
 * @returns the ids of the deleted keys.
 * @throws ConfigurationError while 8x8 and the secret do not name the same key: deleting could cut uploads off.
 */
export async function finishRotation({ keys, setup, tell }: Rotation): Promise<string[]> {
  const { accessKeyId: current } = await keys.stored();
  if ((await keyInUse(setup)) !== current) {
    throw new ConfigurationError(
      '8x8 does not use the key in the secret yet: run rotate-recording-key without --finish first.',
    );
  }
  const former = (await keys.list()).filter((accessKeyId) => accessKeyId !== current);
  for (const accessKeyId of former) {
    await keys.delete(accessKeyId);
    tell(`Deleted the access key ${accessKeyId}.`);
  }
  if (former.length === 0) tell('There is no former key to delete.');
  return former;
}

async function createKey(rotation: Rotation, existing: readonly string[]): Promise<UploadKey> {
  const { keys, settle, tell } = rotation;
  if (existing.length >= MOST_KEYS) {
    throw new ConfigurationError(
      'The upload user has two access keys already. Delete the former one first, with rotate-recording-key --finish.',
    );
  }
  const key = await keys.create();
  // Into the secret at once: it is the only other place that knows the secret half.
  await keys.store(key);
  tell(`Created the access key ${key.accessKeyId} and stored it in the secret.`);
  await settle();
  return key;
}

async function keyInUse(setup: AccountSetup): Promise<string | undefined> {
  return (await setup.read()).recordingPush?.username;
}

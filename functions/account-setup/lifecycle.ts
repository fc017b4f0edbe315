import { changesOf, foreignOf, isInSync } from '../shared/domain/account-setup.ts';
import { describeUnknownVoiceProfile, unknownVoiceProfiles } from '../shared/domain/voice-profiles.ts';
import type { Logger } from '../shared/observability/logger.ts';
import type {
  EightByEightAccount,
  UploadKey,
  VoiceProfileCatalogue,
} from '../shared/ports/eight-by-eight-account.ts';
import { desiredAccount } from '../shared/use-cases/account-settings.ts';
import { AccountSetupError } from '../shared/use-cases/account-setup-error.ts';
import { AccountSetup } from '../shared/use-cases/set-up-account.ts';
import type { AccountSetupProperties } from './custom-resource.ts';

export interface AccountSetupDeps {
  openAccount(properties: AccountSetupProperties): EightByEightAccount & VoiceProfileCatalogue;
  /** The `Authorization` value that new webhooks are registered with. */
  webhookAuthorization(secretArn: string): Promise<string>;
  uploadKey(secretArn: string): Promise<UploadKey>;
  readonly logger: Logger;
  /** Counts a drift check: whether the account was found changed. */
  readonly emitDrift: (drifted: boolean) => void;
}

const NO_KEY: UploadKey = { accessKeyId: '', secretAccessKey: '' };

/**
 * Makes the account deliver to this stack.
 *
 * @param former what the same sub-account was set up for before; undefined when it is new to us.
 * @returns a sentence for the stack's outputs.
 */
export async function setUp(
  properties: AccountSetupProperties,
  former: AccountSetupProperties | undefined,
  deps: AccountSetupDeps,
): Promise<string> {
  const account = deps.openAccount(properties);
  const setup = new AccountSetup(account);
  try {
    await requireVoiceProfiles(properties, former, account);
    const { accessKeyId, secretAccessKey } = await uploadKeyOf(properties, deps);
    const credentials = {
      webhookAuthorization: await deps.webhookAuthorization(properties.webhookSecretArn),
      recordingPassword: secretAccessKey,
    };
    const { performed } = await setup.apply(desiredAccount(properties, accessKeyId, former), credentials, {
      takeOver: properties.takeOver,
      renewAuthorization: former !== undefined && authorizationChanged(former, properties),
    });
    const byHand = performed.flatMap((step) => step.byHand ?? []);
    deps.logger.info('ACCOUNT_SET_UP', {
      count: performed.length,
      paths: performed.map(({ target }) => target),
    });
    for (const reason of byHand) deps.logger.warn('ACCOUNT_SETUP_BY_HAND', { reason });
    return ['The 8x8 account delivers to this stack.', ...byHand].join(' ');
  } catch (error) {
    deps.logger.error('ACCOUNT_SETUP_FAILED', error);
    // The rollback of a first deployment takes the service away: nothing may go on pointing to it.
    if (former === undefined && error instanceof AccountSetupError) {
      const left = await setup.undo(error);
      if (left.length > 0) deps.logger.warn('ACCOUNT_SETUP_NOT_UNDONE', { paths: left });
    }
    throw error;
  }
}

/** Never throws: a stack must be removable when 8x8 cannot be reached or the key is gone. */
export async function leave(properties: AccountSetupProperties, deps: AccountSetupDeps): Promise<string> {
  const byHand = 'Look at connect.8x8.com/webhooks and delete what points to this stack.';
  if (properties.apiKeySecretName === undefined) return byHand;
  try {
    const setup = new AccountSetup(deps.openAccount(properties));
    const { performed } = await setup.remove(desiredAccount(properties));
    deps.logger.info('ACCOUNT_LEFT', {
      count: performed.length,
      paths: performed.map(({ target }) => target),
    });
    return [
      'Nothing of this stack is left in the 8x8 account.',
      ...performed.flatMap((step) => step.byHand ?? []),
    ].join(' ');
  } catch (error) {
    deps.logger.error('ACCOUNT_NOT_LEFT', error, { reason: byHand });
    return byHand;
  }
}

/** @throws whatever kept it from looking: a check that did not happen must not pass for one that found nothing. */
export async function checkDrift(properties: AccountSetupProperties, deps: AccountSetupDeps): Promise<void> {
  if (properties.apiKeySecretName === undefined) return;
  try {
    const { accessKeyId } = await uploadKeyOf(properties, deps);
    const plan = await new AccountSetup(deps.openAccount(properties)).plan(
      desiredAccount(properties, accessKeyId),
    );
    const drifted = !isInSync(plan);
    const paths = [...changesOf(plan), ...foreignOf(plan)].map(({ target }) => target);
    if (drifted) deps.logger.warn('ACCOUNT_DRIFT', { paths, count: paths.length });
    else deps.logger.info('ACCOUNT_IN_SYNC');
    deps.emitDrift(drifted);
  } catch (error) {
    deps.logger.error('ACCOUNT_CHECK_FAILED', error);
    throw error;
  }
}

async function uploadKeyOf(
  { uploadKeySecretArn }: AccountSetupProperties,
  deps: AccountSetupDeps,
): Promise<UploadKey> {
  return uploadKeySecretArn === undefined ? NO_KEY : deps.uploadKey(uploadKeySecretArn);
}

/** Only newly named ones are checked, so that a rollback does not fail on a voice that 8x8 has withdrawn. */
async function requireVoiceProfiles(
  { voiceProfiles }: AccountSetupProperties,
  former: AccountSetupProperties | undefined,
  catalogue: VoiceProfileCatalogue,
): Promise<void> {
  const named = voiceProfiles.filter((name) => !former?.voiceProfiles.includes(name));
  if (named.length === 0) return;
  const unknown = unknownVoiceProfiles(named, await catalogue.voiceProfiles());
  if (unknown.length > 0) throw new Error(unknown.map(describeUnknownVoiceProfile).join(' '));
}

function authorizationChanged(former: AccountSetupProperties, now: AccountSetupProperties): boolean {
  return (
    former.webhookSecretArn !== now.webhookSecretArn ||
    former.webhookAuthorizationRevision !== now.webhookAuthorizationRevision
  );
}

import { changesOf, foreignOf, isInSync } from '../shared/domain/account-setup.ts';
import { describeUnknownVoiceProfile, unknownVoiceProfiles } from '../shared/domain/voice-profiles.ts';
import type { Logger } from '../shared/observability/logger.ts';
import type { AccountTraces, AccountTracesStore } from '../shared/ports/account-traces.ts';
import type {
  EightByEightAccount,
  UploadKey,
  VoiceProfileCatalogue,
} from '../shared/ports/eight-by-eight-account.ts';
import { EightByEightError } from '../shared/ports/eight-by-eight-error.ts';
import { desiredAccount, withTracesOf } from '../shared/use-cases/account-settings.ts';
import { AccountSetupError, nameStep } from '../shared/use-cases/account-setup-error.ts';
import { AccountSetup, type PostponedStep, type SetUpOutcome } from '../shared/use-cases/set-up-account.ts';
import type { AccountSetupProperties } from './custom-resource.ts';

export interface AccountSetupDeps {
  openAccount(properties: AccountSetupProperties): EightByEightAccount & VoiceProfileCatalogue;
  /** The `Authorization` value that new webhooks are registered with. */
  webhookAuthorization(secretArn: string): Promise<string>;
  uploadKey(secretArn: string): Promise<UploadKey>;
  /** What earlier deployments of the stage have left at 8x8. */
  openTraces(parameterName: string): AccountTracesStore;
  readonly logger: Logger;
  /** Counts a drift check: whether the account was found changed. */
  readonly emitDrift: (drifted: boolean) => void;
}

const NO_KEY: UploadKey = { accessKeyId: '', secretAccessKey: '' };
const NO_TRACES: AccountTraces = { webhookUrls: [], recordingPaths: [] };

/** CloudFormation takes 4 KB of an answer, and a person reads less. */
const LONGEST_SUMMARY = 2500;

/** How far a set-up has come. */
export interface SetUpReport {
  /** Whether 8x8 has refused something that the service can do without. */
  readonly isComplete: boolean;
  /** Words for the stack's outputs. */
  readonly summary: string;
}

/**
 * Makes the account deliver to this stack.
 *
 * @param former what the same sub-account was set up for before; undefined when it is new to us.
 */
export async function setUp(
  properties: AccountSetupProperties,
  former: AccountSetupProperties | undefined,
  deps: AccountSetupDeps,
): Promise<SetUpReport> {
  const account = deps.openAccount(properties);
  const setup = new AccountSetup(account);
  const traces = tracesOf(properties, deps);
  const earlier = await traces.recall();
  try {
    const unchecked = await requireVoiceProfiles(properties, former, account);
    const { accessKeyId, credentials } = await credentialsOf(properties, deps);
    // First the note, then the deed: whatever ends this run, the next one knows what it finds.
    await traces.remember(withTracesOf(properties, earlier));
    const desired = desiredAccount(properties, accessKeyId, former, earlier);
    const outcome = await setup.apply(desired, credentials, {
      takeOver: properties.takeOver,
      renewAuthorization: former !== undefined && authorizationChanged(former, properties),
    });
    await traces.remember(withTracesOf(properties, NO_TRACES));
    logSetUp(outcome, deps.logger);
    return reportOf(outcome, unchecked);
  } catch (error) {
    deps.logger.error('ACCOUNT_SETUP_FAILED', error);
    // The rollback of a first deployment takes the service away: nothing may go on pointing to it.
    if (former === undefined && error instanceof AccountSetupError) {
      const left = await setup.undo(error);
      if (left.length > 0) deps.logger.warn('ACCOUNT_SETUP_NOT_UNDONE', { paths: left });
      else if (isEmpty(earlier)) await traces.forget();
    }
    throw error;
  }
}

/** Never throws: a stack must be removable when 8x8 cannot be reached or the key is gone. */
export async function leave(properties: AccountSetupProperties, deps: AccountSetupDeps): Promise<string> {
  const byHand = 'Look at connect.8x8.com/webhooks and delete what points to this stack.';
  if (properties.apiKeySecretName === undefined) return byHand;
  try {
    const traces = tracesOf(properties, deps);
    const setup = new AccountSetup(deps.openAccount(properties));
    const earlier = await traces.recall();
    const { performed, postponed } = await setup.remove(desiredAccount(properties, '', undefined, earlier));
    const kept = [...postponed, ...performed.filter((step) => step.byHand !== undefined)];
    deps.logger.info('ACCOUNT_LEFT', {
      count: performed.length,
      paths: performed.map(({ target }) => target),
    });
    if (kept.length === 0) {
      await traces.forget();
      return 'Nothing of this stack is left in the 8x8 account.';
    }
    deps.logger.warn('ACCOUNT_NOT_LEFT', { paths: kept.map(({ target }) => target), reason: byHand });
    return [byHand, ...performed.flatMap((step) => step.byHand ?? [])].join(' ');
  } catch (error) {
    deps.logger.error('ACCOUNT_NOT_LEFT', error, { reason: byHand });
    return byHand;
  }
}

/**
 * Finishes what a deployment had to postpone, and looks whether the account is as it should be.
 * @throws whatever kept it from looking: a check that did not happen must not pass for one that found nothing.
 */
export async function checkDrift(properties: AccountSetupProperties, deps: AccountSetupDeps): Promise<void> {
  if (properties.apiKeySecretName === undefined) return;
  try {
    const { accessKeyId, credentials } = await credentialsOf(properties, deps);
    const setup = new AccountSetup(deps.openAccount(properties));
    const desired = desiredAccount(properties, accessKeyId);
    logSetUp(await setup.finish(desired, credentials), deps.logger);
    const plan = await setup.plan(desired);
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

function logSetUp({ performed, postponed }: SetUpOutcome, logger: Logger): void {
  if (performed.length + postponed.length === 0) return;
  logger.info('ACCOUNT_SET_UP', { count: performed.length, paths: performed.map(({ target }) => target) });
  for (const reason of performed.flatMap((step) => step.byHand ?? []))
    logger.warn('ACCOUNT_SETUP_BY_HAND', { reason });
  for (const { target, failure } of postponed) {
    logger.warn('ACCOUNT_SETUP_POSTPONED', { paths: [target], reason: failure.message });
  }
}

function reportOf({ performed, postponed }: SetUpOutcome, unchecked: string | undefined): SetUpReport {
  const summary = [
    postponed.length === 0
      ? 'The 8x8 account delivers to this stack.'
      : 'The 8x8 account delivers calls to this stack, but not everything: what follows is tried again every hour, until ' +
        'then the alarm AccountDrift is on.',
    ...postponed.map(describePostponed),
    ...(unchecked === undefined ? [] : [unchecked]),
    ...performed.flatMap((step) => step.byHand ?? []),
  ].join(' ');
  return { isComplete: postponed.length === 0, summary: summary.slice(0, LONGEST_SUMMARY) };
}

function describePostponed({ target, action, failure }: PostponedStep): string {
  const consequence =
    target === 'VNU'
      ? 'Until then a number that turns bad is noticed by the nightly look at all numbers.'
      : 'Until then calls are not recorded.';
  return `Not done: ${nameStep({ action, target })}. ${failure.message} ${consequence}`;
}

async function credentialsOf(properties: AccountSetupProperties, deps: AccountSetupDeps) {
  const { uploadKeySecretArn, webhookSecretArn } = properties;
  const { accessKeyId, secretAccessKey } =
    uploadKeySecretArn === undefined ? NO_KEY : await deps.uploadKey(uploadKeySecretArn);
  const webhookAuthorization = await deps.webhookAuthorization(webhookSecretArn);
  return { accessKeyId, credentials: { webhookAuthorization, recordingPassword: secretAccessKey } };
}

/** The traces of this stage, where a failure of the store is logged and costs no more than the memory. */
function tracesOf({ tracesParameter }: AccountSetupProperties, deps: AccountSetupDeps): AccountTracesStore {
  const store = tracesParameter === undefined ? undefined : deps.openTraces(tracesParameter);
  const tolerant = async <T>(work: Promise<T> | undefined, otherwise: T): Promise<T> => {
    try {
      return (await work) ?? otherwise;
    } catch (error) {
      deps.logger.error('ACCOUNT_TRACES_UNKNOWN', error);
      return otherwise;
    }
  };
  return {
    recall: () => tolerant(store?.recall(), NO_TRACES),
    remember: (traces) => tolerant(store?.remember(traces), undefined),
    forget: () => tolerant(store?.forget(), undefined),
  };
}

function isEmpty({ webhookUrls, recordingPaths }: AccountTraces): boolean {
  return webhookUrls.length + recordingPaths.length === 0;
}

/**
 * Only newly named ones are checked, so that a rollback does not fail on a voice that 8x8 has withdrawn.
 * @returns a sentence when 8x8 does not show its voices; undefined when all is well.
 */
async function requireVoiceProfiles(
  { voiceProfiles }: AccountSetupProperties,
  former: AccountSetupProperties | undefined,
  catalogue: VoiceProfileCatalogue,
): Promise<string | undefined> {
  const named = voiceProfiles.filter((name) => !former?.voiceProfiles.includes(name));
  if (named.length === 0) return undefined;
  try {
    const unknown = unknownVoiceProfiles(named, await catalogue.voiceProfiles());
    if (unknown.length > 0) throw new Error(unknown.map(describeUnknownVoiceProfile).join(' '));
    return undefined;
  } catch (error) {
    if (!(error instanceof EightByEightError)) throw error;
    return `The voices in callers.messages could not be checked: ${error.message}`;
  }
}

function authorizationChanged(former: AccountSetupProperties, now: AccountSetupProperties): boolean {
  return (
    former.webhookSecretArn !== now.webhookSecretArn ||
    former.webhookAuthorizationRevision !== now.webhookAuthorizationRevision
  );
}

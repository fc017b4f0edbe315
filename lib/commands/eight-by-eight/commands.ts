import { setTimeout as wait } from 'node:timers/promises';
import type { EightByEightManagementApi } from '../../../functions/shared/adapters/eight-by-eight/management/management-api.ts';
import { type DesiredAccount, isInSync, planSetUp } from '../../../functions/shared/domain/account-setup.ts';
import {
  describeUnknownVoiceProfile,
  type UnknownVoiceProfile,
  unknownVoiceProfiles,
} from '../../../functions/shared/domain/voice-profiles.ts';
import type { UploadKey, VirtualNumberList } from '../../../functions/shared/ports/eight-by-eight-account.ts';
import { desiredAccount } from '../../../functions/shared/use-cases/account-settings.ts';
import {
  AccountSetup,
  type PerformedStep,
  type SetUpOutcome,
} from '../../../functions/shared/use-cases/set-up-account.ts';
import { ConfigurationError } from '../../configuration/configuration-error.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import {
  renderActual,
  renderComparison,
  renderNumbers,
  renderOutcome,
  renderPerformed,
  renderPlan,
  renderUnknownVoices,
} from './report.ts';
import type { Settings } from './settings.ts';
import { finishRotation, rotateUploadKey, type UploadKeyStore } from './upload-key-rotation.ts';

/** What every command works with. */
export interface Session {
  readonly settings: Settings;
  readonly api: EightByEightManagementApi;
  /** Prints for a person; silent when JSON was asked for. */
  readonly say: (text: string) => void;
}

/** How a command ended: for the shell, and for `--json`. */
export interface Result {
  readonly exitCode: ExitCode;
  readonly json: Readonly<Record<string, unknown>>;
}

/**
 * Shows what is registered, whosever it is, and what else the sub-account has; where the address of the service is
 * known, also whether that is as it should be.
 */
export async function showStatus({ settings, api, say }: Session): Promise<Result> {
  const actual = await new AccountSetup(api).read();
  const plan = settings.hasApiUrl ? planSetUp(actual, (await wanted(settings)).desired) : undefined;
  say(renderActual(actual, plan));
  const numbers = countStates(await api.virtualNumbers());
  say(renderNumbers(numbers));
  const unknownVoices = await findUnknownVoices(settings, api);
  say(renderUnknownVoices(unknownVoices));
  say(`\n${renderComparison(plan)}`);
  const inSync = plan && isInSync(plan);
  return {
    exitCode: unknownVoices.length > 0 || inSync === false ? exitCodes.differs : exitCodes.fine,
    json: { ...actual, inSync, virtualNumbers: numbers, unknownVoiceProfiles: unknownVoices },
  };
}

/** Shows what `apply` would change. */
export async function showPlan(session: Session, takeOver: boolean): Promise<Result> {
  const { settings, api, say } = session;
  const { desired } = await wanted(settings);
  const plan = await new AccountSetup(api).plan(desired, { takeOver });
  say(renderPlan(plan));
  const unknownVoices = await findUnknownVoices(settings, api);
  say(renderUnknownVoices(unknownVoices));
  const inSync = isInSync(plan);
  return {
    exitCode: inSync && unknownVoices.length === 0 ? exitCodes.fine : exitCodes.differs,
    json: { inSync, steps: plan, unknownVoiceProfiles: unknownVoices },
  };
}

/** Makes the account what it should be. */
export async function apply(
  { settings, api, say }: Session,
  options: { readonly takeOver: boolean; readonly renewAuthorization: boolean },
): Promise<Result> {
  const { desired, uploadKey } = await wanted(settings);
  const credentials = await settings.credentials(uploadKey);
  const unknownVoices = await findUnknownVoices(settings, api);
  if (unknownVoices.length > 0) {
    throw new ConfigurationError(unknownVoices.map(describeUnknownVoiceProfile).join('\n'));
  }
  const onStep = (step: PerformedStep) => say(renderPerformed(step));
  return resultOf(await new AccountSetup(api).apply(desired, credentials, { ...options, onStep }), say);
}

/** Takes out of the account what points to the service. */
export async function remove({ settings, api, say }: Session): Promise<Result> {
  const { desired } = await wanted(settings);
  const onStep = (step: PerformedStep) => say(renderPerformed(step));
  return resultOf(await new AccountSetup(api).remove(desired, { onStep }), say);
}

/**
 * Gives 8x8 a new upload key, or deletes the former one.
 *
 * @param settleMs how long AWS gets to know a new key everywhere before 8x8 uses it.
 */
export async function rotateRecordingKey(
  { settings, api, say }: Session,
  keys: UploadKeyStore,
  { finish, settleMs }: { readonly finish: boolean; readonly settleMs: number },
): Promise<Result> {
  const { recordingPush } = settings;
  if (recordingPush === undefined) {
    throw new ConfigurationError('Which bucket? Give --recording-bucket or RECORDING_BUCKET.');
  }
  const rotation = {
    keys,
    setup: new AccountSetup(api),
    desiredWith: (accessKeyId: string) => desiredAccount({ webhookUrls: {}, recordingPush }, accessKeyId),
    settle: () => wait(settleMs),
    tell: say,
  };
  const json = finish
    ? { deletedAccessKeyIds: await finishRotation(rotation) }
    : { accessKeyId: await rotateUploadKey(rotation) };
  return { exitCode: exitCodes.fine, json };
}

async function wanted(
  settings: Settings,
): Promise<{ desired: DesiredAccount; uploadKey: UploadKey | undefined }> {
  const uploadKey = await settings.uploadKey();
  return { desired: desiredAccount(settings.account(), uploadKey?.accessKeyId), uploadKey };
}

function resultOf(outcome: SetUpOutcome, say: Session['say']): Result {
  const { performed, postponed } = outcome;
  say(renderOutcome(outcome));
  const leftToDo = postponed.length > 0 || performed.some(({ byHand }) => byHand !== undefined);
  const notDone = postponed.map(({ failure, ...step }) => ({ ...step, reason: failure.message }));
  return {
    exitCode: leftToDo ? exitCodes.byHand : exitCodes.fine,
    json: { steps: performed, postponed: notDone },
  };
}

async function findUnknownVoices(
  { voiceProfiles }: Settings,
  api: EightByEightManagementApi,
): Promise<UnknownVoiceProfile[]> {
  if (voiceProfiles.length === 0) return [];
  return unknownVoiceProfiles(voiceProfiles, await api.voiceProfiles());
}

/** How many virtual numbers there are in each state; `other` for words that 8x8 does not document. */
function countStates({ numbers }: VirtualNumberList): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state = 'other' } of numbers) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

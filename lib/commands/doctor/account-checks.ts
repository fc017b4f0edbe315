import { displayUrl, type RegisteredWebhook } from '../../../functions/shared/domain/account-setup.ts';
import {
  describeUnknownVoiceProfile,
  unknownVoiceProfiles,
} from '../../../functions/shared/domain/voice-profiles.ts';
import type {
  EightByEightAccount,
  VirtualNumberList,
  VoiceProfileCatalogue,
} from '../../../functions/shared/ports/eight-by-eight-account.ts';
import { EightByEightError } from '../../../functions/shared/ports/eight-by-eight-error.ts';
import { type Finding, fine, missing, warning } from './findings.ts';

/** What is asked of 8x8. */
export interface AskedAccount
  extends Pick<EightByEightAccount, 'listWebhooks' | 'recordingPushConfig'>,
    VoiceProfileCatalogue {
  virtualNumbers(): Promise<Pick<VirtualNumberList, 'numbers'>>;
}

interface AccountExpectations {
  readonly voiceProfiles: readonly string[];
  readonly recordCalls: boolean;
  readonly takeOver: boolean;
  /** Where the stage answers already; undefined before its first deployment. */
  readonly callActionUrl: string | undefined;
}

/** Looks at the sub-account: the key, webhooks of others, voices, numbers and the right to record. Changes nothing. */
export async function checkAccount(account: AskedAccount, expected: AccountExpectations): Promise<Finding[]> {
  const webhooks = await ask(() => account.listWebhooks());
  if (webhooks instanceof EightByEightError) {
    return [missing('8x8 does not let the key in.', webhooks.message)];
  }
  return [
    fine('8x8 lets the key in.'),
    checkOwner(webhooks, expected),
    await checkVoices(account, expected),
    await checkNumbers(account),
    ...(expected.recordCalls ? [await checkRecording(account)] : []),
  ];
}

function checkOwner(
  webhooks: readonly RegisteredWebhook[],
  { callActionUrl, takeOver }: AccountExpectations,
): Finding {
  const folder = callActionUrl === undefined ? undefined : new URL('.', callActionUrl).href;
  const others = webhooks.filter(
    ({ url }) => url !== '' && (folder === undefined || !url.startsWith(folder)),
  );
  if (others.length === 0) return fine('No webhook of the sub-account points to another system.');
  const what = `${others.length} webhooks point elsewhere: ${others.map(({ type, url }) => `${type} ${displayUrl(url)}`).join(', ')}.`;
  if (takeOver) return warning(what, 'The deployment takes them over, as eightByEight.takeOver says.');
  return missing(
    what,
    'Check eightByEight.subAccountId. If they are to lose their calls, deploy once with -c eightByEight.takeOver=true.',
  );
}

async function checkVoices(account: AskedAccount, { voiceProfiles }: AccountExpectations): Promise<Finding> {
  const offered = await ask(() => account.voiceProfiles());
  if (offered instanceof EightByEightError) {
    return warning('The voices in callers.messages could not be checked.', offered.message);
  }
  const unknown = unknownVoiceProfiles(voiceProfiles, offered);
  return unknown.length === 0
    ? fine('8x8 offers every voice in callers.messages.')
    : missing('8x8 does not offer every voice.', unknown.map(describeUnknownVoiceProfile).join(' '));
}

async function checkNumbers(account: AskedAccount): Promise<Finding> {
  const list = await ask(() => account.virtualNumbers());
  if (list instanceof EightByEightError) {
    return warning('The virtual numbers could not be counted.', list.message);
  }
  return list.numbers.length > 0
    ? fine(
        `The sub-account has ${list.numbers.length} virtual numbers; POST /v1/numbers/sync takes them over.`,
      )
    : warning('The sub-account has no virtual number.', 'Rent some: npm run plan says how many are needed.');
}

async function checkRecording(account: AskedAccount): Promise<Finding> {
  const config = await ask(() => account.recordingPushConfig());
  return config instanceof EightByEightError
    ? warning(
        'Recording is not enabled for the sub-account.',
        `Ask the account manager of 8x8; calls are carried meanwhile. ${config.message}`,
      )
    : fine('8x8 lets recordings be pushed.');
}

async function ask<T>(question: () => Promise<T>): Promise<T | EightByEightError> {
  try {
    return await question();
  } catch (error) {
    if (error instanceof EightByEightError) return error;
    throw error;
  }
}

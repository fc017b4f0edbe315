import { bold, cyan, dim, green, magenta, red, yellow } from 'ansis';
import type { PerformedStep } from '../../functions/account-setup/account-setup.ts';
import {
  type ActualAccount,
  changesOf,
  type Difference,
  displayUrl,
  foreignOf,
  isInSync,
  type RegisteredWebhook,
  type SetUpAction,
  type SetUpPlan,
  type SetUpStep,
  webhookTypes,
} from '../../functions/shared/domain/account-setup.ts';
import {
  describeUnknownVoiceProfile,
  type UnknownVoiceProfile,
} from '../../functions/shared/domain/voice-profiles.ts';

/** How an action is marked; the sign says it too where there are no colours. */
const marks: Record<SetUpAction, (text: string) => string> = {
  unchanged: (text) => dim(`= ${text}`),
  'left-alone': (text) => dim(`· ${text}`),
  create: (text) => green(`+ ${text}`),
  replace: (text) => yellow(`~ ${text}`),
  'take-over': (text) => magenta(`~ ${text}`),
  remove: (text) => red(`- ${text}`),
  foreign: (text) => red(`! ${text}`),
};

const actionWords: Record<SetUpAction, string> = {
  unchanged: 'as it should be',
  'left-alone': "somebody else's, left alone",
  create: 'to be created',
  replace: 'to be replaced',
  'take-over': 'to be taken over from somebody else',
  remove: 'to be removed',
  foreign: 'serves somebody else',
};

export function renderHeading(subAccountId: string, baseUrl: string): string {
  return `8x8 sub-account ${bold(subAccountId)} at ${baseUrl}\n`;
}

/** The plan as a diff, one target after the other in the order of the changes. */
export function renderPlan(plan: SetUpPlan): string {
  return [...plan.flatMap(renderStep), '', summarize(plan)].join('\n');
}

function renderStep({ target, action, differences }: SetUpStep): string[] {
  const width = 'recording-push-config'.length;
  return [
    marks[action](`${target.padEnd(width)}  ${actionWords[action]}`),
    ...differences.flatMap(renderDifference),
  ];
}

function renderDifference({ field, actual, desired }: Difference): string[] {
  return [
    ...(actual === undefined ? [] : [red(`    - ${field}: ${actual}`)]),
    ...(desired === undefined ? [] : [green(`    + ${field}: ${desired}`)]),
  ];
}

function summarize(plan: SetUpPlan): string {
  if (isInSync(plan)) return green('The account is as it should be.');
  const changes = changesOf(plan).length;
  const foreign = foreignOf(plan).length;
  const sentences = [
    ...(changes > 0 ? [`${changes} of ${plan.length} to be changed.`] : []),
    ...(foreign > 0
      ? [red(`${foreign} of ${plan.length} serve somebody else: apply refuses without --take-over.`)]
      : []),
  ];
  return sentences.join(' ');
}

/** One line per step as it is done. */
export function renderPerformed({ target, action, byHand }: PerformedStep): string {
  const done = `${green('✓')} ${action} ${target}`;
  return byHand === undefined ? done : `${yellow('!')} ${action} ${target}: ${byHand}`;
}

/** What is registered, ours or not. */
export function renderActual({ webhooks, recordingPush }: ActualAccount): string {
  const missing = webhookTypes.filter((type) => webhooks.every((webhook) => webhook.type !== type));
  const push =
    recordingPush === undefined
      ? dim('nowhere')
      : `${recordingPush.protocol} ${recordingPush.host} ${recordingPush.path} with key ${recordingPush.username}`;
  return [
    bold('Webhooks'),
    ...webhooks.map(renderWebhook),
    ...missing.map((type) => `  ${type}  ${dim('not registered')}`),
    bold('Recordings are pushed to'),
    `  ${push}`,
  ].join('\n');
}

function renderWebhook({ type, url, enabled, httpAuthHeaderAvailable }: RegisteredWebhook): string {
  const state = enabled ? green('enabled') : red('disabled');
  const proof = httpAuthHeaderAvailable ? green('with authorization') : red('without authorization');
  return `  ${type}  ${cyan(displayUrl(url))}  ${state}, ${proof}`;
}

/** @param counts how many numbers are in each state. */
export function renderNumbers(counts: Readonly<Record<string, number>>): string {
  const states = Object.entries(counts).map(([state, count]) => `${count} ${state}`);
  return [bold('Virtual numbers'), `  ${states.length === 0 ? dim('none') : states.join(', ')}`].join('\n');
}

/** Empty when every voice that was named is offered. */
export function renderUnknownVoices(unknown: readonly UnknownVoiceProfile[]): string {
  return unknown.map((profile) => red(`! ${describeUnknownVoiceProfile(profile)}`)).join('\n');
}

import { bold, cyan, dim, green, magenta, red, yellow } from 'ansis';
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
} from '../../../functions/shared/domain/account-setup.ts';
import {
  describeUnknownVoiceProfile,
  type UnknownVoiceProfile,
} from '../../../functions/shared/domain/voice-profiles.ts';
import { EightByEightError } from '../../../functions/shared/ports/eight-by-eight-error.ts';
import { AccountSetupError, nameStep } from '../../../functions/shared/use-cases/account-setup-error.ts';
import type { PerformedStep, SetUpOutcome } from '../../../functions/shared/use-cases/set-up-account.ts';

interface Mark {
  /** Says it too where there are no colours. */
  readonly sign: string;
  readonly paint: (text: string) => string;
}

const marks: Record<SetUpAction, Mark> = {
  unchanged: { sign: '=', paint: dim },
  'left-alone': { sign: '·', paint: dim },
  create: { sign: '+', paint: green },
  replace: { sign: '~', paint: yellow },
  'take-over': { sign: '~', paint: magenta },
  remove: { sign: '-', paint: red },
  foreign: { sign: '!', paint: red },
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
  const { sign, paint } = marks[action];
  return [
    paint(`${sign} ${target.padEnd(width)}  ${actionWords[action]}`),
    ...(action === 'left-alone'
      ? differences.map(({ field, actual }) => paint(`      ${field}: ${actual}`))
      : differences.flatMap(renderDifference)),
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
      ? [
          red(
            `${foreign} of ${plan.length} ${foreign === 1 ? 'serves' : 'serve'} somebody else: apply refuses without --take-over.`,
          ),
        ]
      : []),
  ];
  return sentences.join(' ');
}

/** One line per step as it is done. */
export function renderPerformed(step: PerformedStep): string {
  const { byHand } = step;
  return byHand === undefined
    ? `${green('✓')} ${nameStep(step)}`
    : `${yellow('!')} ${nameStep(step)}: ${byHand}`;
}

/** What a set-up or a removal came to, once its steps are done. */
export function renderOutcome({ plan, performed, postponed }: SetUpOutcome): string {
  const leftAlone = plan.filter(({ action }) => action === 'left-alone');
  const byHand = performed.filter((step) => step.byHand !== undefined).length;
  return [
    ...leftAlone.flatMap(renderStep),
    ...postponed.map((step) => `${red('✗')} ${nameStep(step)}: ${step.failure.message}`),
    ...(performed.length > byHand ? [green('All of it was read back, and is as it should be.')] : []),
    ...(byHand > 0 ? [yellow('What is marked with ! is left for you to do.')] : []),
    ...(postponed.length > 0
      ? [yellow('Calls do not wait for what is marked with ✗: run this again when 8x8 allows it.')]
      : []),
    ...(performed.length + postponed.length === 0 ? ['Nothing had to be changed.'] : []),
  ].join('\n');
}

/** A failure for a person: what could not be done, then on lines of their own what to do about it. */
export function renderFailure(error: Error): string {
  if (error instanceof AccountSetupError) {
    return [
      `✗ ${nameStep(error.step)}`,
      renderFailure(error.failure),
      'Then run the same command again: it goes on from what is there.',
      ...(error.warning === undefined ? [] : [error.warning]),
    ].join('\n');
  }
  const { message } = error;
  if (!(error instanceof EightByEightError) || !message.endsWith(error.advice)) return message;
  return `${message.slice(0, -error.advice.length).trimEnd()}\n${error.advice}`;
}

/**
 * What is registered, ours or not.
 * @param plan what would have to be changed; without one nothing is judged.
 */
export function renderActual({ webhooks, recordingPush }: ActualAccount, plan: SetUpPlan = []): string {
  const isKnown = (type: string) => webhookTypes.some((known) => known === type);
  const shown = [
    ...webhookTypes.flatMap((type) => {
      const found = webhooks.filter((webhook) => webhook.type === type);
      return found.length === 0 ? [{ type, line: dim('not registered') }] : found.map(describe);
    }),
    ...webhooks.filter(({ type }) => !isKnown(type)).map(describe),
  ];
  const push =
    recordingPush === undefined
      ? dim('nowhere')
      : `${recordingPush.protocol} ${recordingPush.host} ${recordingPush.path} with key ${recordingPush.username}`;
  return [
    bold('Webhooks'),
    ...shown.map(({ type, line }) => judged(plan, type, `${type}  ${line}`)),
    bold('Recordings are pushed to'),
    judged(plan, 'recording-push-config', push),
  ].join('\n');
}

function describe({ type, url, enabled, httpAuthHeaderAvailable }: RegisteredWebhook) {
  const state = enabled ? green('enabled') : red('disabled');
  const proof = httpAuthHeaderAvailable ? green('with authorization') : red('without authorization');
  return { type, line: `${cyan(displayUrl(url))}  ${state}, ${proof}` };
}

/** A line about a target with what is to become of it, if the target is planned for. */
function judged(plan: SetUpPlan, target: string, line: string): string {
  const action = plan.find((step) => step.target === target)?.action;
  if (action === undefined) return `  ${line}`;
  const { sign, paint } = marks[action];
  const words = action === 'unchanged' ? '' : `: ${paint(actionWords[action])}`;
  return `${paint(sign)} ${line}${words}`;
}

/** @param plan undefined when nobody said what the account should be. */
export function renderComparison(plan: SetUpPlan | undefined): string {
  if (plan === undefined) {
    return dim('Not compared with the service: give --api-url (the output ApiUrl of the stack) for that.');
  }
  return isInSync(plan) ? summarize(plan) : `${summarize(plan)} The command plan shows how.`;
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

import {
  type ActualAccount,
  changesOf,
  type DesiredAccount,
  foreignOf,
  isOptional,
  isPresent,
  type PlanOptions,
  planRemoval,
  planSetUp,
  type SetUpAction,
  type SetUpPlan,
  type SetUpStep,
  type SetUpTarget,
} from '../domain/account-setup.ts';
import type { EightByEightAccount } from '../ports/eight-by-eight-account.ts';
import { EightByEightError, type EightByEightErrorKind } from '../ports/eight-by-eight-error.ts';
import { AccountSetupError, ForeignAccountError } from './account-setup-error.ts';

/** What is registered but can never be read back. */
export interface AccountCredentials {
  /** The value that 8x8 is to send in `Authorization`. */
  readonly webhookAuthorization: string;
  /** The secret access key behind the push config's user name; empty when recordings are not pushed. */
  readonly recordingPassword: string;
}

export interface ApplyOptions extends PlanOptions {
  /** Leaves everything else as it is. */
  readonly only?: SetUpTarget | undefined;
  /** Told of each step as it is done. */
  readonly onStep?: ((step: PerformedStep) => void) | undefined;
}

export interface PerformedStep extends SetUpStep {
  /** What a person has to do in 8x8's portal, because its API would not. */
  readonly byHand?: string;
}

/** A change that 8x8 would not make, and which the others did not have to wait for. */
export interface PostponedStep extends SetUpStep {
  readonly failure: EightByEightError;
}

/** What was planned, what was done and what was not, in order. */
export interface SetUpOutcome {
  readonly plan: SetUpPlan;
  readonly performed: readonly PerformedStep[];
  /** Another run takes these up again. */
  readonly postponed: readonly PostponedStep[];
}

/** The field is mandatory and means nothing for S3; this is the port that an upload uses. */
const S3_PORT = 443;

/** How 8x8 may answer an operation it does not have, such as DELETE of VNU. */
const REFUSALS: ReadonlySet<EightByEightErrorKind> = new Set([
  'invalid',
  'not-found',
  'forbidden',
  'server',
  'unexpected-answer',
]);

type Replan = (actual: ActualAccount) => SetUpPlan;

/**
 * Makes an 8x8 sub-account what it should be. 8x8 has no update, so a change is DELETE, then POST, then a GET that
 * must show the result before the next step begins. Nothing is remembered between runs: what one run left undone,
 * however it ended, the next one finishes.
 */
export class AccountSetup {
  readonly #account: EightByEightAccount;

  constructor(account: EightByEightAccount) {
    this.#account = account;
  }

  /**
   * What is registered now. A sub-account for which 8x8 has not enabled recording may refuse to show a push config:
   * then there is none.
   * @throws EightByEightError
   */
  async read(): Promise<ActualAccount> {
    const webhooks = await this.#account.listWebhooks();
    try {
      return { webhooks, recordingPush: await this.#account.recordingPushConfig() };
    } catch (error) {
      const isOff = error instanceof EightByEightError && error.kind === 'forbidden';
      if (isOff) return { webhooks, recordingPush: undefined };
      throw error;
    }
  }

  /** Compares what is with what should be, and changes nothing. @throws EightByEightError */
  async plan(desired: DesiredAccount, options: PlanOptions = {}): Promise<SetUpPlan> {
    return planSetUp(await this.read(), desired, options);
  }

  /**
   * Carries out the plan. Nothing is touched when any part of it serves somebody else and `takeOver` is not set. What
   * the service can do without for a while is postponed where 8x8 refuses it.
   * @throws ForeignAccountError | AccountSetupError | EightByEightError
   */
  async apply(
    desired: DesiredAccount,
    credentials: AccountCredentials,
    options: ApplyOptions = {},
  ): Promise<SetUpOutcome> {
    const { only } = options;
    const whole = await this.plan(desired, options);
    const plan = only === undefined ? whole : whole.filter(({ target }) => target === only);
    if (foreignOf(plan).length > 0) throw new ForeignAccountError(plan);
    const replan: Replan = (actual) => planSetUp(actual, desired);
    const register = (target: SetUpTarget) => this.#register(target, desired, credentials);
    // Whoever asks for one thing alone wants to know when it fails.
    const mayWait = only === undefined ? isOptional : () => false;
    return this.#performAll(plan, options, mayWait, (step) => this.#perform(step, desired, replan, register));
  }

  /**
   * Takes up again what an earlier run had to postpone: creates what is missing and the service can do without. Nothing
   * that is there is changed.
   * @throws EightByEightError when the account cannot be read.
   */
  async finish(desired: DesiredAccount, credentials: AccountCredentials): Promise<SetUpOutcome> {
    const plan = (await this.plan(desired)).filter(
      ({ target, action }) => action === 'create' && isOptional(target),
    );
    const replan: Replan = (actual) => planSetUp(actual, desired);
    const register = (target: SetUpTarget) => this.#register(target, desired, credentials);
    return this.#performAll(plan, {}, isOptional, (step) => this.#perform(step, desired, replan, register));
  }

  /**
   * Takes out everything that points to us and nothing else. What 8x8 will not let go is postponed, so that the rest
   * goes all the same.
   * @throws EightByEightError when the account cannot be read.
   */
  async remove(desired: DesiredAccount, options: Pick<ApplyOptions, 'onStep'> = {}): Promise<SetUpOutcome> {
    const replan: Replan = (actual) => planRemoval(actual, desired);
    const plan = replan(await this.read());
    return this.#performAll(
      plan,
      options,
      () => true,
      (step) => this.#perform(step, desired, replan),
    );
  }

  /**
   * Deletes what a failed run created, so that nothing points to a service that is about to vanish.
   * @returns the targets for which 8x8 would not.
   */
  async undo({ performed, postponed, step }: AccountSetupError): Promise<SetUpTarget[]> {
    const created = [...performed, ...postponed, step].filter(({ action }) => action === 'create').reverse();
    const left: SetUpTarget[] = [];
    for (const { target } of created) {
      const failure = await failureOf(() => this.#delete(target));
      if (failure !== undefined) left.push(target);
    }
    return left;
  }

  async #performAll(
    plan: SetUpPlan,
    { onStep }: Pick<ApplyOptions, 'onStep'>,
    mayWait: (target: SetUpTarget) => boolean,
    perform: (step: SetUpStep) => Promise<PerformedStep>,
  ): Promise<SetUpOutcome> {
    const performed: PerformedStep[] = [];
    const postponed: PostponedStep[] = [];
    for (const step of changesOf(plan)) {
      try {
        const done = await perform(step);
        performed.push(done);
        onStep?.(done);
      } catch (error) {
        if (!(error instanceof EightByEightError)) throw error;
        if (!mayWait(step.target)) throw new AccountSetupError(step, performed, error, postponed);
        postponed.push({ ...step, failure: error });
      }
    }
    return { plan, performed, postponed };
  }

  /**
   * DELETE and POST stand back to back: between them the target is without anybody. An answer that was lost does
   * not matter when the read-back shows the effect.
   *
   * @param register sets a target up; a plan that only removes needs none.
   */
  async #perform(
    step: SetUpStep,
    desired: DesiredAccount,
    replan: Replan,
    register: (target: SetUpTarget) => Promise<void> = async () => {},
  ): Promise<PerformedStep> {
    const { target, action } = step;
    const refusal = action === 'create' ? undefined : await this.#vacate(target);
    const failure = action === 'remove' ? refusal : await failureOf(() => register(target));
    // What stayed may look just like what was to come: after two refusals the read-back would prove nothing.
    const provesNothing = refusal !== undefined && failure !== undefined;
    const isSettled = (actual: ActualAccount) => actionFor(target, replan(actual)) === 'unchanged';
    if (!provesNothing && (await this.#shows(isSettled, failure))) return step;
    if (refusal !== undefined && (failure === undefined || REFUSALS.has(failure.kind))) {
      return { ...step, byHand: adviceByHand(step, desired) };
    }
    throw failure ?? notTaken(target);
  }

  /**
   * Makes room. For VNU that is undocumented, and a 404 may mean that it is gone or that there is no such operation:
   * only there the list is asked, everywhere else the POST follows at once.
   * @returns the refusal, when 8x8 keeps a VNU webhook.
   */
  async #vacate(target: SetUpTarget): Promise<EightByEightError | undefined> {
    const failure = await failureOf(() => this.#delete(target));
    if (failure === undefined && target !== 'VNU') return undefined;
    if (await this.#shows((actual) => !isPresent(target, actual), failure)) return undefined;
    const refusal = failure ?? notTaken(target);
    if (target === 'VNU' && REFUSALS.has(refusal.kind)) return refusal;
    throw refusal;
  }

  async #delete(target: SetUpTarget): Promise<void> {
    if (target === 'recording-push-config') await this.#account.deleteRecordingPushConfig();
    else await this.#account.deleteWebhook(target);
  }

  async #register(
    target: SetUpTarget,
    { webhookUrls, recordingPush }: DesiredAccount,
    { webhookAuthorization, recordingPassword }: AccountCredentials,
  ): Promise<void> {
    if (target === 'recording-push-config') {
      if (recordingPush === undefined) return;
      const config = { ...recordingPush, port: S3_PORT, password: recordingPassword };
      await this.#account.setRecordingPushConfig(config);
      return;
    }
    const url = webhookUrls[target];
    if (url === undefined) return;
    await this.#account.createWebhook({ type: target, url, httpAuthHeader: webhookAuthorization });
  }

  /** Reads back. When a change failed and so does the reading, the change is what to tell about. */
  async #shows(
    holds: (actual: ActualAccount) => boolean,
    earlierFailure: EightByEightError | undefined,
  ): Promise<boolean> {
    try {
      return holds(await this.read());
    } catch (error) {
      throw earlierFailure ?? error;
    }
  }
}

/** Runs a change; a failure of 8x8's is a value here, because its effect may be there all the same. */
async function failureOf(change: () => Promise<void>): Promise<EightByEightError | undefined> {
  try {
    await change();
    return undefined;
  } catch (error) {
    if (error instanceof EightByEightError) return error;
    throw error;
  }
}

function notTaken(target: SetUpTarget): EightByEightError {
  return new EightByEightError({
    kind: 'unexpected-answer',
    operation: `set up ${target}`,
    problem: '8x8 accepted the change but shows something else when it is read back',
    advice: 'See whether somebody else is changing the same sub-account.',
  });
}

function actionFor(target: SetUpTarget, plan: SetUpPlan): SetUpAction | undefined {
  return plan.find((step) => step.target === target)?.action;
}

function adviceByHand({ target, action }: SetUpStep, { webhookUrls }: DesiredAccount): string {
  const whatToDo =
    action === 'remove'
      ? `delete the ${target} webhook`
      : `give the ${target} webhook the URL ${webhookUrls.VNU} and the HTTP Authorization of the others`;
  return `8x8's API does not change a ${target} webhook: open connect.8x8.com/webhooks and ${whatToDo}.`;
}

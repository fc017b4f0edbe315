import { foreignOf, type SetUpPlan, type SetUpStep } from '../domain/account-setup.ts';
import type { EightByEightError } from '../ports/eight-by-eight-error.ts';

/** Parts of the account serve somebody else. Nothing was changed. */
export class ForeignAccountError extends Error {
  override readonly name = 'ForeignAccountError';
  readonly plan: SetUpPlan;

  constructor(plan: SetUpPlan) {
    super(
      `The 8x8 sub-account serves another system: ${foreignOf(plan).map(describeForeign).join('; ')}. Nothing was ` +
        'changed. Check the sub-account id (setting eightByEight.subAccountId); if the other system is to lose its calls, ' +
        'take the account over: set eightByEight.takeOver to true for one deployment (cdk deploy … -c ' +
        'eightByEight.takeOver=true), or use --take-over of the command eight-by-eight.',
    );
    this.plan = plan;
  }
}

/** A step failed and the ones behind it were not begun. Another run finishes the job. */
export class AccountSetupError extends Error {
  override readonly name = 'AccountSetupError';
  readonly step: SetUpStep;
  readonly performed: readonly SetUpStep[];
  /** Steps that 8x8 refused and that could wait; like the failed one, they may have taken effect all the same. */
  readonly postponed: readonly SetUpStep[];
  readonly failure: EightByEightError;
  /** What the callers notice of it; undefined when they notice nothing. */
  readonly warning: string | undefined;

  constructor(
    step: SetUpStep,
    performed: readonly SetUpStep[],
    failure: EightByEightError,
    postponed: readonly SetUpStep[] = [],
  ) {
    const before = performed.length === 0 ? 'nothing' : performed.map(nameStep).join(', ');
    const warning = warningFor(step);
    super(
      `The set-up of the 8x8 account stopped at "${nameStep(step)}" (done before: ${before}). ${failure.message} ` +
        `Then run the set-up again: it goes on from what is there.${warning === undefined ? '' : ` ${warning}`}`,
    );
    this.step = step;
    this.performed = performed;
    this.postponed = postponed;
    this.failure = failure;
    this.warning = warning;
  }
}

/** A step in words, such as `take over VCA`. */
export function nameStep({ action, target }: Pick<SetUpStep, 'action' | 'target'>): string {
  return `${action.replaceAll('-', ' ')} ${target}`;
}

function describeForeign({ target, differences }: SetUpStep): string {
  const facts = differences
    .filter(({ actual }) => actual !== undefined)
    .map(({ field, actual }) => `${field} ${actual}`)
    .join(', ');
  return `${target} has ${facts}`;
}

/** Between the DELETE and the POST of VCA there is nobody whom 8x8 could ask about a call. */
function warningFor({ target, action }: SetUpStep): string | undefined {
  const callsStop = target === 'VCA' && (action === 'replace' || action === 'take-over');
  return callsStop ? 'Until then calls may go unanswered: look at it now.' : undefined;
}

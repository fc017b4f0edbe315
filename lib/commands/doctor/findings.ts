/** What a check came to. `warning`: it can be deployed, and somebody should know. */
export type Verdict = 'fine' | 'warning' | 'missing';

/** One thing that was looked at. */
export interface Finding {
  readonly verdict: Verdict;
  /** What was looked at, and what was found. */
  readonly what: string;
  /** What to do about it; absent where all is well. */
  readonly advice?: string;
}

const marks: Readonly<Record<Verdict, string>> = { fine: '✓', warning: '!', missing: '✗' };

/** A finding as a person reads it. */
export function renderFinding({ verdict, what, advice }: Finding): string {
  return `${marks[verdict]} ${what}${advice === undefined ? '' : `\n    ${advice}`}`;
}

export const fine = (what: string): Finding => ({ verdict: 'fine', what });
export const warning = (what: string, advice: string): Finding => ({ verdict: 'warning', what, advice });
export const missing = (what: string, advice: string): Finding => ({ verdict: 'missing', what, advice });

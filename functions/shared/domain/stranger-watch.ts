/** How much a stranger may try. */
export interface StrangerRules {
  /** Different numbers that a stranger may dial before nobody says a word any more; 0 never stops answering. */
  readonly tries: number;
  /** How long a stranger is hung up on, and how long a try is remembered. */
  readonly restMs: number;
}

/** What a stranger has tried. */
export interface StrangerTries {
  /** The numbers that were dialled, each once. */
  readonly numbers: readonly string[];
  readonly calls: number;
  readonly firstAtMs: number;
  /** Until when the stranger is hung up on. */
  readonly restsUntilMs: number | undefined;
}

/** Whoever dials one number again and again is not looking for another, but is not listening either. */
const CALLS_PER_TRY = 4;

/**
 * Counts one more call of a caller without a booking. Somebody who mistakes a number, or calls from another phone,
 * dials one or two; somebody who looks for a number that answers dials one after the other.
 *
 * @param dialled the virtual number.
 * @returns what is known now: the caller is hung up on while it rests.
 */
export function afterTry(
  before: StrangerTries | undefined,
  dialled: string,
  nowMs: number,
  rules: StrangerRules,
): StrangerTries {
  const isOver = before === undefined || nowMs - lastMomentOf(before, rules) >= 0;
  const { numbers, calls, firstAtMs, restsUntilMs } = isOver
    ? { numbers: [], calls: 0, firstAtMs: nowMs, restsUntilMs: undefined }
    : before;
  const tried = {
    numbers: numbers.includes(dialled) ? numbers : [...numbers, dialled].slice(0, rules.tries + 1),
    calls: calls + 1,
    firstAtMs,
  };
  const isTooMuch =
    rules.tries > 0 && (tried.numbers.length > rules.tries || tried.calls > rules.tries * CALLS_PER_TRY);
  return { ...tried, restsUntilMs: restsUntilMs ?? (isTooMuch ? nowMs + rules.restMs : undefined) };
}

function lastMomentOf({ firstAtMs, restsUntilMs }: StrangerTries, { restMs }: StrangerRules): number {
  return restsUntilMs ?? firstAtMs + restMs;
}

/** Whether the caller is hung up on at a moment. */
export function rests({ restsUntilMs }: StrangerTries, nowMs: number): boolean {
  return restsUntilMs !== undefined && nowMs < restsUntilMs;
}

/** The national part of a number: however it is written, these digits follow each other but for what separates them. */
export const digitsOf = (number: string): string => number.replace(/\D/g, '').slice(2);

/**
 * The lines in which one of the numbers can be read: every run of digits, also across blanks and dashes, is held
 * against the digits of every number.
 */
export function linesWith(lines: readonly string[], numbers: ReadonlySet<string>): string[] {
  const wanted = new Set([...numbers].map(digitsOf));
  const length = Math.min(...[...wanted].map((digits) => digits.length));
  return lines.filter((line) =>
    [...line.matchAll(/\d(?:[ ().-]?\d)*/g)].some(([run]) => {
      const digits = run.replace(/\D/g, '');
      for (let at = 0; at + length <= digits.length; at += 1) {
        if (wanted.has(digits.slice(at, at + length))) return true;
      }
      return false;
    }),
  );
}

/** What the Lambda runtime prints of an error that leaves a handler: its message, its stack and all its fields. */
export function printedByRuntime(error: unknown): string {
  const code = 'INVOKE_ERROR';
  if (!(error instanceof Error)) return JSON.stringify({ code, errorMessage: String(error) });
  return JSON.stringify({ code, ...error, errorMessage: error.message, stack: error.stack });
}

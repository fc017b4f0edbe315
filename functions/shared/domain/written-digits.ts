/** What no eye sees and phones leave in copied numbers: soft hyphens, zero-width and bidirectional marks. */
const INVISIBLE = /[\p{Cf}\p{Variation_Selector}]/gu;
/** Spaces and dashes of every kind, dots, brackets, slashes. */
const SEPARATORS = /[\s\p{Zs}\p{Pd}\u2212\u30fc.()[\]/\u00b7\u2022~]/gu;
/** Digits as Arabic and Persian phones write them; in both blocks the last four bits are the value. */
const ARABIC_DIGITS = /[\u0660-\u0669\u06f0-\u06f9]/g;
const PLUS_AND_DIGITS = /^(\+?)(\d+)$/;

/** The digits of a number as somebody wrote it, and whether a plus stands before them. */
export interface WrittenDigits {
  readonly digits: string;
  readonly plus: boolean;
}

/**
 * Takes the separators and the invisible characters out of a number, and full-width and Arabic forms to plain digits.
 * @returns undefined where anything else stands in it, such as a letter or a second plus.
 */
export function writtenDigits(text: string): WrittenDigits | undefined {
  const [, plus, digits] = PLUS_AND_DIGITS.exec(text) ?? PLUS_AND_DIGITS.exec(withoutSeparators(text)) ?? [];
  return digits === undefined ? undefined : { plus: plus === '+', digits };
}

function withoutSeparators(text: string): string {
  return text
    .normalize('NFKC')
    .replace(ARABIC_DIGITS, (digit) => String(digit.charCodeAt(0) & 0x0f))
    .replace(INVISIBLE, '')
    .replace(SEPARATORS, '');
}

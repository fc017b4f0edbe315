/** A voice that 8x8 can speak with; `code` is what a callflow names. */
export interface VoiceProfile {
  readonly code: string;
  /** Such as `en-GB`. */
  readonly locale: string;
  readonly description: string | undefined;
  readonly gender: string | undefined;
}

/** A voice profile that was named but is not offered, with the offered ones that resemble it, best first. */
export interface UnknownVoiceProfile {
  readonly name: string;
  readonly near: readonly string[];
}

const SUGGESTIONS = 3;

/**
 * Compares named voice profiles with the ones the sub-account offers. A callflow with an unknown one is refused
 * (-1002) or the caller hears nothing (-2005), so it has to be found before a call does.
 */
export function unknownVoiceProfiles(
  named: Iterable<string>,
  offered: readonly VoiceProfile[],
): UnknownVoiceProfile[] {
  const codes = new Set(offered.map((profile) => profile.code));
  return [...new Set(named)]
    .filter((name) => !codes.has(name))
    .map((name) => ({ name, near: nearest(name, [...codes]) }));
}

/** One sentence for a person about an unknown profile. */
export function describeUnknownVoiceProfile({ name, near }: UnknownVoiceProfile): string {
  const hint = near.length === 0 ? 'The sub-account offers none.' : `Near it: ${near.join(', ')}.`;
  return `The sub-account has no voice profile "${name}". ${hint}`;
}

function nearest(name: string, codes: readonly string[]): string[] {
  return codes
    .map((code) => ({ code, score: resemblance(name, code) }))
    .sort((a, b) => b.score - a.score || a.code.localeCompare(b.code))
    .slice(0, SUGGESTIONS)
    .map(({ code }) => code);
}

/** Dice coefficient of letter pairs, with one point more for the same language: a voice must speak the text. */
function resemblance(left: string, right: string): number {
  const [a, b] = [left.toLowerCase(), right.toLowerCase()];
  const pairs = new Set(letterPairs(a));
  const others = new Set(letterPairs(b));
  const shared = [...pairs].filter((pair) => others.has(pair)).length;
  const dice = (2 * shared) / Math.max(1, pairs.size + others.size);
  return dice + (languageOf(a) === languageOf(b) ? 1 : 0);
}

function letterPairs(text: string): string[] {
  return Array.from({ length: Math.max(0, text.length - 1) }, (_, at) => text.slice(at, at + 2));
}

const languageOf = (code: string): string => code.split('-')[0] ?? '';

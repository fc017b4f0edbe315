import { createHash } from 'node:crypto';
import { type MenuDraft, menuFaults, menuOf } from '../domain/dialogue/menu-faults.ts';
import { classRefusal, defaultNumberRules, type NumberRules } from '../domain/number-class.ts';
import { PhoneNumber } from '../domain/phone-number.ts';
import { type InputIssue, ProblemError } from '../domain/problems.ts';
import { describeUnknownVoiceProfile, unknownVoiceProfiles } from '../domain/voice-profiles.ts';
import type { VoiceProfileCatalogue } from '../ports/eight-by-eight-account.ts';
import type { KeptMenu, MenuStore } from '../ports/menus.ts';

interface PutMenuDependencies {
  readonly menus: MenuStore;
  /** Undefined where the deployment has no API key of 8x8: then voices are taken as they are. */
  readonly voices: VoiceProfileCatalogue | undefined;
  /** Which numbers may be called. */
  readonly rules?: { readonly numbers?: NumberRules };
  readonly nowMs: () => number;
}

/** Numbers written at a time. */
const AT_ONCE = 16;
const REVISION_LENGTH = 8;

/**
 * Keeps a menu, in place of one of the same id. Callers who are in it meanwhile begin the new one with their next key.
 * Each number keeps what the first answer of its menu needs; interrupted, this may be repeated.
 *
 * @param issues faults of form that were found on the way here; with them nothing is kept.
 * @throws ProblemError INVALID_REQUEST with every fault by its path; EightByEightError where the voices cannot be read.
 */
export async function putMenu(
  menuId: string,
  draft: MenuDraft | undefined,
  issues: readonly InputIssue[],
  deps: PutMenuDependencies,
): Promise<KeptMenu> {
  const faults = [...issues];
  if (draft !== undefined) {
    faults.push(...menuFaults(draft), ...numberFaults(draft, deps), ...(await voiceFaults(draft, deps)));
  }
  if (draft === undefined || faults.length > 0) {
    throw new ProblemError('INVALID_REQUEST', 'The menu has faults; see `errors`. Nothing was kept.', {
      issues: faults,
    });
  }
  const kept = await deps.menus.put(menuOf(menuId, revisionOf(draft), draft), deps.nowMs());
  const numbers = await deps.menus.numbersWith(menuId);
  for (let from = 0; from < numbers.length; from += AT_ONCE) {
    await Promise.all(
      numbers.slice(from, from + AT_ONCE).map((number) => deps.menus.refreshNumber(number, kept)),
    );
  }
  return kept;
}

/** A menu may ring nobody whom a booking may not. */
function numberFaults({ steps }: MenuDraft, { rules }: Pick<PutMenuDependencies, 'rules'>): InputIssue[] {
  return [...steps].flatMap(([name, step]) => {
    if (step?.kind !== 'connect' || step.target.kind !== 'phone-number') return [];
    const message = classRefusal(step.target.phoneNumber, rules?.numbers ?? defaultNumberRules);
    return message === undefined ? [] : [{ path: `steps.${name}.connect.phoneNumber`, message }];
  });
}

async function voiceFaults(
  { voiceProfile }: MenuDraft,
  { voices }: Pick<PutMenuDependencies, 'voices'>,
): Promise<InputIssue[]> {
  if (voices === undefined) return [];
  const offered = await voices.voiceProfiles();
  return unknownVoiceProfiles([voiceProfile], offered).map((unknown) => ({
    path: 'voiceProfile',
    message: describeUnknownVoiceProfile(unknown),
  }));
}

/** The same for the same content, so that a menu that is put again disturbs nobody who is in it. */
function revisionOf(draft: MenuDraft): string {
  const text = JSON.stringify(draft, function written(this: Record<string, unknown>, key, value: unknown) {
    const original = this[key];
    if (original instanceof PhoneNumber) return original.reveal();
    return value instanceof Map ? [...value] : value;
  });
  const digest = createHash('sha256').update(text).digest('base64url');
  return digest.replaceAll(/[^A-Za-z0-9]/g, '').slice(0, REVISION_LENGTH);
}

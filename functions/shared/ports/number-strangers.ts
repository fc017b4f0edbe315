import type { StrangerRule } from '../domain/dialogue/stranger-rule.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';

/** What each virtual number does with strangers. Every read is consistent. */
export interface NumberStrangers {
  /** The rules of those numbers that have one, by `reveal()`; one batch read for up to 100 numbers. */
  rulesOf(virtualNumbers: readonly PhoneNumber[]): Promise<ReadonlyMap<string, StrangerRule>>;
  /**
   * One read and one transaction; undefined leaves the number to the default.
   * @returns false where the rule names a menu that does not exist; nothing is written then.
   */
  put(virtualNumber: PhoneNumber, rule: StrangerRule | undefined, nowMs: number): Promise<boolean>;
}

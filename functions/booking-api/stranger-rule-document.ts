import * as z from 'zod';
import type { StrangerRule } from '../shared/domain/dialogue/stranger-rule.ts';
import { wellFormedText } from './values.ts';

const documents = {
  menu: z.strictObject({ menu: wellFormedText.describe('The id of a menu.') }),
  message: z.strictObject({ message: z.literal(true, 'must be true') }),
};

/** What a number does with strangers, as it is written in JSON. */
export const strangerRule = z
  .union(Object.values(documents), 'must be { "menu": "…" } or { "message": true }')
  .transform(
    (rule): StrangerRule => ('menu' in rule ? { kind: 'menu', menuId: rule.menu } : { kind: 'message' }),
  )
  .meta({
    description:
      'What callers meet who have no booking on the number: a menu, or the configured message. Absent: as it was; ' +
      'null: what the deployment does by default.',
  });

export const presentedStrangerRule = z.union(Object.values(documents)).nullable();

/** The rule in JSON; null where the default holds. */
export function presentStrangerRule(rule: StrangerRule | undefined): z.output<typeof presentedStrangerRule> {
  switch (rule?.kind) {
    case 'menu':
      return { menu: rule.menuId };
    case 'message':
      return { message: true };
    default:
      return null;
  }
}

import * as z from 'zod/mini';
import type { StrangerRule } from '../../../domain/dialogue/stranger-rule.ts';

const ruleRow = z.object({
  strangerRule: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('menu'), menuId: z.string() }),
    z.object({ kind: z.literal('message') }),
  ]),
});

/** @throws for a row of another shape. */
export function parseStrangerRule(item: Record<string, unknown>): StrangerRule {
  return ruleRow.parse(item).strangerRule;
}

/** The attributes of a rule; a menu stands beside it, so that conditions may name it. */
export function ruleAttributes(rule: StrangerRule): { strangerRule: StrangerRule; menuId?: string } {
  return rule.kind === 'menu' ? { strangerRule: rule, menuId: rule.menuId } : { strangerRule: rule };
}

import { entranceOf, type Menu } from '../../domain/dialogue/menu.ts';
import type { StrangerRule } from '../../domain/dialogue/stranger-rule.ts';
import { PhoneNumber } from '../../domain/phone-number.ts';
import type { KeptMenu, MenuStore } from '../../ports/menus.ts';
import type { NumberStrangers } from '../../ports/number-strangers.ts';
import type { OutboundDialogue, OutboundDialogues } from '../../ports/outbound-dialogues.ts';

interface KeptRule {
  readonly rule: StrangerRule;
  readonly entrance?: Menu;
}

/** Menus, what numbers do with strangers, and calls of ours, in memory. */
export interface MemoryConversations {
  readonly menus: MenuStore;
  readonly strangers: NumberStrangers;
  readonly outboundDialogues: OutboundDialogues;
  /** By the `lineKey()` of the number. */
  readonly rules: ReadonlyMap<string, KeptRule>;
  /** By session, and prepared by the two numbers. */
  readonly outbound: ReadonlyMap<string, OutboundDialogue>;
}

export function createMemoryConversations(): MemoryConversations {
  const kept = new Map<string, KeptMenu>();
  const rules = new Map<string, KeptRule>();
  const outbound = new Map<string, OutboundDialogue>();

  const menus: MenuStore = {
    find: async (menuId) => kept.get(menuId),
    async list({ limit, cursor = '' }) {
      const ids = [...kept.keys()].sort().filter((menuId) => menuId > cursor);
      const items = ids.slice(0, limit).flatMap((menuId) => {
        const found = kept.get(menuId);
        if (found === undefined) return [];
        const { menu, updatedAtMs } = found;
        return [{ menuId, revision: menu.revision, stepCount: menu.steps.size, updatedAtMs }];
      });
      return { items, nextCursor: ids.length > limit ? (items.at(-1)?.menuId ?? null) : null };
    },
    async put(menu, nowMs) {
      const now = { menu, updatedAtMs: nowMs };
      kept.set(menu.menuId, now);
      return now;
    },
    async numbersWith(menuId) {
      return [...rules].flatMap(([number, { rule }]) =>
        rule.kind === 'menu' && rule.menuId === menuId ? [PhoneNumber.from(number)] : [],
      );
    },
    async refreshNumber(virtualNumber, { menu }) {
      const before = rules.get(virtualNumber.lineKey());
      if (before?.rule.kind !== 'menu' || before.rule.menuId !== menu.menuId) return;
      rules.set(virtualNumber.lineKey(), { rule: before.rule, entrance: entranceOf(menu) });
    },
    remove: async (menuId) => kept.delete(menuId),
  };

  const strangers: NumberStrangers = {
    async rulesOf(virtualNumbers) {
      const found = virtualNumbers.flatMap((one) => {
        const here = rules.get(one.lineKey());
        return here === undefined ? [] : [[one.reveal(), here.rule] as const];
      });
      return new Map(found);
    },
    async put(virtualNumber, rule) {
      const menu = rule?.kind === 'menu' ? kept.get(rule.menuId)?.menu : undefined;
      if (rule?.kind === 'menu' && menu === undefined) return false;
      if (rule === undefined) rules.delete(virtualNumber.lineKey());
      else rules.set(virtualNumber.lineKey(), { rule, ...(menu && { entrance: entranceOf(menu) }) });
      return true;
    },
  };

  const outboundDialogues: OutboundDialogues = {
    async prepare({ from, to }, dialogue) {
      outbound.set(`${from.lineKey()} ${to.lineKey()}`, dialogue);
    },
    async keep(sessionId, dialogue) {
      outbound.set(sessionId, dialogue);
    },
  };

  return { menus, strangers, outboundDialogues, rules, outbound };
}

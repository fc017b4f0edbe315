import type { Menu } from '../domain/dialogue/menu.ts';
import type { CallActionEvent } from '../domain/webhook-events.ts';
import type { FoundForCall } from '../ports/incoming-calls.ts';
import { type ConverseDependencies, type Conversed, continueConversation, enterMenu } from './converse.ts';

/** What strangers and the callers of menus are answered. Loaded with the first of them: a party's call needs none of it. */
export interface Conversation {
  /** @returns undefined where the number leads strangers nowhere: then they hear the configured message. */
  enter(event: CallActionEvent, found: FoundForCall, signal: AbortSignal): Promise<Conversed | undefined>;
  /** @returns undefined where nothing is known of the conversation, or its menu is gone. */
  reply(event: CallActionEvent, signal: AbortSignal): Promise<Conversed | undefined>;
}

export interface ConversationDependencies extends ConverseDependencies {
  /** The menu that strangers begin with, from what stood beside the claim. */
  readonly entranceOf: (found: FoundForCall) => Menu | undefined;
}

export function createConversation(deps: ConversationDependencies): Conversation {
  return {
    async enter(event, found, signal) {
      const entrance = deps.entranceOf(found);
      return entrance && enterMenu(event, entrance, signal, deps);
    },
    reply: (event, signal) => continueConversation(event, signal, deps),
  };
}

import type { Menu } from '../domain/dialogue/menu.ts';
import type { OutboundDialogue, OutboundEnds } from './outbound-dialogues.ts';

/** What the next answer of a conversation needs. Each method is one read by keys, consistent. */
export interface Conversations {
  findMenu(menuId: string, signal: AbortSignal): Promise<Menu | undefined>;
  /** Where somebody stands whom we rang, before the first answer. */
  findOutbound(
    sessionId: string,
    ends: OutboundEnds | undefined,
    signal: AbortSignal,
  ): Promise<OutboundDialogue | undefined>;
}

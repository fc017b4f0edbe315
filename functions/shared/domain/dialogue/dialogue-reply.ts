import type { CallActionEvent } from '../webhook-events.ts';

/** How the state of a conversation begins in every layout that has been written. */
const STATE = /^d\d:/;
/** What 8x8 calls a request that brings keys. */
const WITH_KEYS: ReadonlySet<string> = new Set(['ACTION_COMPLETED', 'DTMF_RECEIVED']);

/**
 * Whether a request may be the next step of a conversation: it brings back our state, or it belongs to a call of ours,
 * whose first answer has none.
 */
export function mayBeDialogueReply(
  event: Pick<CallActionEvent, 'callStatus' | 'direction' | 'clientActionId'>,
): boolean {
  const { callStatus, direction, clientActionId } = event;
  if (clientActionId !== undefined) return STATE.test(clientActionId);
  return direction === 'OUTBOUND' && WITH_KEYS.has(callStatus ?? '');
}

import type { DialogueState } from '../domain/dialogue/dialogue-state.ts';
import type { Menu } from '../domain/dialogue/menu.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';

/** Where somebody stands whom we rang: 8x8 gives back no state of a call that it was sent with Send Callflow. */
export interface OutboundDialogue {
  /** As it was when the call was made. */
  readonly menu: Menu;
  readonly state: DialogueState;
}

/** Whom we ring, and the number that is shown. */
export interface OutboundEnds {
  readonly from: PhoneNumber;
  readonly to: PhoneNumber;
}

/** The conversations that we began ourselves, until their first answer. Each method is one write. */
export interface OutboundDialogues {
  /** Before 8x8 is asked for the call: a key may be pressed before the session has a name here. */
  prepare(ends: OutboundEnds, dialogue: OutboundDialogue, nowMs: number): Promise<void>;
  /** Once the session has its id, by which it is told from another call between the same two numbers. */
  keep(sessionId: string, dialogue: OutboundDialogue, nowMs: number): Promise<void>;
}

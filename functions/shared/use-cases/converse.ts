import { type CallRoute, routeCall } from '../domain/call-route.ts';
import { hangup, makeCall, type VcaCallflow, vcaCallflow } from '../domain/callflow.ts';
import {
  afterNobody,
  beginDialogue,
  bridgeOf,
  callflowOf,
  continueDialogue,
  type Turn,
} from '../domain/dialogue/dialogue.ts';
import { type DialogueState, readDialogueState } from '../domain/dialogue/dialogue-state.ts';
import type { Menu } from '../domain/dialogue/menu.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import type { CallActionEvent } from '../domain/webhook-events.ts';
import type { Conversations } from '../ports/conversations.ts';

/** What a conversation answered, and what the record of the call says of it. */
export interface Conversed {
  readonly kind: 'menu' | 'menu-connect' | 'menu-over';
  readonly callflow: VcaCallflow;
  /** The steps in words. */
  readonly words: string;
  readonly bookingId?: string;
}

/** Reads of the store while a caller waits. */
export interface ConverseDependencies {
  readonly conversations: Conversations;
  /** The claim of a caller on a number; one read. */
  readonly findRoute: (
    virtualNumber: PhoneNumber,
    caller: PhoneNumber,
    signal: AbortSignal,
  ) => Promise<CallRoute | undefined>;
  readonly recordCalls: boolean;
  readonly nowMs: () => number;
}

/** The two numbers of a call, whoever rang: the virtual one, and the person's where it is known. */
interface Ends {
  readonly virtualNumber: PhoneNumber | undefined;
  readonly person: PhoneNumber | undefined;
}

function endsOf({ direction, source, destination }: CallActionEvent): Ends {
  return direction === 'OUTBOUND'
    ? { virtualNumber: source, person: destination }
    : { virtualNumber: destination, person: source };
}

/** The first answer to a stranger who is led into a menu. Needs no read. */
export function enterMenu(
  event: CallActionEvent,
  entrance: Menu,
  signal: AbortSignal,
  deps: ConverseDependencies,
): Promise<Conversed> {
  return answer(event, entrance, beginDialogue(entrance, deps.nowMs()), signal, deps);
}

/**
 * The next answer of a conversation: one read, and another where the caller's own booking is to be connected.
 * @returns undefined where the menu is gone, or nothing is known of the conversation.
 */
export async function continueConversation(
  event: CallActionEvent,
  signal: AbortSignal,
  deps: ConverseDependencies,
): Promise<Conversed | undefined> {
  const found = await findDialogue(event, signal, deps);
  if (found === undefined) return undefined;
  const { menu, state } = found;
  return answer(event, menu, continueDialogue(menu, state, event.dtmf, deps.nowMs()), signal, deps);
}

async function findDialogue(
  event: CallActionEvent,
  signal: AbortSignal,
  { conversations }: ConverseDependencies,
): Promise<{ menu: Menu; state: DialogueState } | undefined> {
  const state = readDialogueState(event.clientActionId);
  if (state === undefined) {
    const { virtualNumber: from, person: to } = endsOf(event);
    return conversations.findOutbound(event.sessionId, from && to && { from, to }, signal);
  }
  const menu = await conversations.findMenu(state.menuId, signal);
  return menu && { menu, state };
}

async function answer(
  event: CallActionEvent,
  menu: Menu,
  turn: Turn,
  signal: AbortSignal,
  deps: ConverseDependencies,
): Promise<Conversed> {
  const words = turn.trail.join(', ');
  switch (turn.kind) {
    case 'ask':
    case 'end':
      return { kind: 'menu', callflow: callflowOf(turn), words };
    case 'over':
      return { kind: 'menu-over', callflow: vcaCallflow([hangup()]), words };
    case 'connect':
      return connect(event, menu, turn, signal, deps);
  }
}

async function connect(
  event: CallActionEvent,
  menu: Menu,
  turn: Extract<Turn, { kind: 'connect' }>,
  signal: AbortSignal,
  deps: ConverseDependencies,
): Promise<Conversed> {
  const ends = endsOf(event);
  const { virtualNumber, person } = ends;
  const words = turn.trail.join(', ');
  const { target } = turn;
  if (target.kind === 'phone-number' && virtualNumber !== undefined) {
    const call = makeCall({ source: virtualNumber, destination: target.phoneNumber });
    return { kind: 'menu-connect', callflow: bridgeOf(turn, call), words };
  }
  if (target.kind === 'booking' && virtualNumber !== undefined && person !== undefined) {
    const route = await deps.findRoute(virtualNumber, person, signal);
    const decision = routeCall(
      { sessionId: event.sessionId, caller: person, virtualNumber },
      route,
      deps.nowMs(),
    );
    if (decision.kind === 'connect') {
      const { callerId: source, callee: destination, bookingId } = decision;
      const call =
        decision.recordCalls && deps.recordCalls
          ? makeCall({ source, destination, callRecording: true })
          : makeCall({ source, destination });
      return { kind: 'menu-connect', callflow: bridgeOf(turn, call), words, bookingId };
    }
  }
  const instead = afterNobody(menu, turn.state, deps.nowMs());
  return answer(event, menu, { ...instead, trail: [...turn.trail, ...instead.trail] }, signal, deps);
}

import { NAME } from './menu.ts';

/**
 * Where a caller stands in a conversation. It travels with the call itself, in `clientActionId`, so that nothing has to
 * be stored for it; it never holds what was pressed.
 */
export interface DialogueState {
  readonly menuId: string;
  /** Of the menu that the caller was led into. */
  readonly revision: string;
  /** The step whose question was put. */
  readonly step: string;
  /** Questions put in this call so far. */
  readonly asked: number;
  /** Of them, how many in a row brought nothing. */
  readonly unanswered: number;
}

/** Names the layout of the text. A state of another layout is not read, and its call begins anew. */
const LAYOUT = 'd1';
const COUNT = /^\d{1,4}$/;
const REVISION = /^[A-Za-z0-9_-]{1,16}$/;

/** The state as a text that a person can read in the record of a call: `d1:restaurant:k3f9a2:main:4:0`. */
export function writeDialogueState(state: DialogueState): string {
  const { menuId, revision, step, asked, unanswered } = state;
  return [LAYOUT, menuId, revision, step, asked, unanswered].join(':');
}

/** @returns undefined for a text that is no state of this layout, such as an id of somebody else's. */
export function readDialogueState(text: string | undefined): DialogueState | undefined {
  const [layout, menuId = '', revision = '', step = '', asked = '', unanswered = '', ...more] =
    text?.split(':') ?? [];
  if (layout !== LAYOUT || more.length > 0 || !NAME.test(menuId) || !REVISION.test(revision))
    return undefined;
  if (!NAME.test(step) || !COUNT.test(asked) || !COUNT.test(unanswered)) return undefined;
  return { menuId, revision, step, asked: Number(asked), unanswered: Number(unanswered) };
}

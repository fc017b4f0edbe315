import {
  type CaptureOptions,
  hangup,
  type MakeCall,
  type OutboundCallflow,
  outboundCallflow,
  type PlainMakeCall,
  type PlayFile,
  playFile,
  type Say,
  type SayAndCapture,
  say,
  sayAndCapture,
  type VcaCallflow,
  vcaCallflow,
} from '../callflow.ts';
import { type DialogueState, writeDialogueState } from './dialogue-state.ts';
import { type Announcement, type ConnectTarget, HANG_UP, type Menu, type Step, stepOf } from './menu.ts';
import { isOpenAt } from './opening-hours.ts';

/** Nobody listens to more questions in one call; then it ends, whatever a menu says. */
export const MOST_QUESTIONS = 60;
/** So many questions in a row without an answer: nobody is there any more. */
export const MOST_UNANSWERED = 3;
/** Longer than any conversation that asks something; a ring of announcements is refused before it can be stored. */
const MOST_STEPS_IN_A_TURN = 100;
/** The first key may take ten seconds, each further one five; 8x8 wants the second time below the first. */
const OVERALL_TIMEOUT_MS = 10_000;
const DIGIT_TIMEOUT_MS = 5000;

/** What is heard before the caller is connected or asked. */
export type Spoken = Say | PlayFile;

/** What the next answer of a call is. `trail` tells in words how it came about. */
export type Turn = { readonly trail: readonly string[] } & (
  | {
      /** The caller is asked something, after `spoken`. */
      readonly kind: 'ask';
      readonly spoken: readonly Spoken[];
      readonly question: SayAndCapture;
      readonly state: DialogueState;
    }
  | {
      /** The call ends after what is said. */
      readonly kind: 'end';
      readonly spoken: readonly [...Spoken[], Spoken];
    }
  | {
      /** The caller is to be connected, after `spoken`. */
      readonly kind: 'connect';
      readonly target: ConnectTarget;
      readonly spoken: readonly Spoken[];
      readonly state: DialogueState;
    }
  /** The conversation is over: the caller was connected, and the bridge has ended. */
  | { readonly kind: 'over' }
);

type Counts = Pick<DialogueState, 'asked' | 'unanswered'>;

/** The first answer of a call that is led into a menu. */
export function beginDialogue(menu: Menu, nowMs: number): Turn {
  return walk(menu, menu.start, { asked: 0, unanswered: 0 }, nowMs, [
    `entered \`${menu.start}\` of ${menu.menuId}`,
  ]);
}

/**
 * The answer to what a caller did, or did not do. Pure: the same request at the same time gets the same answer.
 *
 * @param menu as it is now; where it has been changed since the question was put, its start comes next.
 * @param pressed the keys, or undefined where none came.
 */
export function continueDialogue(
  menu: Menu,
  state: DialogueState,
  pressed: string | undefined,
  nowMs: number,
): Turn {
  const step = menu.steps.get(state.step);
  if (menu.revision !== state.revision || step === undefined) {
    return walk(menu, menu.start, state, nowMs, [
      'the menu was changed meanwhile',
      `went to \`${menu.start}\``,
    ]);
  }
  switch (step.kind) {
    case 'ask':
      return afterKeys(menu, step, state, pressed, nowMs);
    default:
      return { kind: 'over', trail: [`the call from \`${state.step}\` is over`] };
  }
}

/** The answer where nobody can be connected as a step of the menu asked. */
export function afterNobody(menu: Menu, state: DialogueState, nowMs: number): Turn {
  const step = stepOf(menu, state.step);
  const next = step?.kind === 'connect' ? (step.otherwise ?? HANG_UP) : menu.start;
  return walk(menu, next, state, nowMs, ['found nobody', `went to \`${next}\``]);
}

function afterKeys(
  menu: Menu,
  step: Extract<Step, { kind: 'ask' }>,
  state: DialogueState,
  pressed: string | undefined,
  nowMs: number,
): Turn {
  const target = pressed === undefined ? undefined : choiceOf(step.choices, pressed);
  const next = target ?? step.otherwise;
  // Keys that mean nothing here may be anything, a card number too: only keys of the menu are told.
  const did =
    pressed === undefined
      ? 'pressed nothing'
      : target === undefined
        ? 'pressed no key of it'
        : `pressed ${pressed}`;
  const counts = { asked: state.asked, unanswered: pressed === undefined ? state.unanswered : 0 };
  return walk(menu, next, counts, nowMs, [`${did} in \`${state.step}\``, `went to \`${next}\``]);
}

/** A hash ends an entry on many telephones; it is a key of its own only where the menu says so. */
function choiceOf(choices: ReadonlyMap<string, string>, pressed: string): string | undefined {
  return choices.get(pressed) ?? choices.get(pressed.replace(/#$/, ''));
}

/** Follows the steps from a name until something is asked, somebody is connected, or the call ends. */
function walk(menu: Menu, from: string, counts: Counts, nowMs: number, trail: readonly string[]): Turn {
  const heard: Spoken[] = [];
  const words = [...trail];
  let name = from;
  for (let steps = 0; steps < MOST_STEPS_IN_A_TURN; steps += 1) {
    const step = stepOf(menu, name);
    if (step === undefined || step.kind === 'hang-up') break;
    if (step.kind === 'announce') {
      heard.push(spoken(menu, step.announcement));
      name = step.next;
    } else if (step.kind === 'open-at') {
      const isOpen = isOpenAt(step.hours, nowMs);
      name = isOpen ? step.next : step.otherwise;
      words.push(`\`${name}\` since it is ${isOpen ? 'open' : 'closed'}`);
    } else if (step.kind === 'connect') {
      const state = stateAt(menu, name, counts);
      return { kind: 'connect', target: step.target, spoken: heard, state, trail: words };
    } else {
      return ask(menu, name, step, counts, heard, words);
    }
  }
  return end(menu, heard, [...words, 'hung up']);
}

function ask(
  menu: Menu,
  name: string,
  step: Extract<Step, { kind: 'ask' }>,
  counts: Counts,
  heard: readonly Spoken[],
  trail: readonly string[],
): Turn {
  if (counts.asked >= MOST_QUESTIONS || counts.unanswered >= MOST_UNANSWERED) {
    const why = counts.asked >= MOST_QUESTIONS ? 'too many questions in one call' : 'nobody answers';
    return end(menu, heard, [...trail, `${why}, so hung up`]);
  }
  const state = stateAt(menu, name, {
    asked: counts.asked + 1,
    // Taken back by the next key that is pressed.
    unanswered: counts.unanswered + 1,
  });
  return { kind: 'ask', spoken: heard, question: question(menu, step), state, trail };
}

function stateAt({ menuId, revision }: Menu, step: string, { asked, unanswered }: Counts): DialogueState {
  return { menuId, revision, step, asked, unanswered };
}

/** Says goodbye where nothing else was said: a call does not end in silence. */
function end(menu: Menu, heard: readonly Spoken[], trail: readonly string[]): Turn {
  const last = heard.at(-1) ?? spoken(menu, { say: menu.goodbye });
  return { kind: 'end', spoken: [...heard.slice(0, -1), last], trail };
}

/** An announcement in the voice of a menu. */
export function spoken(
  { voiceProfile, speed }: Pick<Menu, 'voiceProfile' | 'speed'>,
  heard: Announcement,
): Spoken {
  return 'say' in heard ? say({ text: heard.say, voiceProfile, speed }) : playFile({ fileUrl: heard.play });
}

/** The question of a step as 8x8 puts it. */
export function question(
  { voiceProfile, speed }: Pick<Menu, 'voiceProfile' | 'speed'>,
  step: Extract<Step, { kind: 'ask' }>,
): SayAndCapture {
  return sayAndCapture({ promptMessage: step.prompt, voiceProfile, speed, ...captureOf(step) });
}

function captureOf(
  step: Extract<Step, { kind: 'ask' }>,
): Omit<
  Extract<CaptureOptions, { maxDigits: number; overallTimeoutMs: number }>,
  'promptMessage' | 'voiceProfile'
> {
  const lengths = [...step.choices.keys()].map((keys) => keys.length);
  return {
    completeOnHash: false,
    minDigits: Math.min(...lengths),
    maxDigits: Math.max(...lengths),
    digitTimeoutMs: DIGIT_TIMEOUT_MS,
    overallTimeoutMs: OVERALL_TIMEOUT_MS,
    noOfTries: step.tries,
  };
}

/** The turns in which nobody has to be found or looked up. */
export type SpokenTurn = Extract<Turn, { kind: 'ask' | 'end' }>;

/** A turn as the answer to a call action. */
export function callflowOf(turn: SpokenTurn): VcaCallflow {
  if (turn.kind === 'end') return vcaCallflow([...turn.spoken, hangup()]);
  return vcaCallflow([...turn.spoken, turn.question], { clientActionId: writeDialogueState(turn.state) });
}

/**
 * The callflow that bridges the caller after what is said. The state comes back when the bridge has ended: then the
 * conversation is over.
 */
export function bridgeOf(turn: Extract<Turn, { kind: 'connect' }>, call: MakeCall): VcaCallflow {
  return vcaCallflow([...turn.spoken, call], { clientActionId: writeDialogueState(turn.state) });
}

/** The callflow of a call of ours that begins with a turn. 8x8 gives back no state of it. */
export function outboundCallflowOf(
  dial: PlainMakeCall,
  turn: SpokenTurn,
  options: { readonly validUntilMs: number },
): OutboundCallflow {
  return turn.kind === 'end'
    ? outboundCallflow([dial, ...turn.spoken, hangup()], options)
    : outboundCallflow([dial, ...turn.spoken, turn.question], options);
}

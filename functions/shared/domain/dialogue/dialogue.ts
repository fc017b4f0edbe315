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
const FEWEST_PIN_DIGITS = 4;
const MOST_PIN_DIGITS = 10;
/** The first key may take ten seconds, each further one five; 8x8 wants the second time below the first. */
const OVERALL_TIMEOUT_MS = 10_000;
const PIN_TIMEOUT_MS = 20_000;
const DIGIT_TIMEOUT_MS = 5000;

/** What is heard before the caller is connected or asked. */
export type Spoken = Say | PlayFile;

/** What the next answer of a call is. `trail` tells in words how it came about, and never what a PIN was. */
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
  | {
      /** A PIN was keyed in; whether it is right is for the store to say. */
      readonly kind: 'check-pin';
      readonly pin: string;
      readonly learn: boolean;
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
    case 'ask-pin':
      return afterPinKeys(menu, step, state, pressed, nowMs);
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

/** Why a caller is not connected by the PIN that was keyed in. */
export type PinRefusal = 'none' | 'wrong' | 'locked';

const pinWords: Record<PinRefusal, string> = {
  none: 'keyed in no PIN',
  wrong: 'keyed in a PIN that is not right',
  locked: 'keyed in a PIN that nobody looked at, since too many were tried',
};

/** The answer to a PIN that connects nobody. Where too many were tried, by whomever, there is no further try. */
export function afterRefusedPin(menu: Menu, state: DialogueState, refusal: PinRefusal, nowMs: number): Turn {
  const step = menu.steps.get(state.step);
  if (step?.kind !== 'ask-pin') return walk(menu, menu.start, state, nowMs, [`went to \`${menu.start}\``]);
  const tries = state.tries + 1;
  const did = `${pinWords[refusal]} in \`${state.step}\``;
  if (refusal === 'locked' || tries >= step.tries) {
    return walk(menu, step.otherwise, state, nowMs, [did, `went to \`${step.otherwise}\``]);
  }
  const hint = refusal === 'none' || step.wrong === undefined ? [] : [spoken(menu, { say: step.wrong })];
  return ask(menu, state.step, step, { ...state, tries }, hint, [did, 'was asked again']);
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

function afterPinKeys(
  menu: Menu,
  step: Extract<Step, { kind: 'ask-pin' }>,
  state: DialogueState,
  pressed: string | undefined,
  nowMs: number,
): Turn {
  const pin = pressed?.replace(/#$/, '') ?? '';
  if (pin === '') return afterRefusedPin(menu, state, 'none', nowMs);
  // What cannot be a PIN is not looked up, so it costs a try of this call alone.
  const digits = step.digits ?? pin.length;
  const isPin =
    /^\d+$/.test(pin) && pin.length === digits && digits >= FEWEST_PIN_DIGITS && digits <= MOST_PIN_DIGITS;
  if (!isPin) return afterRefusedPin(menu, { ...state, unanswered: 0 }, 'wrong', nowMs);
  return {
    kind: 'check-pin',
    pin,
    learn: step.learn,
    state: { ...state, unanswered: 0 },
    trail: [`keyed in a PIN in \`${state.step}\``],
  };
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
      const state = stateAt(menu, name, { ...counts, tries: 0 });
      return { kind: 'connect', target: step.target, spoken: heard, state, trail: words };
    } else {
      return ask(menu, name, step, { ...counts, tries: 0 }, heard, words);
    }
  }
  return end(menu, heard, [...words, 'hung up']);
}

function ask(
  menu: Menu,
  name: string,
  step: Extract<Step, { kind: 'ask' | 'ask-pin' }>,
  counts: Counts & Pick<DialogueState, 'tries'>,
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
    tries: counts.tries,
  });
  return { kind: 'ask', spoken: heard, question: question(menu, step), state, trail };
}

function stateAt(
  { menuId, revision }: Menu,
  step: string,
  counts: Pick<DialogueState, 'asked' | 'unanswered' | 'tries'>,
): DialogueState {
  return { menuId, revision, step, asked: counts.asked, unanswered: counts.unanswered, tries: counts.tries };
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
  step: Extract<Step, { kind: 'ask' | 'ask-pin' }>,
): SayAndCapture {
  return sayAndCapture({ promptMessage: step.prompt, voiceProfile, speed, ...captureOf(step) });
}

function captureOf(
  step: Extract<Step, { kind: 'ask' | 'ask-pin' }>,
): Omit<
  Extract<CaptureOptions, { maxDigits: number; overallTimeoutMs: number }>,
  'promptMessage' | 'voiceProfile'
> {
  if (step.kind === 'ask') {
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
  return {
    completeOnHash: step.digits === undefined,
    minDigits: step.digits ?? FEWEST_PIN_DIGITS,
    maxDigits: step.digits ?? MOST_PIN_DIGITS,
    digitTimeoutMs: DIGIT_TIMEOUT_MS,
    overallTimeoutMs: PIN_TIMEOUT_MS,
    noOfTries: 1,
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

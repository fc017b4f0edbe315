import { say } from '../callflow.ts';
import { InvalidCallflowError } from '../callflow-rules.ts';
import type { InputIssue } from '../problems.ts';
import { spoken } from './dialogue.ts';
import { HANG_UP, type Menu, NAME, type Step, targetsOf, waitsForCaller } from './menu.ts';

/** A menu as it is asked for; a step that could not be read at all is there with its name alone. */
export type MenuDraft = Omit<Menu, 'menuId' | 'revision' | 'steps'> & {
  readonly steps: ReadonlyMap<string, Step | undefined>;
};

const MOST_STEPS = 200;
/** 8x8 allows so many actions in a callflow and says not how many; nobody listens to more than a few at once. */
const MOST_ANNOUNCEMENTS_IN_A_ROW = 10;
const KEYS = /^[\d*#]{1,8}$/;
const STEP_NAME = 'must be 1 to 32 letters, digits, "-" or "_", and begin with a letter or a digit';

/**
 * Every fault of a menu, each by its path: what would leave a caller in silence, in a ring, or with a text that 8x8
 * refuses. A menu without faults always leads somewhere.
 */
export function menuFaults(menu: MenuDraft): InputIssue[] {
  return [
    ...voiceFaults(menu),
    ...countFaults(menu),
    ...[...menu.steps].flatMap(([name, step]) => stepFaults(menu, name, step)),
    ...startFaults(menu),
    ...reachFaults(menu),
    ...loopFaults(menu),
  ];
}

/** The draft as a menu; only for one without faults. */
export function menuOf(menuId: string, revision: string, { steps, ...draft }: MenuDraft): Menu {
  const read = [...steps].flatMap(([name, step]) => (step === undefined ? [] : [[name, step] as const]));
  return { ...draft, menuId, revision, steps: new Map(read) };
}

function voiceFaults({ voiceProfile, speed, goodbye }: MenuDraft): InputIssue[] {
  return [
    ...refusals('voiceProfile', () => say({ text: 'a', voiceProfile })),
    ...refusals('speed', () => say({ text: 'a', voiceProfile: 'a', speed })),
    ...refusals('goodbye', () => say({ text: goodbye, voiceProfile: 'a' })),
  ];
}

function countFaults({ steps }: MenuDraft): InputIssue[] {
  if (steps.size <= MOST_STEPS) return [];
  return [{ path: 'steps', message: `must be at most ${MOST_STEPS} steps` }];
}

function startFaults({ start, steps }: MenuDraft): InputIssue[] {
  return steps.has(start) ? [] : [{ path: 'start', message: 'names no step of the menu' }];
}

function stepFaults(menu: MenuDraft, name: string, step: Step | undefined): InputIssue[] {
  const path = `steps.${name}`;
  const faults: InputIssue[] = NAME.test(name) ? [] : [{ path, message: STEP_NAME }];
  if (step === undefined) return faults;
  if (name === HANG_UP && step.kind !== 'hang-up') {
    faults.push({ path, message: `must be { "hangup": true }: the target "${HANG_UP}" ends the call` });
  }
  for (const { field, target } of targetsOf(step)) {
    if (target === HANG_UP || menu.steps.has(target)) continue;
    faults.push({ path: `${path}.${field}`, message: 'names no step of the menu, and is not "hangup"' });
  }
  return [...faults, ...contentFaults(path, step)];
}

/** Faults of what is heard and pressed. The voice is judged once, for the menu, so that one fault is told once. */
function contentFaults(path: string, step: Step): InputIssue[] {
  const voice = { voiceProfile: 'a', speed: 1 };
  switch (step.kind) {
    case 'announce': {
      const field = 'say' in step.announcement ? 'say' : 'play';
      return refusals(`${path}.${field}`, () => spoken(voice, step.announcement));
    }
    case 'ask':
      return [
        ...choiceFaults(`${path}.choices`, [...step.choices.keys()]),
        ...refusals(`${path}.ask`, () => say({ text: step.prompt, voiceProfile: 'a' })),
      ];
    default:
      return [];
  }
}

function choiceFaults(path: string, keys: readonly string[]): InputIssue[] {
  if (keys.length === 0) return [{ path, message: 'must name at least one key' }];
  return keys
    .filter((key) => !KEYS.test(key))
    .map((key) => ({ path: `${path}.${key}`, message: 'is no key: 1 to 8 of 0 to 9, * and #' }));
}

/** What 8x8 would refuse, in the words of the rules for callflows. */
function refusals(path: string, build: () => unknown): InputIssue[] {
  try {
    build();
    return [];
  } catch (error) {
    if (!(error instanceof InvalidCallflowError)) throw error;
    return [{ path, message: `${error.problem}; allowed: ${error.allowed}` }];
  }
}

function reachFaults({ start, steps }: MenuDraft): InputIssue[] {
  const reached = new Set<string>();
  const open = [start];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    const step = steps.get(name);
    // A step that could not be read may lead anywhere: nothing is said of what only it might reach.
    if (steps.has(name) && step === undefined) return [];
    if (step !== undefined) open.push(...targetsOf(step).map(({ target }) => target));
  }
  return [...steps.keys()]
    .filter((name) => !reached.has(name))
    .map((name) => ({ path: `steps.${name}`, message: 'cannot be reached from the start' }));
}

/** Rings of steps in which nobody is asked anything, and rows of announcements that nobody would listen to. */
function loopFaults({ steps }: MenuDraft): InputIssue[] {
  const faults: InputIssue[] = [];
  const lengths = new Map<string, number>();
  const onPath = new Set<string>();

  /** How many announcements in a row begin at a step. */
  function follow(name: string): number {
    const known = lengths.get(name);
    if (known !== undefined) return known;
    const step = steps.get(name);
    if (step === undefined || waitsForCaller(step)) return 0;
    onPath.add(name);
    let longest = 0;
    for (const { field, target } of targetsOf(step)) {
      if (!onPath.has(target)) {
        longest = Math.max(longest, follow(target));
        continue;
      }
      const message = 'leads back here without asking the caller anything: the call would never end';
      faults.push({ path: `steps.${name}.${field}`, message });
    }
    onPath.delete(name);
    const length = longest + (step.kind === 'announce' ? 1 : 0);
    lengths.set(name, length);
    return length;
  }

  for (const name of steps.keys()) {
    if (follow(name) !== MOST_ANNOUNCEMENTS_IN_A_ROW + 1) continue;
    const message = `begins more than ${MOST_ANNOUNCEMENTS_IN_A_ROW} announcements in a row`;
    faults.push({ path: `steps.${name}`, message });
  }
  return faults;
}

import type { PhoneNumber } from '../phone-number.ts';
import type { OpeningHours } from './opening-hours.ts';

/** What is heard: a text in the voice of the menu, or an audio file. */
export type Announcement = { readonly say: string } | { readonly play: string };

/** Whom a step connects the caller with. */
export type ConnectTarget =
  | { readonly kind: 'phone-number'; readonly phoneNumber: PhoneNumber }
  /** The other party of the booking that the caller has on the number. */
  | { readonly kind: 'booking' };

/** One step of a conversation: it says or asks something, and names what comes next. */
export type Step =
  | { readonly kind: 'announce'; readonly announcement: Announcement; readonly next: string }
  | {
      readonly kind: 'ask';
      readonly prompt: string;
      /** The next step by the keys that are pressed: one key, or some one after another. */
      readonly choices: ReadonlyMap<string, string>;
      /** Where keys lead that mean nothing, and silence. */
      readonly otherwise: string;
      /** How often the question is heard while nothing is pressed. */
      readonly tries: number;
    }
  | {
      readonly kind: 'connect';
      readonly target: ConnectTarget;
      /** Where nobody can be found; the end of the call if absent. */
      readonly otherwise?: string;
    }
  | {
      readonly kind: 'open-at';
      readonly hours: OpeningHours;
      readonly next: string;
      readonly otherwise: string;
    }
  | { readonly kind: 'hang-up' };

/** What callers hear and press. */
export interface Menu {
  readonly menuId: string;
  /** Another one for each content: it tells a caller's state that the menu has been changed meanwhile. */
  readonly revision: string;
  readonly start: string;
  readonly voiceProfile: string;
  /** 0.5 to 2. */
  readonly speed: number;
  /** Heard at the end of a conversation that leads nowhere. */
  readonly goodbye: string;
  readonly steps: ReadonlyMap<string, Step>;
}

/** The target that ends the call; no step needs to be written for it. */
export const HANG_UP = 'hangup';
/** Letters, digits, `-` and `_`: they travel in the state of a call and are read in its record. */
export const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/;

export const DEFAULT_GOODBYE = 'Thank you for calling. Goodbye.';
const HANGING_UP: Step = { kind: 'hang-up' };

/** The step of a name; undefined where the menu has none. */
export function stepOf(menu: Pick<Menu, 'steps'>, name: string): Step | undefined {
  return menu.steps.get(name) ?? (name === HANG_UP ? HANGING_UP : undefined);
}

/** Every target that a step names, with the field that names it: `then`, `choices.2`. */
export function targetsOf(step: Step): readonly { readonly field: string; readonly target: string }[] {
  switch (step.kind) {
    case 'announce':
      return [{ field: 'then', target: step.next }];
    case 'ask':
      return [
        ...[...step.choices].map(([keys, target]) => ({ field: `choices.${keys}`, target })),
        { field: 'otherwise', target: step.otherwise },
      ];
    case 'connect':
      return step.otherwise === undefined ? [] : [{ field: 'otherwise', target: step.otherwise }];
    case 'open-at':
      return [
        { field: 'then', target: step.next },
        { field: 'otherwise', target: step.otherwise },
      ];
    case 'hang-up':
      return [];
  }
}

/** Whether the conversation rests in the step until the caller has done something. */
export function waitsForCaller(step: Step): boolean {
  return step.kind === 'ask';
}

/**
 * The steps that a caller may meet before pressing anything: all that the first answer of a call needs. It is kept
 * with each number that has the menu, so that a call in a menu costs one read like any other.
 */
export function entranceOf(menu: Menu): Menu {
  const steps = new Map<string, Step>();
  const open = [menu.start];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const step = menu.steps.get(name);
    if (step === undefined || steps.has(name)) continue;
    steps.set(name, step);
    if (!waitsForCaller(step)) open.push(...targetsOf(step).map(({ target }) => target));
  }
  return { ...menu, steps };
}

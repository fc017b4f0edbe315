import fc from 'fast-check';
import {
  DEFAULT_GOODBYE,
  type Menu,
  type Step,
  targetsOf,
} from '../../../../../functions/shared/domain/dialogue/menu.ts';
import { parseOpenSpan } from '../../../../../functions/shared/domain/dialogue/opening-hours.ts';
import { PhoneNumber } from '../../../../../functions/shared/domain/phone-number.ts';

/** Builders of menus for the tests of what is done with them. */

export const staff = PhoneNumber.from('+6567330000');

export function menuWith(steps: Record<string, Step>, more: Partial<Menu> = {}): Menu {
  return {
    menuId: 'test',
    revision: 'r1',
    start: 'main',
    voiceProfile: 'en-US-BenjaminRUS',
    speed: 1,
    goodbye: DEFAULT_GOODBYE,
    ...more,
    steps: new Map(Object.entries(steps)),
  };
}

export function says(text: string, next = 'hangup'): Step {
  return { kind: 'announce', announcement: { say: text }, next };
}

export function asks(
  prompt: string,
  choices: Record<string, string>,
  { otherwise = 'hangup', tries = 1 }: { otherwise?: string; tries?: number } = {},
): Step {
  return { kind: 'ask', prompt, choices: new Map(Object.entries(choices)), otherwise, tries };
}

export const connectsStaff: Step = { kind: 'connect', target: { kind: 'phone-number', phoneNumber: staff } };

export function span(text: string) {
  const read = parseOpenSpan(text);
  if (read === undefined) throw new Error(`${text} is no span of opening hours.`);
  return read;
}

const keys = ['0', '1', '2', '9', '*', '#', '12'];

/** Menus without faults: from any step on, only a question may lead backwards. */
export const soundMenu: fc.Arbitrary<Menu> = fc
  .integer({ min: 1, max: 8 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, at) => soundStep(at, count))))
  .map((steps) => withoutUnreachable(Object.fromEntries(steps.map((step, at) => [`s${at}`, step]))));

function soundStep(at: number, count: number): fc.Arbitrary<Step> {
  const anywhere = fc.constantFrom('hangup', ...Array.from({ length: count }, (_, to) => `s${to}`));
  const onwards = fc.constantFrom(
    'hangup',
    ...Array.from({ length: count - at - 1 }, (_, to) => `s${at + 1 + to}`),
  );
  return fc.oneof(
    onwards.map((next) => says(`step ${at}`, next)),
    fc
      .record({
        choices: fc.dictionary(fc.constantFrom(...keys), anywhere, { minKeys: 1, maxKeys: 4 }),
        otherwise: anywhere,
        tries: fc.integer({ min: 1, max: 3 }),
      })
      .map(({ choices, ...more }) => asks(`question ${at}`, choices, more)),
    fc.record({ next: onwards, otherwise: onwards }).map(
      (targets): Step => ({
        kind: 'open-at',
        hours: { timeZone: 'Asia/Singapore', week: { mon: [span('09:00-18:00')] }, dates: {} },
        ...targets,
      }),
    ),
    fc.constantFrom<Step>(connectsStaff, { kind: 'connect', target: { kind: 'booking' } }),
  );
}

function withoutUnreachable(steps: Record<string, Step>): Menu {
  const reached = new Map<string, Step>();
  const open = ['s0'];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const step = steps[name];
    if (step === undefined || reached.has(name)) continue;
    reached.set(name, step);
    open.push(...targetsOf(step).map(({ target }) => target));
  }
  return { ...menuWith({}), start: 's0', steps: reached };
}

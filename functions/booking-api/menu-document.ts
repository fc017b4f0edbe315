import * as z from 'zod';
import {
  type ConnectTarget,
  DEFAULT_GOODBYE,
  HANG_UP,
  type Menu,
  type Step,
} from '../shared/domain/dialogue/menu.ts';
import type { MenuDraft } from '../shared/domain/dialogue/menu-faults.ts';
import type { InputIssue } from '../shared/domain/problems.ts';
import { openingHours, presentOpeningHours } from './opening-hours-document.ts';
import { calledNumber } from './phone-numbers.ts';
import { presentedTime, wellFormedText } from './values.ts';

/*
 * A menu as it is written in JSON. Each step is read by itself, so that a fault in one hides none in another.
 */

const DEFAULT_VOICE_PROFILE = 'en-US-BenjaminRUS';
const MOST_TRIES = 5;

const target = wellFormedText.describe(`The name of a step, or "${HANG_UP}".`);
const prompt = wellFormedText.describe('A text that is read out, at most 3000 characters.');
const tries = z
  .int('must be a whole number')
  .min(1, 'must be at least 1')
  .max(MOST_TRIES, `must be at most ${MOST_TRIES}`);

const connectTarget = z.union(
  [z.literal('booking'), z.strictObject({ phoneNumber: calledNumber })],
  'must be "booking" or { "phoneNumber": "+65…" }',
);

const stepDocuments = {
  say: z.strictObject({ say: prompt, then: target }).describe('Reads a text out.'),
  play: z
    .strictObject({ play: wellFormedText.describe('An mp3 or wav file, http or https.'), then: target })
    .describe('Plays an audio file.'),
  ask: z
    .strictObject({
      ask: prompt,
      choices: z
        .record(wellFormedText, target, 'must be an object of keys and the steps they lead to')
        .describe('The next step by key: 0 to 9, * or #, or some one after another.'),
      otherwise: target.describe('Where a key that means nothing leads, and silence.'),
      tries: tries.default(1).describe('How often the question is heard while nothing is pressed.'),
    })
    .describe('Asks for a key.'),
  connect: z
    .strictObject({
      connect: connectTarget,
      otherwise: target.optional().describe('Where nobody can be found.'),
    })
    .describe('Connects the caller.'),
  openAt: z
    .strictObject({ openAt: openingHours, then: target, otherwise: target })
    .describe('Goes on by the hour: `then` while it is open.'),
  hangup: z.strictObject({ hangup: z.literal(true, 'must be true') }).describe('Ends the call.'),
};

type StepName = keyof typeof stepDocuments;
type StepDocument<Name extends StepName> = z.output<(typeof stepDocuments)[Name]>;

const stepNames = Object.keys(stepDocuments);
const isStepName = (name: string): name is StepName => stepNames.includes(name);

const head = {
  start: target.describe('The first step.'),
  voiceProfile: wellFormedText
    .default(DEFAULT_VOICE_PROFILE)
    .describe("A code of the account's speech profiles."),
  speed: z.number('must be a number from 0.5 to 2').default(1),
  goodbye: prompt.default(DEFAULT_GOODBYE).describe('Heard where a call ends and nothing else is said.'),
};
const notAnObject = 'must be a JSON object';
const headDocument = z.strictObject(
  { ...head, steps: z.record(z.string(), z.unknown(), 'must be an object of steps by their names') },
  notAnObject,
);

/** The same, with the steps written out, for the description of the API. */
const described = z.strictObject({
  ...head,
  steps: z.record(z.string(), z.union(Object.values(stepDocuments))),
});

/** A menu as it is answered. */
export const presentedMenu = z
  .object({
    menuId: z.string(),
    revision: z.string().describe('Another one for each content.'),
    start: z.string(),
    voiceProfile: z.string(),
    speed: z.number(),
    goodbye: z.string(),
    steps: z.record(z.string(), z.record(z.string(), z.unknown())).describe('As they may be put.'),
    updatedAt: presentedTime,
  })
  .meta({ id: 'Menu' });

/** The body of a menu: read as far as it can be, with every fault of its form. */
export interface ReadMenu {
  readonly draft: MenuDraft | undefined;
  readonly issues: readonly InputIssue[];
}

/** Reads any JSON value as a menu. Whether its steps lead anywhere is for `menuFaults`. */
export function readMenu(value: unknown): ReadMenu {
  const read = headDocument.safeParse(value);
  const withSteps = z.looseObject({ steps: z.record(z.string(), z.unknown()) }).safeParse(value);
  const steps = Object.entries(withSteps.success ? withSteps.data.steps : {}).map(([name, step]) =>
    readStep(name, step),
  );
  const issues = [...(read.success ? [] : issuesOf(read.error, '')), ...steps.flatMap((step) => step.issues)];
  if (!read.success) return { draft: undefined, issues };
  const { steps: _, ...rest } = read.data;
  return { draft: { ...rest, steps: new Map(steps.map(({ name, step }) => [name, step])) }, issues };
}

/** What `PUT` takes, described by its steps; every fault of form is found by {@link readMenu}. */
export const menuBody = z
  .unknown()
  .transform(readMenu)
  .meta({ ...z.toJSONSchema(described, { io: 'input', unrepresentable: 'any' }), title: 'Menu' });

function readStep(
  name: string,
  value: unknown,
): { name: string; step: Step | undefined; issues: InputIssue[] } {
  const path = `steps.${name}`;
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const [kind, another] = keys.filter(isStepName);
  if (kind === undefined || another !== undefined) {
    const message = `must have exactly one of ${stepNames.map((one) => `"${one}"`).join(', ')}`;
    return { name, step: undefined, issues: [{ path, message }] };
  }
  const read = stepDocuments[kind].safeParse(value);
  if (!read.success) return { name, step: undefined, issues: issuesOf(read.error, path) };
  return { name, step: stepOf(kind, read.data), issues: [] };
}

function issuesOf(error: z.ZodError, path: string): InputIssue[] {
  const at = (parts: readonly PropertyKey[]) =>
    [path, ...parts.map(String)].filter((part) => part !== '').join('.');
  return error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: at([...issue.path, key]), message: 'is not a known field' }))
      : [{ path: at(issue.path) || 'body', message: issue.message }],
  );
}

function stepOf(kind: StepName, document: unknown): Step {
  // Each document was read by the schema of its kind.
  const as = <Name extends StepName>(_: Name) => document as StepDocument<Name>;
  switch (kind) {
    case 'say': {
      const { say, then } = as('say');
      return { kind: 'announce', announcement: { say }, next: then };
    }
    case 'play': {
      const { play, then } = as('play');
      return { kind: 'announce', announcement: { play }, next: then };
    }
    case 'ask': {
      const { ask, choices, otherwise, tries: count } = as('ask');
      return { kind: 'ask', prompt: ask, choices: new Map(Object.entries(choices)), otherwise, tries: count };
    }
    case 'connect': {
      const { connect, otherwise } = as('connect');
      return { kind: 'connect', target: targetOf(connect), ...(otherwise !== undefined && { otherwise }) };
    }
    case 'openAt': {
      const { openAt, then, otherwise } = as('openAt');
      return { kind: 'open-at', hours: openAt, next: then, otherwise };
    }
    case 'hangup':
      return { kind: 'hang-up' };
  }
}

function targetOf(connect: z.output<typeof connectTarget>): ConnectTarget {
  if (connect === 'booking') return { kind: 'booking' };
  return { kind: 'phone-number', phoneNumber: connect.phoneNumber };
}

/** A menu in JSON, as it may be put again. */
export function presentMenu(menu: Menu): Omit<z.output<typeof presentedMenu>, 'updatedAt'> {
  const { steps, ...rest } = menu;
  return { ...rest, steps: Object.fromEntries([...steps].map(([name, step]) => [name, presentStep(step)])) };
}

function presentStep(step: Step): Record<string, unknown> {
  switch (step.kind) {
    case 'announce':
      return { ...step.announcement, then: step.next };
    case 'ask': {
      const { prompt: text, choices, otherwise, tries: count } = step;
      return { ask: text, choices: Object.fromEntries(choices), otherwise, tries: count };
    }
    case 'connect':
      return {
        connect: presentTarget(step.target),
        ...(step.otherwise !== undefined && { otherwise: step.otherwise }),
      };
    case 'open-at':
      return { openAt: presentOpeningHours(step.hours), then: step.next, otherwise: step.otherwise };
    case 'hang-up':
      return { hangup: true };
  }
}

function presentTarget(connect: ConnectTarget): unknown {
  switch (connect.kind) {
    case 'booking':
      return 'booking';
    case 'phone-number':
      return { phoneNumber: connect.phoneNumber.reveal() };
  }
}

import * as z from 'zod/mini';
import type { Menu, Step } from '../../../domain/dialogue/menu.ts';
import { weekDays } from '../../../domain/dialogue/opening-hours.ts';
import { PhoneNumber } from '../../../domain/phone-number.ts';

/** Menus are parsed on the way out: one that another release wrote in another shape fails here, loudly. */

const phoneNumber = z.pipe(
  z.string(),
  z.transform((text: string) => PhoneNumber.from(text)),
);
const spans = z.array(z.object({ fromMinute: z.number(), untilMinute: z.number() }));

const hours = z.object({
  timeZone: z.string(),
  week: z.partialRecord(z.enum(weekDays), spans),
  dates: z.record(z.string(), spans),
});

const step = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('announce'),
    announcement: z.union([z.object({ say: z.string() }), z.object({ play: z.string() })]),
    next: z.string(),
  }),
  z.object({
    kind: z.literal('ask'),
    prompt: z.string(),
    choices: z.record(z.string(), z.string()),
    otherwise: z.string(),
    tries: z.number(),
  }),
  z.object({
    kind: z.literal('connect'),
    target: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('phone-number'), phoneNumber }),
      z.object({ kind: z.literal('booking') }),
    ]),
    otherwise: z.optional(z.string()),
  }),
  z.object({ kind: z.literal('open-at'), hours, next: z.string(), otherwise: z.string() }),
  z.object({ kind: z.literal('hang-up') }),
]);

const menuRow = z.object({
  menuId: z.string(),
  revision: z.string(),
  start: z.string(),
  voiceProfile: z.string(),
  speed: z.number(),
  goodbye: z.string(),
  /** A list, so that a step may have any name. */
  steps: z.array(z.object({ name: z.string(), step })),
});

/** @throws for a row of another shape. */
export function parseMenu(attributes: unknown): Menu {
  const { steps, ...rest } = menuRow.parse(attributes);
  return { ...rest, steps: new Map(steps.map(({ name, step: read }) => [name, toStep(read)])) };
}

function toStep(read: z.output<typeof step>): Step {
  switch (read.kind) {
    case 'ask':
      return { ...read, choices: new Map(Object.entries(read.choices)) };
    case 'connect': {
      const { otherwise, ...rest } = read;
      return { ...rest, ...(otherwise !== undefined && { otherwise }) };
    }
    case 'open-at': {
      const week = Object.fromEntries(
        Object.entries(read.hours.week).filter(([, open]) => open !== undefined),
      );
      return { ...read, hours: { ...read.hours, week } };
    }
    default:
      return read;
  }
}

/** The attributes of a menu, without keys. */
export function menuAttributes(menu: Menu): Record<string, unknown> {
  const steps = [...menu.steps].map(([name, one]) => ({ name, step: stepAttributes(one) }));
  return { ...menu, steps };
}

function stepAttributes(one: Step): Record<string, unknown> {
  if (one.kind === 'ask') return { ...one, choices: Object.fromEntries(one.choices) };
  if (one.kind !== 'connect' || one.target.kind !== 'phone-number') return { ...one };
  return { ...one, target: { ...one.target, phoneNumber: one.target.phoneNumber.reveal() } };
}

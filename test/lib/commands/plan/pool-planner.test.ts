import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { erlangB, theoryOf } from '../../../../lib/commands/plan/formulas.ts';
import { drawPlan } from '../../../../lib/commands/plan/picture.ts';
import { type Plan, planPool } from '../../../../lib/commands/plan/plan.ts';
import { runPlanner } from '../../../../lib/commands/plan/plan-command.ts';
import { parseDuration } from '../../../../lib/commands/plan/settings.ts';

const MINUTE_MS = 60_000;

const settings = {
  bookingsPerHour: 600,
  holdMs: 30 * MINUTE_MS,
  coolDownMs: 30 * MINUTE_MS,
  maxPerParty: 3,
  drivers: 200,
  riders: 2400,
  numbering: 'shared',
  durationMs: 120 * MINUTE_MS,
  warmUpMs: 60 * MINUTE_MS,
  seed: 1,
  acceptedRefusals: 0.001,
  currency: 'USD',
  rent: 2,
} as const;

describe('the formulas', () => {
  test('bound a driver’s numbers by the bookings that can overlap with their cool-downs', () => {
    const shared = theoryOf(settings, 'shared');
    const perParty = theoryOf(settings, 'per-party');

    expect(shared).toMatchObject({ degree: 6, bound: 11, offeredLoad: 3 });
    expect(perParty.bound).toBe(6);
  });

  test('agree with published values of the Erlang B table', () => {
    const chances = [erlangB(1, 1), erlangB(2, 2), erlangB(5, 10)];

    expect(chances[0]).toBeCloseTo(0.5, 10);
    expect(chances[1]).toBeCloseTo(0.4, 10);
    expect(chances[2]).toBeCloseTo(0.0184, 4);
  });
});

describe('a plan', () => {
  test('needs the smallest pool that keeps refusals within what is accepted, and never more than the bound', async () => {
    const plan = await planPool(settings);

    const below = plan.pools.find(({ numbers }) => numbers === plan.needed.numbers - 1);
    expect(plan.needed.refusalChance).toBeLessThanOrEqual(settings.acceptedRefusals);
    expect(below?.refusalChance).toBeGreaterThan(settings.acceptedRefusals);
    expect(plan.needed.numbers).toBeLessThanOrEqual(plan.theory.bound);
    expect(plan.peakDegree).toBeLessThanOrEqual(plan.theory.degree);
    expect(plan.needed.monthlyRent).toBe(plan.needed.numbers * 2);
  });

  test('refuses nobody with a number per party and as many numbers as the bound', async () => {
    const perParty = { ...settings, numbering: 'per-party', acceptedRefusals: 0 } as const;

    const plan = await planPool(perParty);

    expect(plan.needed.refused).toBe(0);
    expect(plan.needed.numbers).toBeLessThanOrEqual(6);
  });

  test('is the same for the same seed', async () => {
    const [one, other] = [await planPool(settings), await planPool(settings)];

    expect(one).toEqual(other);
  });

  test('draws every size with its chance and its rent', async () => {
    const plan: Plan = await planPool(settings);

    const svg = drawPlan(plan);

    expect(svg.match(/<rect /g)?.length).toBeGreaterThanOrEqual(plan.pools.length);
    for (const { numbers, monthlyRent } of plan.pools) {
      expect(svg).toContain(`>${numbers}</text>`);
      expect(svg).toContain(`>${monthlyRent?.toFixed(2)} USD</text>`);
    }
  });
});

describe('the command', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'pool-planner-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function run(line: string) {
    let out = '';
    let errors = '';
    const exitCode = await runPlanner(line.split(' '), {
      write: (text) => {
        out += text;
      },
      writeError: (text) => {
        errors += text;
      },
      isTerminal: false,
    });
    return { exitCode, out, errors };
  }

  test('prints the plan for a person, and nothing else to somebody who is not at a terminal', async () => {
    const { exitCode, out, errors } = await run(
      '--bookings-per-hour 300 --hold 30m --cool-down 30m --max-per-party 2 --rent 6.50',
    );

    expect(exitCode).toBe(0);
    expect(out).toMatch(/\d+ virtual numbers are needed, [\d.]+ USD a month/);
    expect(errors).toBe('');
  });

  test('prints JSON and keeps a picture when asked to', async () => {
    const file = path.join(folder, 'plan.svg');

    const { out } = await run(
      `--bookings-per-hour 300 --hold 30m --numbering per-party --json --svg ${file}`,
    );

    expect(JSON.parse(out)).toMatchObject({ needed: { numbers: 1 }, theory: { degree: 1, bound: 1 } });
    expect(await readFile(file, 'utf8')).toMatch(/^<svg /);
  });

  test.each([
    ['--bookings-per-hour 300 --hold forever', 'Write a number and a unit'],
    ['--bookings-per-hour none --hold 30m', 'whole number of 1 or more'],
    ['--hold 30m', "required option '--bookings-per-hour <count>'"],
    ['--bookings-per-hour 300 --hold 30m --drivers 10', 'Raise --drivers, --riders or --max-per-party'],
    ['--bookings-per-hour 60 --hold 5m --svg /nowhere/plan.svg', 'could not be written to /nowhere/plan.svg'],
    ['--bookings-per-hour 60 --hold 5m --max-refusals 2', 'Write a percentage'],
  ])('says what is wrong with %s', async (line, expected) => {
    const { exitCode, errors } = await run(line);

    expect(exitCode).toBe(1);
    expect(errors).toContain(expected);
  });

  test('reads durations in seconds, minutes, hours and days', () => {
    const durations = ['90s', '35m', '1.5h', '2d', '0'].map(parseDuration);

    expect(durations).toEqual([90_000, 2_100_000, 5_400_000, 172_800_000, 0]);
  });
});

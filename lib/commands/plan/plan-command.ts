import { writeFile } from 'node:fs/promises';
import { red } from 'ansis';
import { Command, CommanderError, Option } from 'commander';
import { drawPlan } from './picture.ts';
import { type Plan, type PlanSettings, type Progress, planPool } from './plan.ts';
import { renderPlan } from './presentation.ts';
import { parseAmount, parseCount, parseDuration, parseHold, parseSeed, parseShare } from './settings.ts';

interface Flags {
  readonly bookingsPerHour: number;
  readonly hold: number;
  readonly coolDown: number;
  readonly maxPerParty: number;
  readonly drivers?: number;
  readonly riders?: number;
  readonly numbering: 'shared' | 'per-party';
  readonly maxRefusals: number;
  readonly rent?: number;
  readonly currency: string;
  readonly seed: number;
  readonly hours: number;
  readonly svg?: string;
  readonly json?: boolean;
}

/** Where a command's words go; a test listens instead of a terminal. */
export interface Output {
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** Progress is shown only to somebody who can watch it. */
  readonly isTerminal: boolean;
}

const HOUR_MS = 3_600_000;

/**
 * Runs the pool planner: how many virtual numbers a demand needs, and what they cost.
 *
 * @param args what follows the command's name.
 * @returns the exit code for the shell: 0, or 1 when the arguments or the file were wrong.
 */
export async function runPlanner(args: readonly string[], output: Output): Promise<number> {
  try {
    const command = commandFor(output);
    command.parse([...args], { from: 'user' });
    await run(command.opts<Flags>(), output);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    if (!(error instanceof PlannerError)) throw error;
    output.writeError(`${red(error.message)}\n`);
    return 1;
  }
}

/** The plan cannot be made or kept as asked. */
class PlannerError extends Error {
  override readonly name = 'PlannerError';
}

function commandFor(output: Output): Command {
  return new Command('plan')
    .description('Tells how many virtual numbers a demand needs, by formula and by simulation.')
    .requiredOption('--bookings-per-hour <count>', 'bookings made in a busy hour', parseCount)
    .requiredOption('--hold <duration>', 'from a booking to its end, such as 35m', parseHold)
    .option('--cool-down <duration>', 'rest of a number after a booking', parseDuration, 0)
    .option('--max-per-party <count>', 'most live bookings of a driver at once', parseCount, 1)
    .option('--drivers <count>', 'drivers at work (default: each half busy on average)', parseCount)
    .option(
      '--riders <count>',
      'people who book, one ride at a time (default: four times an hour’s bookings)',
      parseCount,
    )
    .addOption(
      new Option('--numbering <how>', 'one number for both, or one for each')
        .choices(['shared', 'per-party'])
        .default('shared'),
    )
    .option('--max-refusals <share>', 'share of bookings that may be refused', parseShare, 0.001)
    .option('--rent <amount>', 'for one number a month', parseAmount)
    .option('--currency <code>', 'of the rent', 'USD')
    .option('--hours <count>', 'hours that are simulated and counted', parseCount, 1)
    .option('--seed <number>', 'the same seed gives the same bookings', parseSeed, 1)
    .option('--svg <file>', 'draw the plan into a file')
    .option('--json', 'print the plan as JSON')
    .configureOutput({ writeOut: output.write, writeErr: output.writeError })
    .showHelpAfterError('(--help tells more)')
    .exitOverride();
}

function settingsOf(flags: Flags): PlanSettings {
  const live = (flags.bookingsPerHour * flags.hold) / HOUR_MS;
  const drivers = flags.drivers ?? Math.max(1, Math.ceil((2 * live) / flags.maxPerParty));
  const riders = flags.riders ?? Math.max(4 * flags.bookingsPerHour, Math.ceil(2 * live));
  if (live > drivers * flags.maxPerParty || live > riders) {
    throw new PlannerError(
      `About ${Math.ceil(live).toLocaleString('en-US')} bookings are live at a time; ${drivers} drivers with at most ` +
        `${flags.maxPerParty} each and ${riders} riders cannot have so many. Raise --drivers, --riders or --max-per-party.`,
    );
  }
  const warmUpMs = flags.hold + flags.coolDown;
  return {
    bookingsPerHour: flags.bookingsPerHour,
    holdMs: flags.hold,
    coolDownMs: flags.coolDown,
    maxPerParty: flags.maxPerParty,
    drivers,
    riders,
    numbering: flags.numbering,
    acceptedRefusals: flags.maxRefusals,
    ...(flags.rent !== undefined && { rent: flags.rent }),
    currency: flags.currency,
    warmUpMs,
    durationMs: warmUpMs + flags.hours * HOUR_MS,
    seed: flags.seed,
  };
}

async function run(flags: Flags, output: Output): Promise<void> {
  const settings = settingsOf(flags);
  const showProgress = ({ numbers, share }: Progress): void =>
    output.writeError(`\r  simulating ${numbers} numbers … ${Math.round(share * 100)} %   `);
  const plan = await planPool(settings, output.isTerminal ? showProgress : undefined);
  if (output.isTerminal) output.writeError('\r\u001b[K');
  output.write(flags.json ? `${JSON.stringify(plan, undefined, 2)}\n` : `${renderPlan(plan)}\n`);
  if (flags.svg !== undefined) await keepPicture(plan, flags.svg);
}

async function keepPicture(plan: Plan, file: string): Promise<void> {
  try {
    await writeFile(file, drawPlan(plan));
  } catch (error) {
    throw new PlannerError(
      `The picture could not be written to ${file}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

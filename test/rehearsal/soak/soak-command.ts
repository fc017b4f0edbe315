import { Command, InvalidArgumentError } from 'commander';
import { isFlawless, runSoak } from './soak.ts';
import { createProgressDisplay, renderReport } from './soak-display.ts';

const LARGEST_SEED = 2 ** 32 - 1;

function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    const number = Number(text);
    if (Number.isInteger(number) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/**
 * Runs the soak as a command.
 * @returns the exit code: 0 when nothing was lost or doubled and every final state is right, else 1.
 */
export async function runSoakCommand(args: readonly string[]): Promise<number> {
  const command = new Command('soak')
    .description(
      'Sends webhooks in any order, some twice, to a store that fails, and checks that none is lost.',
    )
    .option('--webhooks <count>', 'how many webhooks are sent', wholeNumber(1, 10_000_000), 100_000)
    .option('--seed <number>', 'repeats the run of this seed', wholeNumber(0, LARGEST_SEED))
    .parse(args, { from: 'user' });
  const { webhooks, seed = Math.floor(Math.random() * LARGEST_SEED) } = command.opts<{
    webhooks: number;
    seed?: number;
  }>();
  const report = await runSoak({ webhooks, seed, onProgress: createProgressDisplay(process.stdout) });
  console.log(`\n${renderReport(report, seed)}`);
  return isFlawless(report) ? 0 : 1;
}

import { Command, Option } from 'commander';
import { endReaper } from '../../local-cloud/processes/guarded-process.ts';
import { devSteps } from './dev-stage.ts';
import { ACCOUNT_ID, EmulatorUnavailableError, REGION } from './emulated-aws.ts';
import { failingDeploymentSteps } from './failing-deployments.ts';
import { prodSteps } from './prod-stage.ts';
import { type Rehearsal, startRehearsal } from './rehearsal.ts';
import { type Step, succeeded } from './steps.ts';

/** The parts of a rehearsal, in the order in which they are played; each stands on its own. */
const parts = { dev: devSteps, failures: failingDeploymentSteps, prod: prodSteps };

/**
 * The command behind `npm run rehearse-deploy`: deploys the project to an emulated AWS, in every way that a person may,
 * and calls what it deployed. One line a step.
 *
 * @returns the exit code: 0 when all went well, or when this machine cannot run the emulator.
 */
export async function runDeployRehearsal(
  args: readonly string[],
  write: (line: string) => void = console.log,
): Promise<number> {
  const command = new Command('rehearse-deploy')
    .description('Deploys to an emulated AWS, with the real cdk, and calls what was deployed.')
    .addOption(new Option('--only <parts...>', 'play these parts alone').choices(Object.keys(parts)))
    .helpOption('-h, --help', 'show this help')
    .addHelpText(
      'after',
      '\nNeeds Python 3.10 or newer; installs ministack into .build. Touches no account of AWS.',
    )
    .parse(args, { from: 'user' });
  const { only } = command.opts<{ only?: string[] }>();
  const chosen = Object.entries(parts).filter(([name]) => only === undefined || only.includes(name));
  const steps = [bootstrap, ...chosen.flatMap(([, stepsOf]) => stepsOf())];

  let rehearsal: Rehearsal;
  try {
    rehearsal = await startRehearsal((message) => write(`        ${message}`));
  } catch (error) {
    if (!(error instanceof EmulatorUnavailableError)) throw error;
    write(`skipped: ${error.message}`);
    return 0;
  }
  try {
    return await play(steps, rehearsal, write);
  } finally {
    await rehearsal.stop();
    await endReaper();
  }
}

const bootstrap: Step = {
  title: 'cdk bootstrap',
  async run({ cdk }) {
    succeeded(await cdk.bootstrap(ACCOUNT_ID, REGION));
  },
};

async function play(
  steps: readonly Step[],
  rehearsal: Rehearsal,
  write: (line: string) => void,
): Promise<number> {
  for (const [position, { title, run }] of steps.entries()) {
    const startedAtMs = Date.now();
    try {
      await run(rehearsal);
      write(`ok ${inSeconds(Date.now() - startedAtMs)}  ${title}`);
    } catch (error) {
      write(`FAILED  ${title}`);
      write(error instanceof Error ? error.message : String(error));
      write(
        `${position} of ${steps.length} steps passed; the log of the emulator is .build/emulated-aws.log.`,
      );
      return 1;
    }
  }
  write(`${steps.length} of ${steps.length} steps passed.`);
  return 0;
}

function inSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`.padStart(8);
}

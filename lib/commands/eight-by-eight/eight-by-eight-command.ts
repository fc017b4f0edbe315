import { red } from 'ansis';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { EightByEightManagementApi } from '../../../functions/shared/adapters/eight-by-eight/management/management-api.ts';
import { DEFAULT_BASE_URL } from '../../../functions/shared/adapters/eight-by-eight/management/management-http.ts';
import { EightByEightError } from '../../../functions/shared/ports/eight-by-eight-error.ts';
import { ForeignAccountError } from '../../../functions/shared/use-cases/account-setup-error.ts';
import { ConfigurationError } from '../../configuration/configuration-error.ts';
import {
  apply,
  type Result,
  remove,
  rotateRecordingKey,
  type Session,
  showPlan,
  showStatus,
} from './commands.ts';
import { type ExitCode, exitCodeHelp, exitCodes } from './exit-codes.ts';
import { renderFailure, renderHeading, renderPlan } from './report.ts';
import { type Flags, Settings } from './settings.ts';
import { type RotationStep, rotateWebhookSecret, rotationSteps } from './webhook-secret-rotation.ts';

interface CommonFlags extends Flags {
  readonly json?: boolean;
}

const secretsHelp = `Secrets are taken from the environment or from Secrets Manager, never from the command line:
  EIGHT_BY_EIGHT_API_KEY    the API key (or --api-key-secret)
  WEBHOOK_AUTH              what 8x8 sends in Authorization, such as "Bearer …" (or --webhook-secret)
  UPLOAD_ACCESS_KEY_ID, UPLOAD_SECRET_ACCESS_KEY
                            the key that 8x8 uploads recordings with (or --upload-key-secret)

${exitCodeHelp}`;

/**
 * Runs the operator's command.
 *
 * @param args what follows the command's name.
 * @returns the exit code for the shell.
 */
export async function runEightByEight(args: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.fine;
  const run = async (flags: CommonFlags, command: (session: Session) => Promise<Result>) => {
    exitCode = await runCommand(flags, command);
  };
  const program = new Command('eight-by-eight')
    .description('Sets up the 8x8 sub-account that delivers calls to this service.')
    .addHelpText('after', `\n${secretsHelp}`)
    .showHelpAfterError('(--help tells more)')
    .exitOverride();

  aimed(
    program,
    'status',
    'show what is registered, whether it is as it should be, the virtual numbers and the voices',
  ).action((flags: CommonFlags) => run(flags, showStatus));
  aimed(program, 'plan', 'show what apply would change')
    .addOption(takeOver())
    .action((flags: CommonFlags & { takeOver?: boolean }) =>
      run(flags, (session) => showPlan(session, flags.takeOver === true)),
    );
  aimed(program, 'apply', 'make the account what it should be')
    .addOption(takeOver())
    .option(
      '--renew-authorization',
      'register the webhooks anew although they look right: the secret has changed',
    )
    .action((flags: CommonFlags & { takeOver?: boolean; renewAuthorization?: boolean }) =>
      run(flags, (session) =>
        apply(session, {
          takeOver: flags.takeOver === true,
          renewAuthorization: flags.renewAuthorization === true,
        }),
      ),
    );
  aimed(program, 'remove', 'take out what points to this service, and nothing else').action(
    (flags: CommonFlags) => run(flags, remove),
  );
  aimed(program, 'rotate-recording-key', 'give 8x8 a new key for uploading recordings')
    .addOption(
      new Option('--upload-user <name>', 'IAM user that uploads').env('UPLOAD_USER').makeOptionMandatory(),
    )
    .option('--finish', 'delete the former key, once its uploads are over')
    .addOption(
      new Option('--settle-seconds <seconds>', 'how long AWS gets to know the new key everywhere')
        .default(15)
        .argParser(parseSeconds),
    )
    .action((flags: CommonFlags & { uploadUser: string; finish?: boolean; settleSeconds: number }) =>
      run(flags, async (session) => {
        const { AwsUploadKeys } = await import('./aws-upload-keys.ts');
        const keys = new AwsUploadKeys(flags.uploadUser, session.settings.uploadKeySecret);
        const settleMs = flags.settleSeconds * 1000;
        return rotateRecordingKey(session, keys, { finish: flags.finish === true, settleMs });
      }),
    );

  aimed(program, 'rotate-webhook-secret', 'replace what 8x8 sends in Authorization, without refusing a call')
    .addOption(
      new Option('--step <step>', 'announce; an hour later register; an hour later finish')
        .choices(rotationSteps)
        .makeOptionMandatory(),
    )
    .action((flags: CommonFlags & { step: RotationStep }) =>
      run(flags, async (session) => {
        if (flags.webhookSecret === undefined || process.env.WEBHOOK_AUTH) {
          throw new ConfigurationError(
            'Name the secret with --webhook-secret (the output WebhookSecretArn of the stack), and leave WEBHOOK_AUTH unset.',
          );
        }
        const { openWebhookSecret } = await import('./aws-webhook-secret.ts');
        await rotateWebhookSecret(flags.step, {
          secret: openWebhookSecret(flags.webhookSecret),
          register: () => apply(session, { takeOver: false, renewAuthorization: true }),
          tell: session.say,
        });
        return { exitCode: exitCodes.fine, json: { step: flags.step } };
      }),
    );

  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.fine : exitCodes.usage;
  }
  return exitCode;
}

/** A command that talks to 8x8 and knows what the account should look like, as far as it is told. */
function aimed(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--stage <stage>', 'take what is not given from this stage in cdk.json')
    .addOption(new Option('--sub-account <id>', 'sub-account at 8x8').env('SUB_ACCOUNT_ID'))
    .addOption(
      new Option('--base-url <url>', `voice API of 8x8 (${DEFAULT_BASE_URL} by default)`).env('BASE_URL'),
    )
    .addOption(
      new Option('--api-key-secret <name>', 'secret that holds the API key').env(
        'EIGHT_BY_EIGHT_API_KEY_SECRET',
      ),
    )
    .addOption(
      new Option('--voice-profile <codes>', 'voices that callers hear, by comma: each must be offered')
        .env('VOICE_PROFILES')
        .argParser((codes) => codes.split(',').map((code) => code.trim())),
    )
    .addOption(new Option('--api-url <url>', 'where the service answers: ApiUrl of the stack').env('API_URL'))
    .addOption(
      new Option('--webhook-secret <arn>', 'secret with what 8x8 sends: WebhookSecretArn of the stack').env(
        'WEBHOOK_SECRET_ARN',
      ),
    )
    .option('--no-recordings', 'calls are not recorded: no webhook for recordings')
    .addOption(new Option('--recording-bucket <name>', 'bucket that 8x8 pushes to').env('RECORDING_BUCKET'))
    .addOption(new Option('--recording-region <region>', 'region of the bucket').env('RECORDING_REGION'))
    .addOption(new Option('--recording-prefix <folder>', 'folder in the bucket').env('RECORDING_PREFIX'))
    .addOption(
      new Option('--recording-path <template>', 'path to tell 8x8; {bucket} and {prefix} are filled in').env(
        'RECORDING_PATH',
      ),
    )
    .addOption(
      new Option('--upload-key-secret <arn>', 'secret with the upload key').env('UPLOAD_KEY_SECRET_ARN'),
    )
    .option('--json', 'print one JSON document instead of text')
    .option('--no-color', 'print without colours, as NO_COLOR does');
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() === '' || !(seconds >= 0 && seconds <= 600)) {
    throw new InvalidArgumentError('Expected 0 to 600 seconds.');
  }
  return seconds;
}

function takeOver(): Option {
  return new Option('--take-over', 'replace webhooks that serve somebody else');
}

async function runCommand(
  flags: CommonFlags,
  command: (session: Session) => Promise<Result>,
): Promise<ExitCode> {
  const say = (text: string) => {
    if (flags.json !== true && text !== '') console.log(text);
  };
  try {
    const settings = await readSettings(flags);
    const { subAccountId, baseUrl } = settings;
    const api = new EightByEightManagementApi({ subAccountId, baseUrl, apiKey: () => settings.apiKey() });
    say(renderHeading(subAccountId, baseUrl));
    const { exitCode, json } = await command({ settings, api, say });
    if (flags.json === true) console.log(JSON.stringify({ subAccountId, baseUrl, ...json }, null, 2));
    return exitCode;
  } catch (error) {
    return report(error, flags, say);
  }
}

/** The stage's configuration is read only where it is asked for: it needs all of the deployment's code. */
async function readSettings(flags: CommonFlags): Promise<Settings> {
  if (flags.stage === undefined) return new Settings(flags, {}, process.env);
  const { readStageDefaults } = await import('./stage-defaults.ts');
  return new Settings(flags, readStageDefaults(flags.stage), process.env);
}

/** Tells what went wrong and what to do, and turns it into an exit code. No stack: none of it is a bug of ours. */
function report(error: unknown, flags: CommonFlags, say: (text: string) => void): ExitCode {
  const failure = error instanceof Error ? error : new Error('Something that is no error was thrown.');
  const { name, message } = failure;
  if (error instanceof ForeignAccountError) say(`${renderPlan(error.plan)}\n`);
  if (flags.json === true) {
    const kind = error instanceof EightByEightError ? error.kind : undefined;
    console.log(JSON.stringify({ error: { name, kind, message } }, null, 2));
  } else {
    console.error(red(renderFailure(failure)));
  }
  if (error instanceof ForeignAccountError) return exitCodes.foreign;
  const isSettings =
    error instanceof ConfigurationError ||
    (error instanceof EightByEightError && error.kind === 'misconfigured');
  return isSettings ? exitCodes.usage : exitCodes.failed;
}

import { SQSClient } from '@aws-sdk/client-sqs';
import { red } from 'ansis';
import { Argument, Command, CommanderError, Option } from 'commander';
import * as z from 'zod';
import { parseJson } from '../../../functions/shared/domain/parse-json.ts';
import { acknowledgedWebhooks } from '../../../functions/shared/ports/webhook-queues.ts';
import { ConfigurationError } from '../../configuration/configuration-error.ts';
import { type StageName, stageNames } from '../../configuration/deployment-settings.ts';
import { REGION } from '../../local-cloud/template/physical-names.ts';
import { stackNameOf } from '../../stack-name.ts';
import { countMessages, findQueue, moveMessages } from './waiting-messages.ts';

/** Where messages wait for a person, and where they can go from there. */
interface Redrive {
  /** Logical ids of the queues. */
  readonly from: string;
  readonly to: string;
  readonly what: string;
  readonly accepts: (body: string) => boolean;
}

const rawWebhook = z.object({ webhook: z.enum(acknowledgedWebhooks), body: z.string() });

const redrives: Readonly<Record<string, Redrive>> = {
  webhooks: {
    from: 'WebhookRetryDeadLetterQueue',
    to: 'WebhookRetryQueue',
    what: 'events of calls that could not be stored',
    accepts: () => true,
  },
  decisions: {
    from: 'CallDecisionsDeadLetterQueue',
    to: 'CallDecisionsRedriveQueue',
    what: 'batches of decisions that could not be stored',
    accepts: () => true,
  },
  quarantine: {
    from: 'QuarantineQueue',
    to: 'WebhookRetryQueue',
    what: 'events of calls whose shape was unknown',
    // A caller whose call action could not be read has long been answered.
    accepts: (body) => rawWebhook.safeParse(parseJson(body)).success,
  },
  events: {
    from: 'EventWebhookDeadLetterQueue',
    to: 'EventWebhookQueue',
    what: "events that the company's endpoint did not take",
    accepts: () => true,
  },
  undelivered: {
    from: 'EventRuleDeadLetterQueue',
    to: 'EventWebhookQueue',
    what: "events that the bus could not hand to the queue of the company's endpoint",
    accepts: () => true,
  },
};

const LOCAL_PATIENCE_MS = 5_000;

interface Flags {
  readonly stage: StageName;
  readonly localUrl: string;
}

/** Where a command's words go; a test listens instead of a terminal. */
export interface Output {
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
}

/**
 * Moves messages that wait for a person back to where they are processed, or tells how many there are.
 *
 * @param args what follows the command's name.
 * @returns the exit code for the shell: 0, or 1 when the arguments were wrong or AWS failed.
 */
export async function runRedrive(args: readonly string[], output: Output): Promise<number> {
  const command = commandFor(output).action(async (kind: string | undefined, flags: Flags) => {
    const sqs = await openQueues(flags);
    try {
      const stackName = stackNameOf(flags.stage);
      for (const name of kind === undefined ? Object.keys(redrives) : [kind]) {
        const redrive = redrives[name];
        if (redrive !== undefined)
          output.write(await run(redrive, { sqs, stackName, moves: kind !== undefined }));
      }
    } finally {
      sqs.destroy();
    }
  });
  try {
    await command.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    output.writeError(`${red(error instanceof Error ? error.message : String(error))}\n`);
    return 1;
  }
}

function commandFor(output: Output): Command {
  const kinds = Object.entries(redrives).map(([name, { what }]) => `  ${name.padEnd(12)}${what}`);
  return new Command('redrive')
    .description('Moves what waits for a person back to where it is processed, once the cause is gone.')
    .addArgument(new Argument('[what]', 'without it, how many wait is told').choices(Object.keys(redrives)))
    .addOption(new Option('--stage <stage>', 'whose queues').choices(stageNames).makeOptionMandatory())
    .option('--local-url <url>', 'where the local cloud of stage local answers', localUrlOf(process.env))
    .addHelpText(
      'after',
      `\nWhat can be moved:\n${kinds.join('\n')}\n\nRepeating is harmless: every event has an id.`,
    )
    .configureOutput({ writeOut: output.write, writeErr: output.writeError })
    .showHelpAfterError('(--help tells more)')
    .exitOverride();
}

interface Run {
  readonly sqs: SQSClient;
  readonly stackName: string;
  readonly moves: boolean;
}

/** @returns what is to be told, in whole lines. */
async function run({ from, to, what, accepts }: Redrive, { sqs, stackName, moves }: Run): Promise<string> {
  const [fromUrl, toUrl] = await Promise.all([from, to].map((id) => findQueue(sqs, stackName, id)));
  if (fromUrl === undefined || toUrl === undefined) {
    if (!moves) return '';
    throw new ConfigurationError(
      `The stack ${stackName} has no ${fromUrl === undefined ? from : to} in this account and region.`,
    );
  }
  if (!moves) return `${await countMessages(sqs, fromUrl)} ${what}, in ${from}\n`;
  const { moved, left } = await moveMessages({ sqs, fromUrl, toUrl, accepts });
  const stayed = left === 0 ? '' : `; ${left} stayed, because nothing there can process them`;
  return `${moved} moved from ${from} to ${to}${stayed}.\n`;
}

/** The local cloud as `npm start` would be told of it. */
function localUrlOf({ PORT: port }: NodeJS.ProcessEnv): string {
  return `http://127.0.0.1:${port && port !== '0' ? port : 3000}`;
}

/** The queues of the account that the environment names, or of a local cloud that runs. */
async function openQueues({ stage, localUrl }: Flags): Promise<SQSClient> {
  if (stage !== 'local') return new SQSClient({});
  const { endpoints } = await localCloud.parseAsync(await readOverview(localUrl));
  return new SQSClient({
    endpoint: endpoints.SQS,
    region: REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    useQueueUrlAsEndpoint: false,
  });
}

const localCloud = z.object({ endpoints: z.object({ SQS: z.url() }) });

async function readOverview(localUrl: string): Promise<unknown> {
  try {
    return await (
      await fetch(`${localUrl}/local-cloud`, { signal: AbortSignal.timeout(LOCAL_PATIENCE_MS) })
    ).json();
  } catch {
    throw new ConfigurationError(
      `No local cloud answers at ${localUrl}. Start one with npm start, or give --local-url.`,
    );
  }
}

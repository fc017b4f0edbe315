import { once } from 'node:events';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { bold, dim, red } from 'ansis';
import { Command, CommanderError } from 'commander';
import * as z from 'zod';
import { REGION } from '../../local-cloud/template/physical-names.ts';
import { createReceiver } from './receiver.ts';

const LOCAL_PATIENCE_MS = 5_000;
const SECRET = 'EventWebhookSecret';

/** Where a command's words go; a test listens instead of a terminal. */
interface Output {
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
}

interface Flags {
  readonly port: string;
  readonly secret?: string;
  readonly localUrl: string;
}

/** A receiver that runs. */
export interface Listening {
  readonly url: string;
  stop(): Promise<void>;
}

const anEvent = z.looseObject({
  type: z.string(),
  subject: z.string(),
  time: z.string(),
  data: z.record(z.string(), z.unknown()),
});

/**
 * Receives events on this machine, checks their signatures and prints them.
 * @returns the receiver; undefined when the command has nothing to do or could not do it, which has been told then.
 */
export async function runListen(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  output: Output,
): Promise<Listening | undefined> {
  try {
    const flags = commandFor(environment, output)
      .parse([...args], { from: 'user' })
      .opts<Flags>();
    const secret = flags.secret ?? (await readLocalSecret(flags));
    const server = createReceiver(secret, (event) => output.write(`${toldOf(anEvent.parse(event))}\n`));
    server.listen(Number(flags.port), '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : flags.port}/`;
    output.write(`Listening at ${url}\n`);
    return {
      url,
      async stop() {
        server.close();
        server.closeAllConnections();
        await once(server, 'close');
      },
    };
  } catch (error) {
    if (!(error instanceof CommanderError)) output.writeError(`${red(explain(error))}\n`);
    return undefined;
  }
}

function commandFor({ PORT: port }: Readonly<Record<string, string | undefined>>, output: Output): Command {
  return new Command('listen')
    .description('Receives events on this machine, checks their signatures and prints them.')
    .option('--port <port>', 'where to listen', '3002')
    .option('--secret <secret>', 'by which events are signed; without it, that of the local cloud')
    .option(
      '--local-url <url>',
      'where the local cloud answers',
      `http://127.0.0.1:${port && port !== '0' ? port : 3000}`,
    )
    .addHelpText(
      'after',
      '\nThe local cloud sends events there when it is started with\n' +
        '  npm start -- -c operations.events.webhookUrl=http://127.0.0.1:3002/\n' +
        'lib/commands/listen/receiver.ts shows how a receiver is written.',
    )
    .configureOutput({ writeOut: output.write, writeErr: output.writeError })
    .showHelpAfterError('(--help tells more)')
    .exitOverride();
}

function toldOf({ type, subject, time, data }: z.output<typeof anEvent>): string {
  return `${dim(time)} ${bold(type)} ${subject}\n${JSON.stringify(data, null, 2).replaceAll(/^/gm, '  ')}`;
}

const overview = z.object({
  endpoints: z.object({ SECRETS_MANAGER: z.url() }),
  secrets: z.array(z.object({ logicalId: z.string(), arn: z.string() })),
});

async function readLocalSecret({ localUrl, port }: Flags): Promise<string> {
  const { endpoints, secrets } = await readOverview(localUrl);
  const SecretId = secrets.find(({ logicalId }) => logicalId === SECRET)?.arn;
  if (SecretId === undefined) {
    throw new Error(
      'The local cloud posts its events nowhere. Start it with\n' +
        `  npm start -- -c operations.events.webhookUrl=http://127.0.0.1:${port}/`,
    );
  }
  const client = new SecretsManagerClient({
    endpoint: endpoints.SECRETS_MANAGER,
    region: REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId }));
  client.destroy();
  return z.object({ secret: z.string() }).parse(JSON.parse(SecretString)).secret;
}

async function readOverview(localUrl: string): Promise<z.output<typeof overview>> {
  let answer: unknown;
  try {
    const signal = AbortSignal.timeout(LOCAL_PATIENCE_MS);
    answer = await (await fetch(`${localUrl}/local-cloud`, { signal })).json();
  } catch {
    throw new Error(`No local cloud answers at ${localUrl}. Start one with npm start, or give --secret.`);
  }
  return overview.parse(answer);
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE') return `${error.message}. Choose another with --port.`;
  return error.message;
}

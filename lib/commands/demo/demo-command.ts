import { Command } from 'commander';
import { createJsonClient } from '../../local-cloud/service/json-client.ts';
import { findOrStartCloud, type Surroundings } from '../../local-cloud/service/surroundings.ts';
import { createRenderer } from './render.ts';
import { playDemo } from './scenario.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The command behind `npm run demo`: books a ride, plays calls through the simulated 8x8, and shows each as a ladder.
 * @param write takes finished lines, without line ends.
 */
export async function runDemo(
  args: readonly string[],
  environment: Environment,
  write: (line: string) => void = console.log,
): Promise<void> {
  const command = new Command('demo')
    .description('Books a ride and plays calls on it through a simulated 8x8.')
    .option('--json', 'print one JSON document instead of ladders')
    .helpOption('-h, --help', 'show this help')
    .addHelpText(
      'after',
      '\nUses the local cloud at PORT (3000) and SIMULATOR_PORT (3001) when it runs, else starts one of its own.',
    )
    .parse(args, { from: 'user' });
  const { json = false } = command.opts<{ json?: boolean }>();

  const say = json ? () => {} : write;
  const surroundings = await findOrStartCloud(environment, say);
  try {
    await show(surroundings, { json, colours: wantsColours(environment) }, write);
  } finally {
    await surroundings.end();
  }
}

async function show(
  { apiUrl, simulatorUrl, stays }: Surroundings,
  { json, colours }: { readonly json: boolean; readonly colours: boolean },
  write: (line: string) => void,
): Promise<void> {
  const renderer = createRenderer(colours);
  const print = (lines: readonly string[]): void => {
    if (!json) for (const line of lines) write(line);
  };
  let position = 0;
  const { booking, calls } = await playDemo(createJsonClient(apiUrl), createJsonClient(simulatorUrl), {
    onBooking: (made) => print(renderer.booking(made)),
    onCall: (played) => {
      position += 1;
      print(renderer.call(played, position));
    },
    onCompletion: () => print(renderer.completion()),
  });
  print(renderer.summary(calls));
  print(renderer.farewell({ apiUrl, stays }, calls));
  if (json) write(JSON.stringify({ apiUrl, simulatorUrl, booking, calls }, null, 2));
}

/** Colours are for people at a terminal; a build server may claim to show them, but nobody looks. */
function wantsColours({ NO_COLOR, TERM }: Environment): boolean {
  return process.stdout.isTTY === true && !NO_COLOR && TERM !== 'dumb';
}

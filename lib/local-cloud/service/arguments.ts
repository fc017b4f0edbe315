import { parseArgs } from 'node:util';
import { SettingsError } from './settings.ts';

/** What the user may say after `npm start --`. */
export interface Arguments {
  /** Settings of the stack, as the CDK takes them with `-c`. */
  readonly context: Readonly<Record<string, string>>;
  /** Whether the pages are opened in the browser once all is up. */
  readonly opensPages: boolean;
  readonly wantsHelp: boolean;
}

/** How the command is used. */
export const HELP = `Usage: npm start -- [options]

Serves the stack on this machine, with a simulated 8x8 beside it.

  -c, --context <setting=value>  a setting of the stack, such as operations.events.webhookUrl=http://127.0.0.1:4000/;
                                 may be repeated
  --open                         open the pages in the browser once all is up
  -h, --help                     show this

Variables: PORT, SIMULATOR_PORT, DATA_DIR, WEBHOOK_AUTH, LOG_LEVEL, DYNAMODB_ENDPOINT, S3_ENDPOINT, DYNAMODB_ENGINE;
lib/local-cloud/README.md tells of each.`;

/**
 * Reads the arguments of the command.
 * @throws SettingsError naming the argument that is not known, or is wrong.
 */
export function readArguments(args: readonly string[]): Arguments {
  const { context, open, help } = parsed(args);
  return {
    context: Object.fromEntries(context.map(settingOf)),
    opensPages: open,
    wantsHelp: help,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        context: { type: 'string', short: 'c', multiple: true, default: [] },
        open: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    const [reason = ''] = error instanceof Error ? error.message.split('. ') : [];
    throw new SettingsError(`${reason}. \`npm start -- --help\` shows what may be said.`);
  }
}

function settingOf(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new SettingsError(
    `-c takes a setting and its value, such as -c bookings.numbering=per-party, not ${text}.`,
  );
}

// Receives the events of the local cloud: `npm run listen -- --help`.
import { runListen } from '../lib/commands/listen/listen-command.ts';

const listening = await runListen(process.argv.slice(2), process.env, {
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
});
if (listening === undefined)
  process.exitCode = process.argv.some((arg) => arg === '-h' || arg === '--help') ? 0 : 1;

// Moves what waits in dead-letter queues: `npm run redrive -- --help`.
import { runRedrive } from '../lib/commands/redrive/redrive-command.ts';

process.exitCode = await runRedrive(process.argv.slice(2), {
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
});

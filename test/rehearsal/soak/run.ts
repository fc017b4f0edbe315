// The soak: `npm run soak -- --help`.
import { runSoakCommand } from './soak-command.ts';

process.exitCode = await runSoakCommand(process.argv.slice(2));

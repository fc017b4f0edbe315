// The operator's command for the 8x8 account: `npm run eight-by-eight -- --help`.
import { runEightByEight } from '../lib/commands/eight-by-eight/eight-by-eight-command.ts';

process.exitCode = await runEightByEight(process.argv.slice(2));

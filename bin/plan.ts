// The pool planner: `npm run plan -- --help`.
import { runPlanner } from '../lib/commands/plan/plan-command.ts';

process.exitCode = await runPlanner(process.argv.slice(2), {
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
  isTerminal: process.stderr.isTTY === true,
});

// Runs functions with the SAM CLI against the local cloud: `npm run sam -- --help`.
import { runSam } from '../lib/commands/sam/sam-command.ts';

process.exitCode = await runSam(process.argv.slice(2), process.env);
process.exit();

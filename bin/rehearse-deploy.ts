// Deploys to an emulated AWS and calls what was deployed: `npm run rehearse-deploy -- --help`.
import { runDeployRehearsal } from '../lib/commands/rehearse-deploy/rehearse-deploy-command.ts';

process.exitCode = await runDeployRehearsal(process.argv.slice(2));

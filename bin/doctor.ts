// Looks whether a stage can be deployed, and whether it works: `npm run doctor -- --help`.
import { runDoctor } from '../lib/commands/doctor/doctor-command.ts';

process.exitCode = await runDoctor(process.argv.slice(2));

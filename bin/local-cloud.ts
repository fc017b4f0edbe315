import { runLocalCloud } from '../lib/local-cloud/command.ts';

await runLocalCloud(process.env);

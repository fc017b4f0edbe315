import { onEndOfNpm } from '../../../../lib/local-cloud/processes/npm-watch.ts';

onEndOfNpm(() => process.exit(0));
process.stdout.write(String(process.pid));
setInterval(() => {}, 1_000);

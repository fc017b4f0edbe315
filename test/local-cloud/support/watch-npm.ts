import { onEndOfNpm } from '../../../lib/local-cloud/npm-watch.ts';

onEndOfNpm(() => process.exit(0));
process.stdout.write(`${process.pid}\n`);
setInterval(() => {}, 1_000);

import { existsSync } from 'node:fs';
import { startLocalCloud } from '../../../../lib/local-cloud/service/local-cloud.ts';
import { synthesizeFixture } from './fixture-stack.ts';

let stateFolder = '';
const cloud = await startLocalCloud({
  port: 0,
  say: () => {},
  assembly: (outdir) => {
    stateFolder = outdir.replace(/\/assembly$/, '');
    return synthesizeFixture(outdir, outdir);
  },
});
await fetch(`${cloud.url}/inspect/1`);
const pids = [
  cloud.database.pid(),
  cloud.storage.pid(),
  ...cloud.lambda.definitions().flatMap(({ logicalId }) => cloud.lambda.pids(logicalId)),
];
if (!existsSync(stateFolder)) throw new Error('The folder of the data is not where it was expected.');
process.stdout.write(JSON.stringify({ pids, stateFolder }), () => process.kill(process.pid, 'SIGKILL'));

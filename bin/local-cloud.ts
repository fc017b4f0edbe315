import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// The CDK and the AWS SDK are large: from the second start on they are not compiled again. What is kept goes with `.build`.
enableCompileCache(fileURLToPath(new URL('../.build/compile-cache', import.meta.url)));
const { runLocalCloud } = await import('../lib/local-cloud/service/command.ts');
const { simulatedEightByEight } = await import('../lib/local-cloud/service/simulator.ts');

await runLocalCloud(process.argv.slice(2), process.env, simulatedEightByEight);

import { enableCompileCache } from 'node:module';

// The CDK and the AWS SDK are large: from the second start on they are not compiled again.
enableCompileCache();
const { runLocalCloud } = await import('../lib/local-cloud/service/command.ts');
const { simulatedEightByEight } = await import('../lib/local-cloud/service/simulator.ts');

await runLocalCloud(process.env, simulatedEightByEight);

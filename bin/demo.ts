import { enableCompileCache } from 'node:module';

enableCompileCache();
const { runDemo } = await import('../lib/commands/demo/demo-command.ts');

try {
  await runDemo(process.argv.slice(2), process.env);
} catch (error) {
  process.exitCode = 1;
  console.error(error instanceof Error ? error.message : String(error));
}
process.exit();

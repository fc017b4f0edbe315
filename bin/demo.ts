import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache(fileURLToPath(new URL('../.build/compile-cache', import.meta.url)));
const { runDemo } = await import('../lib/commands/demo/demo-command.ts');

try {
  await runDemo(process.argv.slice(2), process.env);
} catch (error) {
  process.exitCode = 1;
  console.error(error instanceof Error ? error.message : String(error));
}
process.exit();

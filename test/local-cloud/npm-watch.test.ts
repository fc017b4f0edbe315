import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { isRunning } from './support/processes.ts';

const watcher = fileURLToPath(new URL('./support/watch-npm.ts', import.meta.url));
const patience = { timeout: 10_000, interval: 20 };

/** Starts the watcher below a process of a given name; gives both process ids. */
async function startBelow(parentName: string): Promise<{ parent: number; child: number }> {
  const program = `require('node:child_process').spawn(process.execPath, [${JSON.stringify(watcher)}], { stdio: 'inherit' })`;
  const parent = spawn(process.execPath, ['-e', program], {
    argv0: parentName,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(parent.stdout, 'data');
  return { parent: parent.pid ?? 0, child: Number(String(line)) };
}

test('the end of npm is noticed, even when npm is killed outright', async () => {
  const { parent, child } = await startBelow('npm start');

  process.kill(parent, 'SIGKILL');

  await expect.poll(() => isRunning(child), patience).toBe(false);
});

test('the end of another parent means nothing', async () => {
  const { parent, child } = await startBelow('sh');

  process.kill(parent, 'SIGKILL');
  await expect.poll(() => isRunning(parent), patience).toBe(false);
  const survives = isRunning(child);
  process.kill(child, 'SIGKILL');

  expect(survives).toBe(true);
});

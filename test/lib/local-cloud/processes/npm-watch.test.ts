import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { isRunning } from '../support/processes.ts';

const watcher = fileURLToPath(new URL('../support/watch-npm.ts', import.meta.url));
const patience = { timeout: 10_000, interval: 20 };

test('the end of npm is noticed, even when npm is killed outright', async () => {
  const program = `require('node:child_process').spawn(process.execPath, [${JSON.stringify(watcher)}], { stdio: 'inherit' })`;
  const npm = spawn(process.execPath, ['-e', program], {
    argv0: 'npm start',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed] = await once(npm.stdout, 'data');
  const child = Number(String(printed));

  npm.kill('SIGKILL');

  expect(child).toBeGreaterThan(0);
  await expect.poll(() => isRunning(child), patience).toBe(false);
});

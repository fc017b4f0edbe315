import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { isRunning } from '../support/processes.ts';

const patience = { timeout: 10_000, interval: 20 };

describe('a local cloud that is killed outright', () => {
  test('leaves no process and no temporary folder behind', async () => {
    const program = fileURLToPath(new URL('../support/start-cloud-and-die.ts', import.meta.url));

    const { stdout, signal } = spawnSync(process.execPath, [program], { encoding: 'utf8' });
    const { pids, stateFolder } = JSON.parse(stdout);

    expect(signal).toBe('SIGKILL');
    expect(pids).toHaveLength(3);
    await expect.poll(() => pids.filter(isRunning), patience).toEqual([]);
    await expect.poll(() => existsSync(stateFolder), patience).toBe(false);
  });
});

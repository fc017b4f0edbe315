import { readFileSync } from 'node:fs';

/** Whether a process exists; one that has ended and only waits to be collected by its parent does not count. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1] ?? '';
    return afterName.startsWith('Z');
  } catch {
    return false;
  }
}

/**
 * A small process that outlives its parent by a moment: it ends the children and removes the folders that the
 * parent left behind, however the parent died. It hears of them over the IPC channel, whose end is the signal.
 */
import { rmSync } from 'node:fs';

/** What the parent tells its reaper: what to end or remove, and what has ended or been removed by itself. */
export type ReaperMessage = { readonly action: 'guard' | 'release' } & (
  | { readonly pid: number }
  | { readonly folder: string }
);

const processes = new Set<number>();
const folders = new Set<string>();

// Ctrl-C reaches the whole process group; only the end of the parent may end this process.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

process.on('message', (message: ReaperMessage) => {
  if ('pid' in message) keep(processes, message.pid, message.action);
  else keep(folders, message.folder, message.action);
});

process.on('disconnect', () => {
  for (const pid of processes) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended between its parent's death and now.
    }
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.exit(0);
});

function keep<T>(kept: Set<T>, value: T, action: ReaperMessage['action']): void {
  if (action === 'guard') kept.add(value);
  else kept.delete(value);
}

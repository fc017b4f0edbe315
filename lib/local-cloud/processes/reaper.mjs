/**
 * A small process that outlives its parent by a moment: it ends the children and removes the folders that the
 * parent left behind, however the parent died. It hears of them over the IPC channel, whose end is the signal.
 *
 * Plain JavaScript, because it starts with every engine: stripping types would cost more than the rest of it.
 * `ReaperMessage` in guarded-process.ts describes what arrives.
 */
import { rmSync } from 'node:fs';

const processes = new Set();
const folders = new Set();

process.on('message', (message) => {
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

function keep(kept, value, action) {
  if (action === 'guard') kept.add(value);
  else kept.delete(value);
}

import { type ChildProcess, fork, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const REAPER = fileURLToPath(new URL('./reaper.mjs', import.meta.url));
const POLITE_STOP_MS = 2_000;

/** Ctrl-C reaches every process of the terminal's group; whoever is in a group of its own is ended in order. */
const OWN_GROUP = { detached: process.platform !== 'win32' } as const;

/** What the reaper is told: what to end or remove when this process is gone, and what is gone already. */
type ReaperMessage = { readonly action: 'guard' | 'release' } & (
  | { readonly pid: number }
  | { readonly folder: string }
);

const guardedProcesses = new Set<number>();
const guardedFolders = new Set<string>();
let reaper: ChildProcess | undefined;

/**
 * Starts a child that cannot outlive this process, even when this process is killed outright: a reaper process
 * ends it then. Takes what `spawn` of `node:child_process` takes.
 */
export function spawnGuarded(
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): ChildProcess {
  const child = spawn(command, args, { ...OWN_GROUP, ...options });
  const { pid } = child;
  if (pid === undefined) return child;
  guardedProcesses.add(pid);
  tellReaper({ action: 'guard', pid });
  child.once('exit', () => {
    guardedProcesses.delete(pid);
    tellReaper({ action: 'release', pid });
  });
  return child;
}

/** Makes an empty temporary folder that is removed at the latest when this process ends, however it ends. */
export function makeTemporaryFolder(prefix: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), prefix));
  guardedFolders.add(folder);
  tellReaper({ action: 'guard', folder });
  return folder;
}

/** Removes a folder made by {@link makeTemporaryFolder} with all that is in it. */
export async function removeTemporaryFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  guardedFolders.delete(folder);
  tellReaper({ action: 'release', folder });
}

/** Asks a child to end and waits for it; a child that has not ended after two seconds is killed. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  const impatience = setTimeout(() => child.kill('SIGKILL'), POLITE_STOP_MS);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(impatience);
}

/** Whether a child has exited or could not be started. */
export function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

/** Ends the reaper if there is nothing left to guard. */
export async function endIdleReaper(): Promise<void> {
  if (guardedProcesses.size + guardedFolders.size === 0) await endReaper();
}

/** Ends the reaper, and with it everything that is still guarded. The next guarded child starts a new one. */
export async function endReaper(): Promise<void> {
  const ending = reaper;
  reaper = undefined;
  if (ending === undefined || hasEnded(ending)) return;
  const ended = once(ending, 'exit');
  ending.ref();
  ending.disconnect();
  await ended;
}

function tellReaper(message: ReaperMessage): void {
  if (reaper === undefined) startReaper();
  else if (reaper.connected) reaper.send(message, () => {});
}

/** A reaper that was killed is replaced, and told again of everything there is to guard. */
function startReaper(): void {
  const started = fork(REAPER, [], { ...OWN_GROUP, stdio: 'ignore', execArgv: [] });
  reaper = started;
  started.unref();
  started.channel?.unref();
  started.on('error', () => {});
  started.once('exit', () => {
    if (reaper !== started) return;
    reaper = undefined;
    if (guardedProcesses.size + guardedFolders.size > 0) startReaper();
  });
  for (const pid of guardedProcesses) tellReaper({ action: 'guard', pid });
  for (const folder of guardedFolders) tellReaper({ action: 'guard', folder });
}

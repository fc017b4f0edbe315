import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { SettingsError } from './settings.ts';

/** Names the process that works with the folder. */
const LOCK = 'in-use-by';

/** A folder that this process alone works with. */
export interface DataFolder {
  readonly path: string;
  /** Repeatable. */
  release(): void;
}

/**
 * Takes the folder in which the user wants everything kept, and makes it where it is missing.
 * @throws SettingsError when it cannot be one, or another local cloud works with it.
 */
export function claimDataFolder(given: string): DataFolder {
  const folder = path.resolve(given);
  makeFolder(folder);
  const lock = path.join(folder, LOCK);
  takeLock(lock, folder);
  let isHeld = true;
  return {
    path: folder,
    release() {
      if (isHeld) rmSync(lock, { force: true });
      isHeld = false;
    },
  };
}

/** One level after the other: below /proc, Node's own way of making them all at once never ends. */
function makeFolder(folder: string): void {
  const missing: string[] = [];
  let existing = folder;
  while (!existsSync(existing)) {
    missing.unshift(existing);
    existing = path.dirname(existing);
  }
  if (!statSync(existing).isDirectory()) {
    throw new SettingsError(`DATA_DIR cannot be ${folder}: ${existing} is a file. Name a folder.`);
  }
  try {
    for (const each of missing) mkdirSync(each);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new SettingsError(
      `DATA_DIR cannot be ${folder}: nothing can be written there (${codeOf(error)}). Name a folder of yours.`,
    );
  }
}

function takeLock(lock: string, folder: string): void {
  const owner = ownerOf(lock);
  if (owner !== undefined && owner !== process.pid && isRunning(owner)) {
    throw new SettingsError(
      `DATA_DIR ${folder} is in use by another local cloud, process ${owner}. End it, or name another folder; ` +
        `where that process is something else, delete ${lock}.`,
    );
  }
  try {
    // Whoever made it is gone. Two that start at once cannot both make it anew.
    rmSync(lock, { force: true });
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
  } catch (error) {
    throw new SettingsError(
      `DATA_DIR cannot be ${folder}: nothing can be written there (${codeOf(error)}). Name a folder of yours.`,
    );
  }
}

function ownerOf(lock: string): number | undefined {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
}

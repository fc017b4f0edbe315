import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const CHECK_INTERVAL_MS = 200;
/** npm calls its process `npm start`; before that it is `node …/npm-cli.js start`. */
const NPM = /^(\S*[/\\])?(npm|node(\.exe)? \S*npm-cli\.js) /;
const MOST_LEVELS = 6;

interface ProcessInfo {
  readonly parent: number;
  readonly command: string;
}

/**
 * Calls back once npm, or a process between npm and this one, is gone. A signal that is sent to npm alone ends npm
 * and the shell it runs its script with, but does not reach this process.
 *
 * Does nothing when this process was not started by npm, or where processes cannot be asked for their parents.
 */
export function onEndOfNpm(callBack: () => void): void {
  const chain = processesUpToNpm(process.ppid);
  if (chain.length === 0) return;
  const timer = setInterval(() => {
    if (chain.every(isRunning)) return;
    clearInterval(timer);
    callBack();
  }, CHECK_INTERVAL_MS).unref();
}

/** @returns the process ids from the given one up to npm; none when npm is not among its ancestors. */
function processesUpToNpm(pid: number): number[] {
  const chain: number[] = [];
  for (let current = pid; current > 1 && chain.length < MOST_LEVELS; ) {
    const info = readProcess(current);
    if (info === undefined) return [];
    chain.push(current);
    if (NPM.test(`${info.command} `)) return chain;
    current = info.parent;
  }
  return [];
}

function readProcess(pid: number): ProcessInfo | undefined {
  try {
    return process.platform === 'linux' ? readFromProc(pid) : readFromPs(pid);
  } catch {
    return undefined;
  }
}

function readFromProc(pid: number): ProcessInfo {
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  return { parent: Number(readStat(pid)[1]), command };
}

function readFromPs(pid: number): ProcessInfo {
  const line = execFileSync('ps', ['-o', 'ppid=,args=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  const [parent = '', ...command] = line.split(/\s+/);
  return { parent: Number(parent), command: command.join(' ') };
}

/** A process that has ended stays in the list until its parent asks for it, which may take its time. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || readStat(pid)[0] !== 'Z';
  } catch {
    return false;
  }
}

/** @returns state and parent, and what follows them in Linux's description of a process. */
function readStat(pid: number): string[] {
  // The name before them is in brackets and may itself hold spaces and brackets.
  const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? '';
  return afterName.split(' ');
}

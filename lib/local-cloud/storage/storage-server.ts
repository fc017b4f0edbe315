import type { ChildProcess } from 'node:child_process';
import { getCompileCacheDir } from 'node:module';
import { fileURLToPath } from 'node:url';
import { endProcess, hasEnded, spawnGuarded } from '../processes/guarded-process.ts';
import type { Credential } from '../template/credentials.ts';
import { REGION } from '../template/physical-names.ts';

/** What the server's process is started with. */
export interface StorageConfiguration {
  readonly port: number;
  readonly dataFolder: string;
  readonly region: string;
}

/** What is to exist on the server; what exists already keeps its content. */
export interface StorageSetup {
  readonly buckets: readonly string[];
  readonly queues: readonly {
    readonly name: string;
    readonly attributes: Readonly<Record<string, string>>;
    /** Bound on the time for which a consumer may put a message back. */
    readonly longestPostponementSeconds?: number | undefined;
  }[];
}

/** What the parent asks of the server's process: to replace the credentials, or to create what is missing. */
export interface StorageRequest {
  readonly id: number;
  readonly credentials?: readonly Credential[];
  readonly setup?: StorageSetup;
}

type StorageReport =
  | { readonly kind: 'ready'; readonly port: number }
  | { readonly kind: 'done'; readonly id: number };

/** A running S3 and SQS server, which takes requests of known credentials only. */
export interface StorageServer {
  /** `http://127.0.0.1:<port>`, for S3 (path style) and SQS alike. */
  readonly endpoint: string;
  readonly pid: number;
  /** Settles when the server's process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Replaces all credentials that are accepted. */
  setCredentials(credentials: readonly Credential[]): Promise<void>;
  /** Creates what does not exist yet. */
  setUp(setup: StorageSetup): Promise<void>;
  stop(): Promise<void>;
}

export interface StorageServerOptions {
  /** Keeps objects (as files) and messages between runs. */
  readonly dataFolder: string;
  /** Loopback port; 0, the default, takes a free one. */
  readonly port?: number | undefined;
}

const PROGRAM = fileURLToPath(new URL('./storage-process.ts', import.meta.url));

/**
 * Starts the server in a process of its own and waits until it listens.
 * @throws Error with what the process said, when it ends before that.
 */
export async function startStorageServer(options: StorageServerOptions): Promise<StorageServer> {
  const configuration: StorageConfiguration = {
    port: options.port ?? 0,
    dataFolder: options.dataFolder,
    region: REGION,
  };
  const child = spawnGuarded(process.execPath, [PROGRAM, JSON.stringify(configuration)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      ...process.env,
      // Node warns of its built-in SQLite on every start.
      NODE_NO_WARNINGS: '1',
      NODE_COMPILE_CACHE: getCompileCacheDir(),
    },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const port = await waitUntilReady(child, ended);
  const ask = createAsk(child, ended);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    ended,
    setCredentials: (credentials) => ask({ credentials }),
    setUp: (setup) => ask({ setup }),
    stop: () => endProcess(child),
  };
}

async function waitUntilReady(child: ChildProcess, ended: Promise<void>): Promise<number> {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    if (said.length < 4_000) said += chunk.toString();
  });
  const ready = new Promise<number>((resolve) => {
    child.on('message', (report: StorageReport) => {
      if (report.kind === 'ready') resolve(report.port);
    });
  });
  const failed = ended.then(() => {
    throw new Error(`The S3 and SQS server did not start: ${said.trim() || 'it ended at once.'}`);
  });
  return Promise.race([ready, failed]);
}

/** Sends messages to the process; each settles when the process has done what it was asked. */
function createAsk(
  child: ChildProcess,
  ended: Promise<void>,
): (request: Omit<StorageRequest, 'id'>) => Promise<void> {
  let lastId = 0;
  return async (request) => {
    lastId += 1;
    const id = lastId;
    if (hasEnded(child)) throw new Error('The S3 and SQS server has ended.');
    const done = new Promise<void>((resolve) => {
      const listen = (report: StorageReport): void => {
        if (report.kind !== 'done' || report.id !== id) return;
        child.off('message', listen);
        resolve();
      };
      child.on('message', listen);
    });
    child.send({ ...request, id });
    await Promise.race([done, ended]);
  };
}

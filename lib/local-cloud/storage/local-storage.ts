import { setTimeout as sleep } from 'node:timers/promises';
import { type EngineProxy, startEngineProxy } from '../dynamodb/engine-proxy.ts';
import type { Credential } from '../template/credentials.ts';
import { type StorageServer, type StorageSetup, startStorageServer } from './storage-server.ts';

/** Objects and queues of the local cloud: two addresses that stay, before one server that may come and go. */
export interface LocalStorage {
  readonly objects: EngineProxy;
  readonly queues: EngineProxy;
  /** Settles when the server has started. */
  readonly started: Promise<void>;
  pid(): number | undefined;
  /** Creates buckets and queues that do not exist yet, and accepts these credentials from now on. */
  setUp(setup: StorageSetup, credentials: readonly Credential[]): Promise<void>;
  stop(): Promise<void>;
}

export interface LocalStorageOptions {
  readonly dataFolder: string;
  readonly say: (message: string) => void;
  readonly restartDelayMs?: number | undefined;
}

const RESTART_DELAY_MS = 1_000;

/** Starts the server in the background and gives its addresses at once. */
export async function startLocalStorage(options: LocalStorageOptions): Promise<LocalStorage> {
  const { dataFolder, say, restartDelayMs = RESTART_DELAY_MS } = options;
  const [objects, queues] = await Promise.all([startEngineProxy(), startEngineProxy()]);
  let server: StorageServer | undefined;
  let lastSetUp: { setup: StorageSetup; credentials: readonly Credential[] } | undefined;
  let isWanted = true;

  const launch = async (port?: number): Promise<void> => {
    const launched = await startStorageServer({ dataFolder, port });
    server = launched;
    if (!isWanted) return launched.stop();
    if (lastSetUp !== undefined) await apply(launched, lastSetUp.setup, lastSetUp.credentials);
    for (const proxy of [objects, queues]) proxy.setTarget(launched.endpoint);
    void launched.ended.then(() => revive(launched));
  };

  const apply = async (
    to: StorageServer,
    setup: StorageSetup,
    credentials: readonly Credential[],
  ): Promise<void> => {
    await to.setCredentials(credentials);
    await to.setUp(setup);
  };

  const revive = async (ended: StorageServer): Promise<void> => {
    if (!isWanted) return;
    say('The S3 and SQS server ended; it is started again.');
    await sleep(restartDelayMs, undefined, { ref: false });
    if (!isWanted) return;
    await launch(Number(new URL(ended.endpoint).port)).catch((error: unknown) =>
      say(`The S3 and SQS server does not start again: ${String(error)}`),
    );
  };

  const started = launch();
  // Whoever awaits it hears of the failure; until then nobody may have asked.
  started.catch(() => {});
  return {
    objects,
    queues,
    started,
    pid: () => server?.pid,
    async setUp(setup, credentials) {
      await started;
      lastSetUp = { setup, credentials };
      if (server !== undefined) await apply(server, setup, credentials);
    },
    async stop() {
      isWanted = false;
      await started.catch(() => {});
      await Promise.all([server?.stop(), objects.stop(), queues.stop()]);
    },
  };
}

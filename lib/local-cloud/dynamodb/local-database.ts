import { setTimeout as sleep } from 'node:timers/promises';
import { answersHttp, type DynamoDbEngine, type EngineKind, startDynamoDbEngine } from './dynamodb-engine.ts';
import { type EngineProxy, startEngineProxy } from './engine-proxy.ts';
import { likeDynamoDb } from './hard-engine.ts';

/** The database of the local cloud: an address that stays, before an engine that may stop and start. */
export interface LocalDatabase {
  /** What the functions are given. */
  readonly endpoint: string;
  readonly proxy: EngineProxy;
  /** The engine itself, past the proxy; undefined while it is stopped. */
  engineEndpoint(): string | undefined;
  /** `external` for an engine that was given by its address. */
  kind(): EngineKind | 'external';
  /** Process id of the engine; undefined when it is stopped or not ours. */
  pid(): number | undefined;
  /** Stops the engine until {@link LocalDatabase.startEngine}; its data is kept. */
  stopEngine(): Promise<void>;
  startEngine(): Promise<void>;
  stop(): Promise<void>;
}

export interface LocalDatabaseOptions {
  readonly dataFolder: string;
  readonly kind?: EngineKind | undefined;
  /** Address of an engine that runs already. */
  readonly externalEndpoint?: string | undefined;
  readonly say: (message: string) => void;
  /** How long after its end an engine is started again that nobody asked to stop. */
  readonly restartDelayMs?: number | undefined;
}

/** Long enough to watch what the service does without its database, short enough not to be in the way. */
const RESTART_DELAY_MS = 5_000;

/** Starts the engine, or takes the one given, and puts the proxy before it. */
export async function startLocalDatabase(options: LocalDatabaseOptions): Promise<LocalDatabase> {
  const { dataFolder, externalEndpoint, say, restartDelayMs = RESTART_DELAY_MS } = options;
  const proxy = await startEngineProxy({ hardness: likeDynamoDb });
  let engine: DynamoDbEngine | undefined;
  let target: string | undefined;
  let isWanted = true;
  let isUp = false;

  const connect = (endpoint: string | undefined): void => {
    target = endpoint;
    proxy.setTarget(endpoint);
  };

  const launch = async (): Promise<void> => {
    if (externalEndpoint !== undefined) return connect(externalEndpoint);
    const port = engine && Number(new URL(engine.endpoint).port);
    const started = await startDynamoDbEngine({ kind: options.kind, dataFolder, port });
    engine = started;
    isUp = true;
    connect(started.endpoint);
    void started.ended.then(() => {
      if (engine === started) isUp = false;
      return revive(started);
    });
  };

  /** An engine that was killed from outside comes back by itself, where it was and with what it held. */
  const revive = async (ended: DynamoDbEngine): Promise<void> => {
    if (!isWanted || engine !== ended) return;
    say(`The DynamoDB engine ended; it is started again in ${restartDelayMs / 1000} seconds.`);
    await sleep(restartDelayMs, undefined, { ref: false });
    if (!isWanted || engine !== ended) return;
    if (await answersHttp(Number(new URL(ended.endpoint).port))) {
      return say('Somebody else started the DynamoDB engine again.');
    }
    await launch().then(
      () => say('The DynamoDB engine is back.'),
      (error: unknown) => say(`The DynamoDB engine does not start again: ${String(error)}`),
    );
  };

  const stopEngine = async (): Promise<void> => {
    isWanted = false;
    connect(undefined);
    await engine?.stop();
  };

  try {
    await launch();
  } catch (error) {
    await proxy.stop();
    throw error;
  }
  return {
    endpoint: proxy.endpoint,
    proxy,
    engineEndpoint: () => target,
    kind: () => (externalEndpoint === undefined ? (engine?.kind ?? options.kind ?? 'dynoxide') : 'external'),
    pid: () => (isUp ? engine?.pid : undefined),
    stopEngine,
    async startEngine() {
      if (isUp) return;
      isWanted = true;
      await launch();
    },
    async stop() {
      await stopEngine();
      await proxy.stop();
    },
  };
}

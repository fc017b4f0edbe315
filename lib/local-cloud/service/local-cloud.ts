import { rmSync } from 'node:fs';
import path from 'node:path';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { EngineKind } from '../dynamodb/dynamodb-engine.ts';
import { type LocalDatabase, startLocalDatabase } from '../dynamodb/local-database.ts';
import { createEventBridge, type EventBridge } from '../event-bridge/event-bridge.ts';
import { type Schedules, startSchedules } from '../event-bridge/schedules.ts';
import { startEventSources } from '../event-sources/event-sources.ts';
import { startLogSubscriptions } from '../event-sources/log-subscriptions.ts';
import { createStreamPositions } from '../event-sources/stream-positions.ts';
import { createHttpApi } from '../gateway/http-api.ts';
import { createAsyncInvocations } from '../lambda/async-invocations.ts';
import { createFunctionLogs, type FunctionLogs } from '../lambda/function-logs.ts';
import { createLambdaService, type LambdaService } from '../lambda/lambda-service.ts';
import { createQueueSender } from '../lambda/queue-sender.ts';
import { type CleanUp, createCleanUp } from '../processes/clean-up.ts';
import { endIdleReaper, makeTemporaryFolder, removeTemporaryFolder } from '../processes/guarded-process.ts';
import { startAwsJsonServer } from '../secrets/aws-json-server.ts';
import { createParameterStore } from '../secrets/parameter-store.ts';
import { createSecretsManager, type SecretsManager } from '../secrets/secrets-manager.ts';
import { type LocalStorage, startLocalStorage } from '../storage/local-storage.ts';
import type { AccessKey } from '../template/credentials.ts';
import { type Deployment, readDeployment } from '../template/deployment.ts';
import { REGION } from '../template/physical-names.ts';
import { createControlApi } from './control-api.ts';
import { claimDataFolder } from './data-folder.ts';
import { openFrontDoor } from './front-door.ts';
import { createResources } from './local-resources.ts';
import { createPages, type Signpost } from './pages.ts';

export interface LocalCloudOptions {
  /** Port of the HTTP API; 0 takes a free one. */
  readonly port: number;
  /** Synthesizes (or finds) the cloud assembly; takes a folder it may write it to, gives the folder it is in. */
  readonly assembly: (folder: string) => Promise<string> | string;
  /** Keeps all data between runs; otherwise everything is forgotten at the end. */
  readonly dataFolder?: string | undefined;
  readonly engineKind?: EngineKind | undefined;
  /** A DynamoDB engine of the user's; otherwise one is started. */
  readonly dynamoDbEndpoint?: string | undefined;
  /** An S3 server of the user's; otherwise one is started. */
  readonly s3Endpoint?: string | undefined;
  /** What signs requests to engines of the user's; those started here take what is written into this code. */
  readonly credentials?: AccessKey | undefined;
  /** Texts of secrets, by the logical id of the secret; the others are as the template says. */
  readonly secretTexts?: Readonly<Record<string, string>>;
  /** Functions, by logical id, that are loaded before the first request. */
  readonly warmUp?: readonly string[];
  /** Whether something starts beside it, without which nothing can be called: until then `/healthz` says so. */
  readonly companionComes?: boolean;
  /** Tells the user what happens. */
  readonly say: (message: string) => void;
  /** Whether every line of every function is said. */
  readonly printsAllLogs?: boolean;
  /** Processes per function at most. */
  readonly mostEnvironments?: number | undefined;
  /** Bound on the visibility timeout of queues that feed a function; 10 by default. */
  readonly longestVisibilityTimeoutSeconds?: number;
  /** Bound on the time for which a function may put a message back; 10 by default. */
  readonly longestPostponementSeconds?: number;
  /** Waits before the repetitions of an event that nobody waits for. */
  readonly asyncRetryDelaysMs?: readonly number[];
  /** Wait before an engine that was killed is started again. */
  readonly engineRestartDelayMs?: number;
}

/** Where the local services are, by the name that `AWS_ENDPOINT_URL_…` gives them. */
type ServiceEndpoints = Readonly<
  Record<'DYNAMODB' | 'S3' | 'SQS' | 'SECRETS_MANAGER' | 'EVENTBRIDGE', string>
>;

/** A stack that runs on this machine. */
export interface LocalCloud {
  /** Base URL of the HTTP API, without a slash at its end. */
  readonly url: string;
  readonly deployment: Deployment;
  readonly database: LocalDatabase;
  readonly storage: LocalStorage;
  readonly lambda: LambdaService;
  readonly logs: FunctionLogs;
  readonly secrets: SecretsManager;
  readonly eventBridge: EventBridge;
  readonly schedules: Schedules;
  readonly endpoints: ServiceEndpoints;
  /** Credentials that all local services accept. */
  readonly credentials: AccessKey;
  /** Says that what works beside it is up too; only asked for where `companionComes`. */
  setReady(signposts: readonly Signpost[]): void;
  /** Ends everything that was started; repeatable. */
  stop(): Promise<void>;
}

const LONGEST_VISIBILITY_TIMEOUT_SECONDS = 10;
const LONGEST_POSTPONEMENT_SECONDS = 10;
/** What the first page tells of, whatever stack is served. */
const OWN_SIGNPOSTS: readonly Signpost[] = [
  { href: '/docs/', text: 'every operation, with examples' },
  { href: '/openapi.json', text: 'the same for programs' },
  { href: '/asyncapi.json', text: 'the events that other systems get' },
  { href: '/local-cloud', text: 'what runs here, and how to break it on purpose' },
];
const LOCAL_CREDENTIALS: AccessKey = { accessKeyId: 'local', secretAccessKey: 'local' };

/**
 * Deploys a synthesized stack to this machine and serves it.
 * @throws PortInUseError, EngineUnavailableError, UnservableTemplateError, or what the synthesis throws; nothing
 * is left running then.
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const cleanUp = createCleanUp();
  try {
    return await start(options, cleanUp);
  } catch (error) {
    await cleanUp.run();
    throw error;
  }
}

async function start(options: LocalCloudOptions, cleanUp: CleanUp): Promise<LocalCloud> {
  const { say, credentials = LOCAL_CREDENTIALS } = options;
  const door = await openFrontDoor(options.port, 'PORT');
  cleanUp.add(() => door.stop());
  const stateFolder = openStateFolder(options.dataFolder, cleanUp);

  const stores = await startStores(options, stateFolder, cleanUp);
  const { database, storage } = stores;
  const deployment = readDeployment(stores.assemblyFolder, {
    api: door.url,
    queues: storage.queues.endpoint,
  });
  for (const { reason } of deployment.unservable) say(`A function is left out: ${reason}`);
  const secrets = openSecrets(options, deployment, stateFolder);
  const services = await startAwsJsonServer();
  cleanUp.add(() => services.stop());
  services.serve({ ...secrets.operations, ...createParameterStore() });
  const endpoints: ServiceEndpoints = {
    DYNAMODB: database.endpoint,
    S3: options.s3Endpoint ?? storage.objects.endpoint,
    SQS: storage.queues.endpoint,
    SECRETS_MANAGER: services.endpoint,
    EVENTBRIDGE: services.endpoint,
  };

  const logs = createFunctionLogs({
    folder: path.join(stateFolder, 'logs'),
    print: say,
    printAll: options.printsAllLogs ?? false,
  });
  cleanUp.add(() => logs.close());
  const lambda = createLambdaService({
    functions: deployment.functions,
    unservable: deployment.unservable,
    services: serviceEnvironment(endpoints, services.endpoint, credentials),
    logs,
    mostEnvironments: options.mostEnvironments,
  });
  cleanUp.add(() => lambda.stop());

  const [createdTables] = await Promise.all([
    createResources(deployment, {
      database,
      storage,
      credentials,
      s3Endpoint: options.s3Endpoint,
      longestVisibilityTimeoutSeconds:
        options.longestVisibilityTimeoutSeconds ?? LONGEST_VISIBILITY_TIMEOUT_SECONDS,
      longestPostponementSeconds: options.longestPostponementSeconds ?? LONGEST_POSTPONEMENT_SECONDS,
    }),
    ...(options.warmUp ?? []).map((logicalId) => lambda.warmUp(logicalId)),
  ]);

  const sqs = new SQSClient({ endpoint: endpoints.SQS, region: REGION, credentials, maxAttempts: 1 });
  cleanUp.add(() => sqs.destroy());
  const sendToQueue = createQueueSender(sqs, deployment.queues);
  const asyncInvocations = createAsyncInvocations({
    lambda,
    sendToQueue,
    complain: say,
    ...(options.asyncRetryDelaysMs && { retryDelaysMs: options.asyncRetryDelaysMs }),
  });
  cleanUp.add(() => asyncInvocations.stop());
  const eventBridge = createEventBridge(deployment.rules, asyncInvocations);
  services.serve(eventBridge.operations);
  cleanUp.add(startLogSubscriptions(deployment.logSubscriptions, { logs, lambda, asyncInvocations }));
  const schedules = startSchedules(deployment.rules, eventBridge);
  cleanUp.add(() => schedules.stop());
  const endEventSources = await startEventSources(deployment, {
    lambda,
    sqs,
    sendToQueue,
    engineEndpoint: () => database.engineEndpoint(),
    credentials,
    createdTables,
    positionsOf: createStreamPositions(options.dataFolder && path.join(stateFolder, 'stream-positions.json')),
  });
  cleanUp.add(endEventSources);

  let isReady = options.companionComes !== true;
  let signposts: readonly Signpost[] = [];
  const control = createControlApi({
    database,
    storage,
    lambda,
    logs,
    eventBridge,
    schedules,
    endpoints,
    credentials,
    secretIds: deployment.secrets.map(({ logicalId, arn }) => ({ logicalId, arn })),
    pages: createPages(() => [...OWN_SIGNPOSTS, ...signposts]),
    isReady: () => isReady,
  });
  door.open(control, createHttpApi(deployment.routes, lambda));
  // The first thing to end: nobody may call while the rest is taken down.
  cleanUp.add(() => door.stop());
  return {
    url: door.url,
    deployment,
    database,
    storage,
    lambda,
    logs,
    secrets,
    eventBridge,
    schedules,
    endpoints,
    credentials,
    setReady(others) {
      signposts = others;
      isReady = true;
    },
    stop: () => cleanUp.run(),
  };
}

/** The folder of everything that is kept: the user's, or one that is gone afterwards. */
function openStateFolder(dataFolder: string | undefined, cleanUp: CleanUp): string {
  cleanUp.add(endIdleReaper);
  if (dataFolder === undefined) {
    const folder = makeTemporaryFolder('number-masking-');
    cleanUp.add(() => removeTemporaryFolder(folder));
    return folder;
  }
  const claimed = claimDataFolder(dataFolder);
  cleanUp.add(() => claimed.release());
  return claimed.path;
}

/** Starts the engines; the synthesis, which needs the processor, runs while their processes come up. */
async function startStores(
  options: LocalCloudOptions,
  stateFolder: string,
  cleanUp: CleanUp,
): Promise<{ database: LocalDatabase; storage: LocalStorage; assemblyFolder: string }> {
  const storage = await startLocalStorage({
    dataFolder: path.join(stateFolder, 'storage'),
    say: options.say,
  });
  cleanUp.add(() => storage.stop());
  const startingDatabase = startLocalDatabase({
    dataFolder: path.join(stateFolder, 'dynamodb'),
    kind: options.engineKind,
    externalEndpoint: options.dynamoDbEndpoint,
    say: options.say,
    restartDelayMs: options.engineRestartDelayMs,
  });
  cleanUp.add(async () => (await startingDatabase).stop());
  const outdir = path.join(stateFolder, 'assembly');
  // An earlier run left its own there; nothing of it is needed any more.
  rmSync(outdir, { recursive: true, force: true });
  const [database, assemblyFolder] = await Promise.all([
    startingDatabase,
    options.assembly(outdir),
    storage.started,
  ]);
  return { database, storage, assemblyFolder };
}

function openSecrets(
  { secretTexts = {} }: LocalCloudOptions,
  deployment: Deployment,
  stateFolder: string,
): SecretsManager {
  const secrets = createSecretsManager(path.join(stateFolder, 'secrets.json'));
  secrets.create(deployment.secrets);
  for (const { logicalId, arn } of deployment.secrets) {
    const text = secretTexts[logicalId];
    if (text !== undefined) secrets.put(arn, text);
  }
  return secrets;
}

/** The variables by which the AWS SDK finds the local services; any service without one answers that it is unknown. */
function serviceEnvironment(
  endpoints: ServiceEndpoints,
  otherServices: string,
  { accessKeyId, secretAccessKey }: AccessKey,
): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_ENDPOINT_URL: otherServices,
    ...Object.fromEntries(
      Object.entries(endpoints).map(([service, endpoint]) => [`AWS_ENDPOINT_URL_${service}`, endpoint]),
    ),
  };
}

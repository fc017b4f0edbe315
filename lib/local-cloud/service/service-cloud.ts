import { addToPool, demoNumbers } from './demo-pool.ts';
import { type LocalCloud, type LocalCloudOptions, startLocalCloud } from './local-cloud.ts';
import type { Settings } from './settings.ts';

/** The function whose answer a caller waits for. */
const CALL_ACTION = 'CallActionFunction';
const WEBHOOK_SECRET = 'WebhookSecret';
const UPLOAD_KEY_SECRET = 'RecordingUploadKeySecret';
const DEMO_COUNTRY = 'SG';

/** Something that runs beside the local cloud, such as a simulated 8x8. */
export type Companion = (settings: Settings) => Promise<PreparedCompanion>;

/** The part of the cloud that a companion works with. */
export interface CompanionHost {
  readonly endpoints: Pick<LocalCloud['endpoints'], 'S3'>;
  readonly eventBridge: Pick<LocalCloud['eventBridge'], 'archive'>;
  readonly deployment: Pick<LocalCloud['deployment'], 'customResources'>;
  readonly lambda: Pick<LocalCloud['lambda'], 'invoke'>;
}

/** A companion that knows where it will be. */
interface PreparedCompanion {
  /** What the stack has to be synthesized with to find it. */
  readonly context: Readonly<Record<string, unknown>>;
  /** Texts of secrets that are not in the template, by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Starts it, once the cloud it works with is up. */
  start(cloud: CompanionHost, say: (message: string) => void): Promise<RunningCompanion>;
}

interface RunningCompanion {
  /** What the ready line calls it. */
  readonly name: string;
  readonly url: string;
  stop(): Promise<void>;
}

/** The whole service on this machine. */
export interface ServiceCloud {
  readonly cloud: LocalCloud;
  readonly companion: RunningCompanion | undefined;
  stop(): Promise<void>;
}

/**
 * Synthesizes the service's stack for stage `local`, serves it, and fills the demo pool.
 * @param overrides of what the settings say, for tests.
 */
export async function startServiceCloud(
  settings: Settings,
  options: { readonly say: (message: string) => void; readonly companion?: Companion },
  overrides: Partial<LocalCloudOptions> = {},
): Promise<ServiceCloud> {
  const { say } = options;
  const prepared = await options.companion?.(settings);
  say('Starting: the stack is synthesized and its functions are bundled …');
  const cloud = await startLocalCloud({
    port: settings.port,
    dataFolder: settings.dataFolder,
    dynamoDbEndpoint: settings.dynamoDbEndpoint,
    s3Endpoint: settings.s3Endpoint,
    engineKind: settings.engineKind,
    credentials: settings.credentials,
    printsAllLogs: settings.printsAllLogs,
    secretTexts: secretTextsOf(settings),
    warmUp: [CALL_ACTION],
    companionComes: options.companion !== undefined,
    say,
    assembly: async (outdir) => {
      const { synthesizeLocally } = await import('./local-synthesis.ts');
      return synthesizeLocally(outdir, { ...prepared?.context, ...settings.context });
    },
    ...overrides,
  });
  const { functions, routes, tables, stackName } = cloud.deployment;
  const parts = `${functions.length} functions, ${routes.length} routes, ${tables.length} tables`;
  const fate = settings.dataFolder === undefined ? 'forgotten at the end' : `kept in ${settings.dataFolder}`;
  say(`Serving ${stackName}: ${parts}; database ${cloud.database.kind()}, data ${fate}.`);
  try {
    await addToPool(cloud.url, demoNumbers, DEMO_COUNTRY);
    for (const [name, text] of Object.entries(prepared?.secrets ?? {})) cloud.secrets.put(name, text);
    const companion = await prepared?.start(cloud, say);
    cloud.setReady(companion ? [{ href: `${companion.url}/`, text: `the ${companion.name}` }] : []);
    return {
      cloud,
      companion,
      async stop() {
        await companion?.stop();
        await cloud.stop();
      },
    };
  } catch (error) {
    await cloud.stop();
    throw error;
  }
}

/** An S3 server of the user's does not know the user of the template, so uploads are signed as the user wants. */
function secretTextsOf({ webhookAuth, s3Endpoint, credentials }: Settings): Record<string, string> {
  return {
    [WEBHOOK_SECRET]: JSON.stringify({ authorization: webhookAuth }),
    ...(s3Endpoint !== undefined && credentials && { [UPLOAD_KEY_SECRET]: JSON.stringify(credentials) }),
  };
}

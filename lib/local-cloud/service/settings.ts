import * as z from 'zod';
import type { EngineKind } from '../dynamodb/dynamodb-engine.ts';
import type { AccessKey } from '../template/credentials.ts';

/** What the user may set for the local cloud, from environment variables. */
export interface Settings {
  readonly port: number;
  readonly simulatorPort: number;
  /** The value that webhooks expect in `Authorization`. */
  readonly webhookAuth: string;
  /** Folder that keeps all data between runs; undefined: nothing is kept. */
  readonly dataFolder: string | undefined;
  readonly dynamoDbEndpoint: string | undefined;
  readonly s3Endpoint: string | undefined;
  readonly engineKind: EngineKind | undefined;
  /** What signs requests to engines of the user's; undefined: nothing in particular. */
  readonly credentials: AccessKey | undefined;
  /** Whether every line of every function is printed. */
  readonly printsAllLogs: boolean;
  /** Settings of the stack, as the CDK takes them with `-c`. */
  readonly context?: Readonly<Record<string, string>>;
}

/** A setting has a value that cannot be meant. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

const port = (fallback: number) =>
  z.coerce.number({ error: 'expected a port number' }).int().min(0).max(65_535).default(fallback);
const endpoint = z.url({ protocol: /^https?$/, error: 'expected an address such as http://127.0.0.1:8000' });

const EnvironmentSchema = z.object({
  PORT: port(3000),
  SIMULATOR_PORT: port(3001),
  WEBHOOK_AUTH: z.string().min(1).default('Bearer local-webhook-secret'),
  DATA_DIR: z.string().optional(),
  DYNAMODB_ENDPOINT: endpoint.optional(),
  S3_ENDPOINT: endpoint.optional(),
  DYNAMODB_ENGINE: z.enum(['dynoxide', 'dynamodb-local']).optional(),
  LOG_LEVEL: z
    .stringFormat('log level', (text) => ['debug', 'info'].includes(text.toLowerCase()), {
      error: 'expected debug (every line of every function) or info',
    })
    .optional(),
  AWS_ACCESS_KEY_ID: z.string().optional(),
  AWS_SECRET_ACCESS_KEY: z.string().optional(),
});

/**
 * Reads the settings; a variable that is set to nothing counts as not set.
 * @throws SettingsError naming every variable that is wrong.
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = EnvironmentSchema.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
    throw new SettingsError(`The local cloud cannot start with these variables:\n${lines.join('\n')}`);
  }
  const { data } = parsed;
  if (data.PORT === data.SIMULATOR_PORT && data.PORT !== 0) {
    throw new SettingsError(
      `PORT and SIMULATOR_PORT are both ${data.PORT}: the API and the simulator need a port each.`,
    );
  }
  return {
    port: data.PORT,
    simulatorPort: data.SIMULATOR_PORT,
    webhookAuth: data.WEBHOOK_AUTH,
    dataFolder: data.DATA_DIR,
    dynamoDbEndpoint: data.DYNAMODB_ENDPOINT,
    s3Endpoint: data.S3_ENDPOINT,
    engineKind: data.DYNAMODB_ENGINE,
    credentials: foreignCredentials(data),
    printsAllLogs: data.LOG_LEVEL?.toLowerCase() === 'debug',
  };
}

/** A person's own AWS keys are only taken along to engines that the person named. */
function foreignCredentials(environment: z.infer<typeof EnvironmentSchema>): AccessKey | undefined {
  const { DYNAMODB_ENDPOINT, S3_ENDPOINT, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = environment;
  if (DYNAMODB_ENDPOINT === undefined && S3_ENDPOINT === undefined) return undefined;
  if (AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined) return undefined;
  return { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
}

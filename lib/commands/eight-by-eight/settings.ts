import { DEFAULT_BASE_URL } from '../../../functions/shared/adapters/eight-by-eight/management/management-http.ts';
import {
  parseApiKey,
  parseUploadKey,
  parseWebhookAuthorization,
} from '../../../functions/shared/adapters/eight-by-eight/management/management-secrets.ts';
import { cachedSecret } from '../../../functions/shared/adapters/secrets-manager.ts';
import type { UploadKey } from '../../../functions/shared/ports/eight-by-eight-account.ts';
import {
  type AccountSettings,
  DEFAULT_RECORDING_PATH_TEMPLATE,
} from '../../../functions/shared/use-cases/account-settings.ts';
import type { AccountCredentials } from '../../../functions/shared/use-cases/set-up-account.ts';
import { ConfigurationError } from '../../configuration/configuration-error.ts';
import { webhookPaths } from '../../routes.ts';
import type { StageDefaults } from './stage-defaults.ts';

/** What was given on the command line or, for most of it, in the environment; see `--help`. */
export interface Flags {
  readonly stage?: string;
  readonly subAccount?: string;
  readonly baseUrl?: string;
  readonly apiKeySecret?: string;
  readonly apiUrl?: string;
  readonly webhookSecret?: string;
  readonly recordings?: boolean;
  readonly recordingRegion?: string;
  readonly recordingBucket?: string;
  readonly recordingPrefix?: string;
  readonly recordingPath?: string;
  readonly uploadKeySecret?: string;
  readonly voiceProfile?: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The settings of one run: what was given, else the stage's configuration, else a default. Secrets come from the
 * environment or from Secrets Manager and never from the command line, which every user of the machine can read.
 * Each method throws `ConfigurationError` that says what is missing and how to give it.
 */
export class Settings {
  readonly #flags: Flags;
  readonly #stage: Partial<StageDefaults>;
  readonly #environment: Environment;

  constructor(flags: Flags, stage: Partial<StageDefaults>, environment: Environment) {
    this.#flags = flags;
    this.#stage = stage;
    this.#environment = environment;
  }

  get subAccountId(): string {
    return required(
      this.#flags.subAccount ?? this.#stage.subAccountId,
      'Which sub-account? Give --sub-account or SUB_ACCOUNT_ID, or a --stage that has one.',
    );
  }

  get baseUrl(): string {
    return this.#flags.baseUrl ?? this.#stage.baseUrl ?? DEFAULT_BASE_URL;
  }

  async apiKey(): Promise<string> {
    const given = this.#environment.EIGHT_BY_EIGHT_API_KEY;
    if (given) return given;
    const secretId = required(
      this.#flags.apiKeySecret ?? this.#stage.apiKeySecretName,
      'The API key is missing: set EIGHT_BY_EIGHT_API_KEY, or name its secret with --api-key-secret.',
    );
    return readSecret(secretId, parseApiKey);
  }

  /** Whether it was said where the service answers, and with it what the account should be. */
  get hasApiUrl(): boolean {
    return this.#flags.apiUrl !== undefined && this.#flags.apiUrl !== '';
  }

  /** The account as it should be, without secrets. */
  account(): AccountSettings {
    const apiUrl = required(
      this.#flags.apiUrl,
      'Where does the service answer? Give --api-url or API_URL: the output ApiUrl of the stack.',
    );
    if (!URL.canParse(apiUrl)) throw new ConfigurationError(`--api-url is not a URL: ${apiUrl}`);
    const below = (path: string) => `${apiUrl.replace(/\/+$/, '')}${path}`;
    return {
      webhookUrls: {
        VCA: below(webhookPaths['call-action']),
        VCS: below(webhookPaths['call-status']),
        VSS: below(webhookPaths['session-summary']),
        VRU: this.#recordsCalls ? below(webhookPaths['recording-uploaded']) : undefined,
        VNU: below(webhookPaths['number-updated']),
      },
      recordingPush: this.recordingPush,
    };
  }

  /** The secrets that a set-up registers. */
  async credentials(uploadKey: UploadKey | undefined): Promise<AccountCredentials> {
    return {
      webhookAuthorization: await this.#webhookAuthorization(),
      recordingPassword: uploadKey?.secretAccessKey ?? '',
    };
  }

  /** The access key that 8x8 uploads with; undefined where no recordings are pushed. */
  async uploadKey(): Promise<UploadKey | undefined> {
    if (this.recordingPush === undefined) return undefined;
    const { UPLOAD_ACCESS_KEY_ID: accessKeyId, UPLOAD_SECRET_ACCESS_KEY: secretAccessKey } =
      this.#environment;
    if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey };
    return readSecret(this.uploadKeySecret, parseUploadKey);
  }

  get uploadKeySecret(): string {
    return required(
      this.#flags.uploadKeySecret,
      'The upload key is missing: name its secret with --upload-key-secret, or set UPLOAD_ACCESS_KEY_ID and ' +
        'UPLOAD_SECRET_ACCESS_KEY.',
    );
  }

  get voiceProfiles(): readonly string[] {
    return [...(this.#flags.voiceProfile ?? []), ...(this.#stage.voiceProfiles ?? [])];
  }

  get #recordsCalls(): boolean {
    return this.#flags.recordings !== false && this.#stage.recordCalls !== false;
  }

  /** Where recordings go; undefined when this run is not about recordings. */
  get recordingPush(): AccountSettings['recordingPush'] {
    const bucket = this.#flags.recordingBucket;
    if (bucket === undefined || !this.#recordsCalls) return undefined;
    return {
      bucket,
      region: required(
        this.#flags.recordingRegion ?? this.#environment.AWS_REGION,
        'In which region is the bucket? Give --recording-region, RECORDING_REGION or AWS_REGION.',
      ),
      prefix: this.#flags.recordingPrefix ?? this.#stage.recordingPrefix ?? 'recordings',
      pathTemplate: this.#flags.recordingPath ?? DEFAULT_RECORDING_PATH_TEMPLATE,
    };
  }

  async #webhookAuthorization(): Promise<string> {
    const given = this.#environment.WEBHOOK_AUTH;
    if (given) return given;
    const secretId = required(
      this.#flags.webhookSecret,
      'The value that 8x8 is to send in Authorization is missing: set WEBHOOK_AUTH, or name its secret with ' +
        '--webhook-secret (the output WebhookSecretArn of the stack).',
    );
    return readSecret(secretId, parseWebhookAuthorization);
  }
}

function required(value: string | undefined, whatToDo: string): string {
  if (value === undefined || value === '') throw new ConfigurationError(whatToDo);
  return value;
}

/** @throws ConfigurationError that names the secret and never its content. */
async function readSecret<T>(secretId: string, parse: (text: string) => T): Promise<T> {
  try {
    return await cachedSecret(secretId, parse).get();
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown error';
    throw new ConfigurationError(`The secret ${secretId} cannot be used: ${reason}`);
  }
}

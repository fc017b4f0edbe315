import * as z from 'zod';
import {
  type AccountSettings,
  DEFAULT_RECORDING_PATH_TEMPLATE,
} from '../shared/use-cases/account-settings.ts';

/** CloudFormation hands every value over as text, and an unset one as an empty text. */
const optionalText = z
  .string()
  .optional()
  .transform((text) => (text === '' ? undefined : text));
const flag = z.union([z.boolean(), z.stringbool()]).default(false);
const url = z.url({ protocol: /^https?$/, error: 'an http or https URL' });

const propertiesSchema = z
  .object({
    /** Absent: the account is set up by hand. */
    ApiKeySecretName: optionalText,
    SubAccountId: optionalText,
    BaseUrl: optionalText,
    WebhookSecretArn: z.string().min(1),
    /** Parameter that remembers what was registered at 8x8. */
    TracesParameter: optionalText,
    /** A type that is left out is not wanted. */
    WebhookUrls: z.object({ VCA: url, VCS: url, VSS: url, VRU: url, VNU: url }).partial(),
    RecordingPush: z
      .object({
        Region: z.string().min(1),
        Bucket: z.string().min(1),
        Prefix: z.string().min(1),
        PathTemplate: optionalText,
        UploadKeySecretArn: z.string().min(1),
      })
      .optional(),
    /** Voices that callers are spoken to with; each must be offered by the sub-account. */
    VoiceProfiles: z.array(z.string()).default([]),
    TakeOver: flag,
    /** Any text; when it changes, the webhooks are registered anew with the current secret. */
    WebhookAuthorizationRevision: optionalText,
  })
  .refine((given) => given.ApiKeySecretName === undefined || given.SubAccountId !== undefined, {
    path: ['SubAccountId'],
    error: 'the sub-account that the API key is for',
  })
  .transform((given) => {
    const push = given.RecordingPush;
    return {
      apiKeySecretName: given.ApiKeySecretName,
      subAccountId: given.SubAccountId ?? '',
      baseUrl: given.BaseUrl,
      webhookSecretArn: given.WebhookSecretArn,
      tracesParameter: given.TracesParameter,
      uploadKeySecretArn: push?.UploadKeySecretArn,
      voiceProfiles: given.VoiceProfiles,
      takeOver: given.TakeOver,
      webhookAuthorizationRevision: given.WebhookAuthorizationRevision,
      webhookUrls: given.WebhookUrls,
      recordingPush: push && {
        region: push.Region,
        bucket: push.Bucket,
        prefix: push.Prefix,
        pathTemplate: push.PathTemplate ?? DEFAULT_RECORDING_PATH_TEMPLATE,
      },
    };
  });

/** The properties of the custom resource, in our words. */
export interface AccountSetupProperties extends AccountSettings {
  /** Name or ARN of the secret with the API key; undefined when the account is set up by hand. */
  readonly apiKeySecretName: string | undefined;
  /** Empty only when the account is set up by hand. */
  readonly subAccountId: string;
  readonly baseUrl: string | undefined;
  readonly webhookSecretArn: string;
  /** Undefined in the properties of a release that remembered nothing. */
  readonly tracesParameter: string | undefined;
  readonly uploadKeySecretArn: string | undefined;
  readonly voiceProfiles: readonly string[];
  readonly takeOver: boolean;
  readonly webhookAuthorizationRevision: string | undefined;
}

/**
 * What the function is called with: the request of CDK's provider framework, or `{ DriftCheck: properties }` from
 * the schedule, whose properties are those of the custom resource, so that both speak of the same account.
 */
const eventSchema = z.union([
  z.object({
    RequestType: z.enum(['Create', 'Update', 'Delete']),
    ResourceProperties: z.unknown(),
    OldResourceProperties: z.unknown().optional(),
    PhysicalResourceId: z.string().optional(),
  }),
  z.object({ DriftCheck: z.unknown() }),
]);

/** What CloudFormation gets back. `Data` may be at most 4 KB. */
export interface CustomResourceAnswer {
  readonly PhysicalResourceId: string;
  readonly Data: {
    /** `incomplete`: calls are carried, and something that the service can do without is still missing. */
    readonly Status: 'configured' | 'incomplete' | 'by-hand' | 'left';
    /** Words for the stack's outputs. */
    readonly Summary: string;
  };
}

/** @throws Error for anything else than {@link eventSchema} describes. */
export function readEvent(event: unknown): z.output<typeof eventSchema> {
  const read = eventSchema.safeParse(event);
  if (read.success) return read.data;
  throw new Error('Expected a request of CloudFormation for a custom resource, or { "DriftCheck": { … } }.');
}

/** @throws Error naming every property that is wrong. */
export function readProperties(given: unknown): AccountSetupProperties {
  const read = propertiesSchema.safeParse(given);
  if (read.success) return read.data;
  const issues = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`The account set-up cannot use its properties: ${issues.join('; ')}.`);
}

/** The same, where unreadable properties mean that there is nothing to go by. */
export function tryReadProperties(given: unknown): AccountSetupProperties | undefined {
  const read = propertiesSchema.safeParse(given);
  return read.success ? read.data : undefined;
}

/**
 * Another sub-account is another resource: CloudFormation then deletes the former one, which takes our webhooks out
 * of the former sub-account. The base URL is not part of it: two hosts of 8x8 serve the same account, and the
 * deletion through one would undo what was set up through the other.
 */
export function physicalResourceId({ subAccountId }: AccountSetupProperties): string {
  return `8x8-account/${subAccountId === '' ? 'by-hand' : subAccountId}`;
}

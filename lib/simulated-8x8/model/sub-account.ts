import * as z from 'zod';
import { countryOf, toE164 } from './phone-numbers.ts';
import { defaultSpeechProfiles, type SpeechProfile } from './speech-profiles.ts';
import type { WebhookType } from './webhook-types.ts';

/** The rule for sub-account ids in the platform's OpenAPI file. */
export const SUB_ACCOUNT_ID = /^[A-Za-z0-9\-._&]{3,50}$/;

/** States of a virtual number. The numbers API has no `Unhealthy`: there it shows in `numberHealth`. */
export const operationalStatuses = ['Active', 'Unhealthy', 'Expiring', 'Inactive'] as const;
export type OperationalStatus = (typeof operationalStatuses)[number];

/** A virtual number of the simulated pool; `msisdn` is E.164 with `+`. */
export interface VirtualNumber {
  readonly msisdn: string;
  readonly countryCode: string | null;
  /** The number range, which several numbers share. */
  readonly referenceId: string;
  readonly createdMs: number;
  updatedMs: number;
  operationalStatus: OperationalStatus;
}

/** A webhook as it was registered; the header value never leaves but in `Authorization` of a delivery. */
export interface WebhookRegistration {
  readonly type: WebhookType;
  readonly url: string;
  readonly httpAuthHeader: string | null;
  readonly enabled: boolean;
}

/** Where recordings go. For S3 `host` is the region and `path` is `/{bucket}/{prefix}/`. */
export interface RecordingPushConfig {
  readonly protocol: 'S3' | 'SFTP';
  readonly host: string;
  readonly port: number | null;
  readonly username: string;
  readonly password: string;
  readonly path: string;
}

/** A finished log export: the CSV and the period it covers. */
/** An export of the call log. */
export interface ExportJob {
  readonly csv: string;
  readonly rowCount: number;
  readonly expiresMs: number;
  /** How often somebody has asked how far it is. */
  asked: number;
}

/** What one simulated sub-account has. */
export interface SubAccount {
  readonly id: string;
  readonly referenceId: string;
  readonly speechProfiles: readonly SpeechProfile[];
  webhooks: WebhookRegistration[];
  pushConfig: RecordingPushConfig | undefined;
  readonly numbers: Map<string, VirtualNumber>;
  readonly exportJobs: Map<string, ExportJob>;
}

/** How a sub-account is described when the simulator starts. */
export const subAccountOptionsSchema = z.strictObject({
  id: z.string().regex(SUB_ACCOUNT_ID, 'a sub-account id has 3 to 50 letters, digits or - . _ &'),
  virtualNumbers: z.array(
    z.string().refine((text) => toE164(text) !== undefined, 'a virtual number is E.164, such as +6531290001'),
  ),
  /** Keys that open this sub-account alone; without any, every key of the simulator opens it. */
  apiKeys: z.array(z.string().min(1)).optional(),
});
export type SubAccountOptions = z.input<typeof subAccountOptionsSchema>;

/** Makes a sub-account with nothing registered. */
export function createSubAccount(options: SubAccountOptions, nowMs: number): SubAccount {
  const subAccount: SubAccount = {
    id: options.id,
    referenceId: `${options.id.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-range-01`,
    speechProfiles: defaultSpeechProfiles,
    webhooks: [],
    pushConfig: undefined,
    numbers: new Map(),
    exportJobs: new Map(),
  };
  fillNumbers(subAccount, options, nowMs);
  return subAccount;
}

/** Puts the pool of a sub-account back to what it was described with, all numbers active. */
export function fillNumbers(subAccount: SubAccount, options: SubAccountOptions, nowMs: number): void {
  subAccount.numbers.clear();
  for (const text of options.virtualNumbers) {
    const msisdn = toE164(text);
    if (msisdn !== undefined) addNumber(subAccount, msisdn, nowMs);
  }
}

/** Adds an active number (E.164 with `+`) to the pool, or gives the one that is there. */
export function addNumber(subAccount: SubAccount, msisdn: string, nowMs: number): VirtualNumber {
  const existing = subAccount.numbers.get(msisdn);
  if (existing !== undefined) return existing;
  const number: VirtualNumber = {
    msisdn,
    countryCode: countryOf(msisdn),
    referenceId: subAccount.referenceId,
    createdMs: nowMs,
    updatedMs: nowMs,
    operationalStatus: 'Active',
  };
  subAccount.numbers.set(msisdn, number);
  return number;
}

/** The enabled webhooks of a type. More than one only on an account where registering a type twice duplicates it. */
export function enabledWebhooks(subAccount: SubAccount, type: WebhookType): WebhookRegistration[] {
  return subAccount.webhooks.filter((webhook) => webhook.type === type && webhook.enabled);
}

import * as z from 'zod';
import type { RecordingPushConfig, RegisteredWebhook } from '../../../domain/account-setup.ts';
import { PhoneNumber } from '../../../domain/phone-number.ts';
import type { VoiceProfile } from '../../../domain/voice-profiles.ts';
import type {
  AcceptedCallflow,
  OwnedVirtualNumber,
  RecordingProgress,
  RecordingStatus,
  VirtualNumberList,
} from '../../../ports/eight-by-eight-account.ts';

/*
 * The answers of 8x8's management API, read as its reference describes them and no stricter: unknown fields are
 * ignored, and where documents disagree every documented spelling is taken. Each schema ends in our own words.
 */

const optionalText = z.string().nullish().catch(undefined);
const optionalNumber = z.coerce.number().nullish().catch(undefined);

export const webhookListSchema = z
  .object({
    webhooks: z.array(
      z.object({
        type: z.string(),
        url: z.string().nullish(),
        enabled: z.boolean().nullish(),
        httpAuthHeaderAvailable: z.boolean().nullish(),
      }),
    ),
  })
  .transform(({ webhooks }): readonly RegisteredWebhook[] =>
    webhooks.map(({ type, url, enabled, httpAuthHeaderAvailable }) => ({
      type,
      url: url ?? '',
      enabled: enabled ?? false,
      httpAuthHeaderAvailable: httpAuthHeaderAvailable ?? false,
    })),
  );

/** Undefined where nothing is set: what 8x8 answers then is not documented, so an empty config counts as none. */
export const recordingPushConfigSchema = z
  .object({
    protocol: optionalText,
    host: optionalText,
    port: optionalNumber,
    username: optionalText,
    path: optionalText,
    passwordSet: z.boolean().nullish(),
  })
  .transform((config): RecordingPushConfig | undefined => {
    const { protocol, host, port, username, path, passwordSet } = config;
    if (!protocol && !host && !path) return undefined;
    return {
      protocol: protocol ?? '',
      host: host ?? '',
      port: port ?? undefined,
      username: username ?? '',
      path: path ?? '',
      passwordSet: passwordSet ?? false,
    };
  });

export const voiceProfilesSchema = z
  .object({
    speechProfiles: z.array(
      z.object({
        speechProfileCode: z.string(),
        localeCode: optionalText,
        localeDescription: optionalText,
        gender: optionalText,
      }),
    ),
  })
  .transform(({ speechProfiles }): readonly VoiceProfile[] =>
    speechProfiles.map(({ speechProfileCode, localeCode, localeDescription, gender }) => ({
      code: speechProfileCode,
      locale: localeCode ?? '',
      description: localeDescription ?? undefined,
      gender: gender ?? undefined,
    })),
  );

const numberSchema = z.object({
  msisdn: optionalText,
  countryCode: optionalText,
  operationalStatus: optionalText,
  referenceId: optionalText,
  dateUpdated: optionalText,
  numberHealthCheckEnabled: z.boolean().nullish().catch(undefined),
  numberHealth: z
    .object({ isHealthy: z.boolean().nullish().catch(undefined) })
    .nullish()
    .catch(undefined),
});

export const virtualNumbersSchema = z
  .object({ totalNumbers: optionalNumber, numbers: z.array(numberSchema).nullish() })
  .refine(({ totalNumbers, numbers }) => totalNumbers !== undefined || numbers, 'no list of numbers')
  .transform(({ totalNumbers, numbers }): VirtualNumberList => {
    const listed = numbers ?? [];
    const readable = listed.flatMap(toOwnedNumber);
    return { numbers: readable, complete: readable.length >= Math.max(listed.length, totalNumbers ?? 0) };
  });

function toOwnedNumber(listed: z.output<typeof numberSchema>): OwnedVirtualNumber[] {
  const number = PhoneNumber.parse(listed.msisdn);
  if (number === undefined) return [];
  return [
    {
      number,
      state: stateOf(listed),
      country: listed.countryCode?.toUpperCase(),
      rangeReference: listed.referenceId ?? undefined,
      updatedAtMs: epochMs(listed.dateUpdated),
    },
  ];
}

/** The list tells ill health beside the status, VNU instead of it: here it is one word, as VNU has it. */
function stateOf({
  operationalStatus,
  numberHealthCheckEnabled,
  numberHealth,
}: z.output<typeof numberSchema>): OwnedVirtualNumber['state'] {
  switch (operationalStatus?.toLowerCase()) {
    case 'active': {
      const isChecked = numberHealthCheckEnabled !== false;
      return isChecked && numberHealth?.isHealthy === false ? 'unhealthy' : 'active';
    }
    case 'unhealthy':
      return 'unhealthy';
    case 'expiring':
      return 'expiring';
    case 'inactive':
      return 'inactive';
    default:
      return undefined;
  }
}

const recordingSchema = z.object({
  recordingId: z.string(),
  sessionId: optionalText,
  sessionid: optionalText,
  status: optionalText,
  externalFileUrl: optionalText,
  duration: optionalNumber,
  durationSeconds: optionalNumber,
  startRecordingTime: optionalText,
});

/** Dates before it are 8x8's way to say that a date is not set, such as 1969-12-31T23:59:59.999Z. */
const FIRST_REAL_DATE_MS = Date.UTC(2000, 0, 1);

/** @param askedSessionId the session that was asked for, where an entry does not name its own. */
export const recordingsSchema = (askedSessionId: string) =>
  z
    .object({ recordings: z.array(recordingSchema).nullish() })
    .refine(({ recordings }) => recordings !== undefined, 'no list of recordings')
    .transform(({ recordings }): readonly RecordingStatus[] =>
      (recordings ?? []).map((recording) => {
        const status = recording.status ?? '';
        return {
          recordingId: recording.recordingId,
          sessionId: recording.sessionId ?? recording.sessionid ?? askedSessionId,
          status,
          progress: progressOf.get(status.toUpperCase()) ?? 'unknown',
          externalFileUrl: recording.externalFileUrl ?? undefined,
          durationSeconds: recording.durationSeconds ?? recording.duration ?? undefined,
          startedAtMs: epochMs(recording.startRecordingTime, FIRST_REAL_DATE_MS),
        };
      }),
    );

/** `CALLBACK_…` tells the fate of the VRU webhook; by then the file lies in the bucket. */
const progressOf = new Map<string, RecordingProgress>([
  ['PROCESSING', 'processing'],
  ['PROCESSING_FAILED', 'failed'],
  ['UPLOAD_COMPLETED', 'uploaded'],
  ['UPLOAD_FAILED', 'failed'],
  ['CALLBACK_COMPLETED', 'uploaded'],
  ['CALLBACK_FAILED', 'uploaded'],
  ['COMPLETED', 'uploaded'],
]);

export const acceptedCallflowSchema = z
  .object({
    sessionId: z.string().min(1),
    sessionStatus: z.literal('CREATED'),
    callFlowRequestId: optionalText,
  })
  .transform(
    ({ sessionId, callFlowRequestId }): AcceptedCallflow => ({
      sessionId,
      callFlowRequestId: callFlowRequestId ?? undefined,
    }),
  );

function epochMs(text: string | null | undefined, earliestMs = 0): number | undefined {
  const atMs = Date.parse(text ?? '');
  return Number.isNaN(atMs) || atMs < earliestMs ? undefined : atMs;
}

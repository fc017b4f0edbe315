import type {
  NewRecordingPushConfig,
  RecordingPushConfig,
  RegisteredWebhook,
  WebhookType,
} from '../domain/account-setup.ts';
import type { OutboundCallflow } from '../domain/callflow.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import type { NumberState } from '../domain/pool.ts';
import type { VoiceProfile } from '../domain/voice-profiles.ts';

/** The access key that 8x8 uploads recordings with: it may put objects below one prefix, and nothing else. */
export interface UploadKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A webhook to be registered. It is registered enabled. */
export interface WebhookRegistration {
  readonly type: WebhookType;
  readonly url: string;
  /** The value that 8x8 puts into `Authorization` of every delivery, verbatim. */
  readonly httpAuthHeader: string;
}

/**
 * The part of an 8x8 sub-account that we set up: where it delivers webhooks and recordings.
 * Every method throws `EightByEightError`.
 */
export interface EightByEightAccount {
  listWebhooks(): Promise<readonly RegisteredWebhook[]>;
  createWebhook(registration: WebhookRegistration): Promise<void>;
  /** Resolves as well when there is none of the type. For `VNU` the operation is undocumented and may be refused. */
  deleteWebhook(type: WebhookType): Promise<void>;
  /** @returns undefined when none is set. */
  recordingPushConfig(): Promise<RecordingPushConfig | undefined>;
  setRecordingPushConfig(config: NewRecordingPushConfig): Promise<void>;
  /** Resolves as well when there is none. */
  deleteRecordingPushConfig(): Promise<void>;
}

/** The voices that the sub-account may speak with. */
export interface VoiceProfileCatalogue {
  /** @throws EightByEightError */
  voiceProfiles(): Promise<readonly VoiceProfile[]>;
}

/** A virtual number as 8x8 lists it. */
export interface OwnedVirtualNumber {
  readonly number: PhoneNumber;
  /** Undefined for a status that 8x8's documentation does not name: neither good nor known to be bad. */
  readonly state: Exclude<NumberState, 'draining'> | undefined;
  /** ISO 3166 alpha-2, upper case. */
  readonly country: string | undefined;
  /** The number range; several numbers share one, so it never identifies a number. */
  readonly rangeReference: string | undefined;
  /** When 8x8 last changed it, epoch milliseconds. */
  readonly updatedAtMs: number | undefined;
}

export interface VirtualNumberList {
  readonly numbers: readonly OwnedVirtualNumber[];
  /** False when 8x8 counts more numbers than could be read: then a missing number proves nothing. */
  readonly complete: boolean;
}

/** The virtual numbers allocated to the sub-account. */
export interface VirtualNumberInventory {
  /** @throws EightByEightError */
  virtualNumbers(): Promise<VirtualNumberList>;
}

/** Where a recording is on its way from the call to our bucket. */
export type RecordingProgress = 'processing' | 'uploaded' | 'failed' | 'unknown';

/** A recording as 8x8's status API tells it. */
export interface RecordingStatus {
  readonly recordingId: string;
  readonly sessionId: string;
  readonly progress: RecordingProgress;
  /** 8x8's own word, such as `CALLBACK_FAILED`. */
  readonly status: string;
  /** Where 8x8 says it put the file; the object key derived from it is not reliable. */
  readonly externalFileUrl: string | undefined;
  readonly durationSeconds: number | undefined;
  /** Epoch milliseconds; undefined when 8x8 sent its placeholder for an unset date. */
  readonly startedAtMs: number | undefined;
}

export interface RecordingStatusSource {
  /** @returns nothing for a session without recordings, and for one that 8x8 does not know. @throws EightByEightError */
  recordingsOf(sessionId: string): Promise<readonly RecordingStatus[]>;
}

/** A callflow that 8x8 accepted; `sessionId` comes back in every event of the call. */
export interface AcceptedCallflow {
  readonly sessionId: string;
  readonly callFlowRequestId: string | undefined;
}

export interface CallflowSender {
  /**
   * Starts a call of ours. Never sent twice unless the first attempt surely reached nobody, because a phone rings.
   * @throws EightByEightError with `mayHaveTakenEffect` when the answer was lost: the phone may be ringing.
   */
  sendCallflow(callflow: OutboundCallflow): Promise<AcceptedCallflow>;
}

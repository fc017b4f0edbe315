import * as z from 'zod';
import type {
  NewRecordingPushConfig,
  RecordingPushConfig,
  RegisteredWebhook,
  WebhookType,
} from '../../../domain/account-setup.ts';
import type { OutboundCallflow } from '../../../domain/callflow.ts';
import type { VoiceProfile } from '../../../domain/voice-profiles.ts';
import type {
  AcceptedCallflow,
  CallflowSender,
  EightByEightAccount,
  RecordingStatus,
  RecordingStatusSource,
  VirtualNumberInventory,
  VirtualNumberList,
  VoiceProfileCatalogue,
  WebhookRegistration,
} from '../../../ports/eight-by-eight-account.ts';
import { EightByEightError } from '../../../ports/eight-by-eight-error.ts';
import { type NumberFormat, toSendCallflowRequest } from '../webhooks/callflow-json.ts';
import {
  acceptedCallflowSchema,
  recordingPushConfigSchema,
  recordingsSchema,
  virtualNumbersSchema,
  voiceProfilesSchema,
  webhookListSchema,
} from './management-answers.ts';
import { ManagementHttp, type ManagementHttpOptions, type ManagementRequest } from './management-http.ts';

export interface ManagementApiOptions extends ManagementHttpOptions {
  /** How numbers are written in a callflow; with `+` by default. */
  readonly numberFormat?: NumberFormat | undefined;
}

/**
 * 8x8's management API for one sub-account: https://developer.8x8.com/connect/reference. The only module that knows
 * its paths and shapes. Every method throws `EightByEightError`, whose message is safe to log.
 */
export class EightByEightManagementApi
  implements
    EightByEightAccount,
    VoiceProfileCatalogue,
    VirtualNumberInventory,
    RecordingStatusSource,
    CallflowSender
{
  readonly #http: ManagementHttp;
  readonly #numberFormat: NumberFormat;

  /** @throws EightByEightError `misconfigured` for a base URL or sub-account id that cannot be right. */
  constructor(options: ManagementApiOptions) {
    this.#http = new ManagementHttp(options);
    this.#numberFormat = options.numberFormat ?? 'plus';
  }

  async listWebhooks(): Promise<readonly RegisteredWebhook[]> {
    return this.#http.send(reading('webhooks', 'list the webhooks'), webhookListSchema);
  }

  /** Sent again after a lost answer: 8x8 keeps one webhook per type, and who asked for it reads back what is there. */
  async createWebhook({ type, url, httpAuthHeader }: WebhookRegistration): Promise<void> {
    await this.#change({
      ...posting('webhooks', `register the ${type} webhook`),
      body: { type, url, httpAuthHeader, enabled: true },
      secrets: [httpAuthHeader],
    });
  }

  async deleteWebhook(type: WebhookType): Promise<void> {
    await this.#delete(`webhooks/${type}`, `delete the ${type} webhook`);
  }

  async recordingPushConfig(): Promise<RecordingPushConfig | undefined> {
    const request = reading('recording-push-config', 'read the recording push config');
    return ifFound(this.#http.send(request, recordingPushConfigSchema), undefined);
  }

  async setRecordingPushConfig(config: NewRecordingPushConfig): Promise<void> {
    const { protocol, host, port, username, password, path } = config;
    await this.#change({
      ...posting('recording-push-config', 'set the recording push config'),
      body: { protocol, host, port, username, password, path },
      secrets: [password],
    });
  }

  async deleteRecordingPushConfig(): Promise<void> {
    await this.#delete('recording-push-config', 'delete the recording push config');
  }

  async voiceProfiles(): Promise<readonly VoiceProfile[]> {
    return this.#http.send(reading('speech-profiles', 'list the voice profiles'), voiceProfilesSchema);
  }

  async virtualNumbers(): Promise<VirtualNumberList> {
    return this.#http.send(reading('numbers', 'list the virtual numbers'), virtualNumbersSchema);
  }

  async recordingsOf(sessionId: string): Promise<readonly RecordingStatus[]> {
    const path = `recordings/${encodeURIComponent(sessionId)}`;
    const request = reading(path, 'read the recordings of a session');
    return ifFound(this.#http.send(request, recordingsSchema(sessionId)), []);
  }

  async sendCallflow(callflow: OutboundCallflow): Promise<AcceptedCallflow> {
    const request: ManagementRequest = {
      method: 'POST',
      path: 'callflows',
      body: toSendCallflowRequest(callflow, this.#numberFormat),
      operation: 'send the callflow',
      retry: 'unless-accepted',
      successCode: 1,
    };
    return this.#http.send(request, acceptedCallflowSchema);
  }

  async #delete(path: string, operation: string): Promise<void> {
    const request = { method: 'DELETE', path, operation, retry: 'always', successCode: 0 } as const;
    await ifFound(this.#change(request), undefined);
  }

  /** What a change did is read back by whoever asked for it: the documented answers to changes disagree. */
  async #change(request: ManagementRequest): Promise<void> {
    await this.#http.send(request, z.unknown());
  }
}

function reading(path: string, operation: string): ManagementRequest {
  return { method: 'GET', path, operation, retry: 'always', successCode: 0 };
}

function posting(path: string, operation: string): ManagementRequest {
  return { method: 'POST', path, operation, retry: 'always', successCode: 0 };
}

/** Some things are told to be absent by a 404. A wrong sub-account is too, and shows when its webhooks are listed. */
async function ifFound<T>(answer: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof EightByEightError && error.kind === 'not-found') return otherwise;
    throw error;
  }
}

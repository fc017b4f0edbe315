import type {
  NewRecordingPushConfig,
  RecordingPushConfig,
  RegisteredWebhook,
  WebhookType,
} from '../../../functions/shared/domain/account-setup.ts';
import type { VoiceProfile } from '../../../functions/shared/domain/voice-profiles.ts';
import type {
  EightByEightAccount,
  VoiceProfileCatalogue,
  WebhookRegistration,
} from '../../../functions/shared/ports/eight-by-eight-account.ts';
import {
  EightByEightError,
  type EightByEightErrorKind,
} from '../../../functions/shared/ports/eight-by-eight-error.ts';

/** What 8x8's documentation leaves open. */
export interface Undocumented {
  /** What POST does when the type is registered already. */
  readonly postOnExisting: 'overwrites' | 'duplicates' | 'refuses';
  readonly vnuDeletion: 'works' | 'refused' | 'ignored';
}

/** A failure of the n-th request (from 0), before it took effect or after. */
export interface Fault {
  readonly request: number;
  readonly afterEffect: boolean;
  readonly kind: EightByEightErrorKind;
}

export function failure(kind: EightByEightErrorKind, mayHaveTakenEffect = false): EightByEightError {
  return new EightByEightError({
    kind,
    operation: 'ask the account',
    problem: 'it was told to fail',
    advice: 'Try again.',
    mayHaveTakenEffect,
  });
}

/** A sub-account that behaves as documented, and as {@link Undocumented} says where nothing is. */
export class InMemoryAccount implements EightByEightAccount, VoiceProfileCatalogue {
  webhooks: RegisteredWebhook[];
  push: RecordingPushConfig | undefined;
  profiles: VoiceProfile[] = [];
  faults: readonly Fault[] = [];
  /** Every request, such as `DELETE VCA`. */
  readonly log: string[] = [];
  /** The secrets given with the last registration of each type. */
  readonly authorizations = new Map<string, string>();
  pushPassword = '';
  readonly #undocumented: Undocumented;

  constructor(
    webhooks: readonly RegisteredWebhook[] = [],
    push?: RecordingPushConfig,
    undocumented: Undocumented = { postOnExisting: 'overwrites', vnuDeletion: 'works' },
  ) {
    this.webhooks = [...webhooks];
    this.push = push;
    this.#undocumented = undocumented;
  }

  /** The requests that changed something, or tried to. */
  get writes(): string[] {
    return this.log.filter((line) => !line.startsWith('GET'));
  }

  async listWebhooks(): Promise<readonly RegisteredWebhook[]> {
    return this.#request('GET webhooks', () => [...this.webhooks]);
  }

  async createWebhook({ type, url, httpAuthHeader }: WebhookRegistration): Promise<void> {
    await this.#request(`POST ${type}`, () => {
      const exists = this.webhooks.some((webhook) => webhook.type === type);
      if (exists && this.#undocumented.postOnExisting === 'refuses') throw failure('invalid');
      if (this.#undocumented.postOnExisting === 'overwrites') this.#drop(type);
      this.webhooks.push({ type, url, enabled: true, httpAuthHeaderAvailable: true });
      this.authorizations.set(type, httpAuthHeader);
    });
  }

  async deleteWebhook(type: WebhookType): Promise<void> {
    await this.#request(`DELETE ${type}`, () => {
      const { vnuDeletion } = this.#undocumented;
      if (type === 'VNU' && vnuDeletion === 'refused') throw failure('invalid');
      if (type !== 'VNU' || vnuDeletion === 'works') this.#drop(type);
    });
  }

  async recordingPushConfig(): Promise<RecordingPushConfig | undefined> {
    return this.#request('GET push', () => this.push);
  }

  async setRecordingPushConfig({ password, ...config }: NewRecordingPushConfig): Promise<void> {
    await this.#request('POST push', () => {
      if (this.push !== undefined && this.#undocumented.postOnExisting === 'refuses')
        throw failure('invalid');
      this.push = { ...config, passwordSet: password !== '' };
      this.pushPassword = password;
    });
  }

  async deleteRecordingPushConfig(): Promise<void> {
    await this.#request('DELETE push', () => {
      this.push = undefined;
    });
  }

  async voiceProfiles(): Promise<readonly VoiceProfile[]> {
    return this.#request('GET voices', () => this.profiles);
  }

  #drop(type: string): void {
    this.webhooks = this.webhooks.filter((webhook) => webhook.type !== type);
  }

  async #request<T>(line: string, effect: () => T): Promise<T> {
    const fault = this.faults.find(({ request }) => request === this.log.length);
    this.log.push(line);
    if (fault !== undefined && !fault.afterEffect) throw failure(fault.kind, true);
    const result = effect();
    if (fault !== undefined) throw failure(fault.kind, true);
    return result;
  }
}

import type { AccountTraces, AccountTracesStore } from '../../../functions/shared/ports/account-traces.ts';

/** Remembers for as long as a test lasts, and can be out of order. */
export class InMemoryTraces implements AccountTracesStore {
  kept: AccountTraces | undefined;
  isBroken = false;

  async recall(): Promise<AccountTraces> {
    return this.#unlessBroken(() => this.kept ?? { webhookUrls: [], recordingPaths: [] });
  }

  async remember(traces: AccountTraces): Promise<void> {
    await this.#unlessBroken(() => {
      this.kept = traces;
    });
  }

  async forget(): Promise<void> {
    await this.#unlessBroken(() => {
      this.kept = undefined;
    });
  }

  #unlessBroken<T>(work: () => T): T {
    if (this.isBroken) throw new Error('The memory is out of order.');
    return work();
  }
}

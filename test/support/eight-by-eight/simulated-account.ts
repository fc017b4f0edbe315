import * as z from 'zod';
import { startSimulated8x8 } from '../../../lib/simulated-8x8/start-simulated-8x8.ts';

export const API_KEY = 'key-of-the-simulator-4f9d';
export const SUB_ACCOUNT = 'rapidfare_mask';

const webhookList = z.object({ webhooks: z.array(z.record(z.string(), z.unknown())) });
const anyConfig = z.record(z.string(), z.unknown());

/** A simulated 8x8 with one sub-account, and what a test does to it from outside. */
export interface SimulatedAccount extends AsyncDisposable {
  readonly url: string;
  webhooks(): Promise<readonly Record<string, unknown>[]>;
  pushConfig(): Promise<Record<string, unknown> | undefined>;
  register(webhook: object): Promise<void>;
  unregister(type: string): Promise<void>;
  setPushConfig(config: object): Promise<void>;
  /** Lets management requests fail; see the simulator's own description. */
  arm(fault: object): Promise<void>;
  disarm(): Promise<void>;
  vary(variations: object): Promise<void>;
}

export async function startSimulatedAccount(): Promise<SimulatedAccount> {
  const simulator = await startSimulated8x8({
    apiKeys: [API_KEY],
    subAccounts: [{ id: SUB_ACCOUNT, virtualNumbers: ['+6531290001', '+6531290002'] }],
  });
  const management = `${simulator.url}/api/v1/subaccounts/${SUB_ACCOUNT}`;

  async function ask(method: string, url: string, body?: object): Promise<Response> {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (response.ok || response.status === 404) return response;
    throw new Error(
      `The simulator answered ${response.status} to ${method} ${url}: ${await response.text()}`,
    );
  }
  const discard = async (response: Promise<Response>) => {
    await (await response).arrayBuffer();
  };

  return {
    url: simulator.url,
    webhooks: async () => {
      const response = await ask('GET', `${management}/webhooks`);
      return webhookList.parse(await response.json()).webhooks;
    },
    pushConfig: async () => {
      const response = await ask('GET', `${management}/recording-push-config`);
      const body: unknown = await response.json();
      return response.status === 404 ? undefined : anyConfig.parse(body);
    },
    register: (webhook) => discard(ask('POST', `${management}/webhooks`, webhook)),
    unregister: (type) => discard(ask('DELETE', `${management}/webhooks/${type}`)),
    setPushConfig: (config) => discard(ask('POST', `${management}/recording-push-config`, config)),
    arm: (fault) => discard(ask('POST', `${simulator.url}/simulator/management-faults`, fault)),
    disarm: () => discard(ask('DELETE', `${simulator.url}/simulator/management-faults`)),
    vary: (variations) => discard(ask('PUT', `${simulator.url}/simulator/variations`, variations)),
    [Symbol.asyncDispose]: () => simulator.stop(),
  };
}

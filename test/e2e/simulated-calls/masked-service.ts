import { setTimeout as pause } from 'node:timers/promises';
import type { LocalCloudOptions } from '../../../lib/local-cloud/service/local-cloud.ts';
import {
  type Companion,
  type ServiceCloud,
  startServiceCloud,
} from '../../../lib/local-cloud/service/service-cloud.ts';
import { readSettings } from '../../../lib/local-cloud/service/settings.ts';
import { simulatedEightByEight } from '../../../lib/local-cloud/service/simulator.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
export type Json = any;

export interface Answer {
  readonly status: number;
  readonly body: Json;
}

/** The whole service with its simulated 8x8, and what tests ask of both. */
export interface MaskedService extends AsyncDisposable {
  readonly service: ServiceCloud;
  api(method: string, path: string, body?: object): Promise<Answer>;
  simulator(method: string, path: string, body?: object): Promise<Answer>;
  /** Books a ride between two people nobody else has. */
  book(over?: object): Promise<Ride>;
  /** Plays a call. @returns the simulator's report. */
  call(request: object): Promise<Json>;
  /** The session as the API shows it once `isSettled`; what is stored from logs and queues comes a moment later. */
  session(sessionId: string, isSettled?: (session: Json) => boolean): Promise<Json>;
}

export interface Ride {
  readonly bookingId: string;
  readonly rider: string;
  readonly driver: string;
  readonly virtualNumber: string;
}

const PATIENCE_MS = 30_000;

/** Whether the decision has been stored, which happens after the caller was answered. */
export const isDecided = ({ decision }: Json): boolean => decision !== null;

export interface MaskedServiceOptions {
  /** Settings of the deployment, such as `{ 'bookings.coolDownSeconds': 0 }`. */
  readonly context?: Readonly<Record<string, unknown>>;
  readonly cloud?: Partial<LocalCloudOptions>;
}

/** Starts everything on free ports; nothing is kept. */
export async function startMaskedService(options: MaskedServiceOptions = {}): Promise<MaskedService> {
  const companion: Companion = async (settings) => {
    const prepared = await simulatedEightByEight(settings);
    return { ...prepared, context: { ...prepared.context, ...options.context } };
  };
  const service = await startServiceCloud(
    readSettings({ PORT: '0', SIMULATOR_PORT: '0' }),
    { say: () => {}, companion },
    options.cloud,
  );
  const simulatorUrl = service.companion?.url ?? '';
  let people = 0;
  const somebody = (): string => {
    people += 1;
    return `+659112${String(people).padStart(4, '0')}`;
  };

  async function ask(base: string, method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(base + path, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  const api: MaskedService['api'] = (method, path, body) => ask(service.cloud.url, method, path, body);
  const simulator: MaskedService['simulator'] = (method, path, body) => ask(simulatorUrl, method, path, body);

  return {
    service,
    api,
    simulator,
    async book(over = {}) {
      const [rider, driver] = [somebody(), somebody()];
      const parties = [
        { label: 'rider', phoneNumber: rider },
        { label: 'driver', phoneNumber: driver },
      ];
      const { status, body } = await api('POST', '/v1/bookings', { parties, recordCalls: true, ...over });
      if (status !== 201) throw new Error(`No ride was booked: ${JSON.stringify(body)}`);
      return { bookingId: body.bookingId, rider, driver, virtualNumber: body.virtualNumber };
    },
    async call(request) {
      const { status, body } = await simulator('POST', '/simulator/calls', request);
      if (status !== 200) throw new Error(`No call was played: ${JSON.stringify(body)}`);
      return body;
    },
    async session(sessionId, isSettled = isDecided) {
      const giveUpAtMs = Date.now() + PATIENCE_MS;
      for (;;) {
        const { status, body } = await api('GET', `/v1/sessions/${sessionId}`);
        if ((status === 200 && isSettled(body)) || Date.now() > giveUpAtMs) return body;
        await pause(20);
      }
    },
    [Symbol.asyncDispose]: () => service.stop(),
  };
}

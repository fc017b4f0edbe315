import type { CallReport } from '../../../lib/simulated-8x8/call-engine/call-report.ts';
import type { JsonObject } from '../../../lib/simulated-8x8/model/webhook-types.ts';
import {
  LOCAL_API_KEY,
  LOCAL_SUB_ACCOUNT,
  type Simulated8x8Options,
  startSimulated8x8,
} from '../../../lib/simulated-8x8/start-simulated-8x8.ts';
import { type OurEndpoint, type Reply, startOurEndpoint } from './our-endpoint.ts';

/** The header value that the playground registers for its webhooks. */
export const WEBHOOK_AUTH = 'Bearer 3f9c7e52a1';
export const RIDER = '+6591110001';
export const DRIVER = '+6591110002';
export const VIRTUAL_NUMBER = '+6531290001';
export const VOICE = 'en-US-BenjaminRUS';
const CLOCK_START = '2026-02-16T03:14:07.511Z';

/** An answer of the simulator over HTTP; `body` is empty when the answer is not JSON. */
export interface HttpReply {
  readonly status: number;
  readonly body: JsonObject;
  readonly text: string;
  readonly headers: Headers;
}

/** A simulator with our endpoint registered for all five webhooks. */
export interface Playground {
  readonly url: string;
  readonly endpoint: OurEndpoint;
  settled(): Promise<void>;
  /** Plays a call from the rider to the first virtual number, but for what is given. */
  call(request?: object): Promise<CallReport>;
  /** Answers every call action request with this callflow. */
  answerWith(...callflow: readonly object[]): void;
  /** Answers the call action requests with these replies, one after the other; the last one is repeated. */
  answerInTurn(...replies: readonly Reply[]): void;
  simulator(method: string, path: string, body?: object | string): Promise<HttpReply>;
  management(
    method: string,
    path: string,
    body?: object | string,
    options?: { key?: string | null; subAccountId?: string },
  ): Promise<HttpReply>;
  /** Forgets all calls, and registers the five webhooks anew. */
  startOver(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a playground on a standing clock. */
export async function startPlayground(options: Simulated8x8Options = {}): Promise<Playground> {
  const endpoint = await startOurEndpoint();
  const simulated = await startSimulated8x8({ clockStart: CLOCK_START, ...options });

  async function send(
    method: string,
    path: string,
    body?: object | string,
    headers = {},
  ): Promise<HttpReply> {
    const response = await fetch(`${simulated.url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, body: isJson ? JSON.parse(text) : {}, text, headers: response.headers };
  }

  const playground: Playground = {
    url: simulated.url,
    endpoint,
    settled: simulated.settled,
    async call(request = {}) {
      const reply = await send('POST', '/simulator/calls', { from: RIDER, to: VIRTUAL_NUMBER, ...request });
      if (reply.status !== 200) throw new Error(`The call was refused: ${reply.text}`);
      const report: CallReport = JSON.parse(reply.text);
      return report;
    },
    answerWith(...callflow) {
      endpoint.answer('VCA', () => ({ body: { callflow } }));
    },
    answerInTurn(...replies) {
      let turn = 0;
      endpoint.answer('VCA', () => {
        const reply = replies[Math.min(turn, replies.length - 1)] ?? {};
        turn += 1;
        return reply;
      });
    },
    simulator: (method, path, body) => send(method, path, body),
    management: (method, path, body, { key = LOCAL_API_KEY, subAccountId = LOCAL_SUB_ACCOUNT } = {}) =>
      send(
        method,
        `/api/v1/subaccounts/${encodeURIComponent(subAccountId)}${path}`,
        body,
        key === null ? {} : { authorization: `Bearer ${key}` },
      ),
    async startOver() {
      await send('POST', '/simulator/reset', { account: true });
      endpoint.startOver();
      for (const type of ['VCA', 'VCS', 'VSS', 'VRU', 'VNU']) {
        const webhook = { type, url: `${endpoint.url}/${type}`, httpAuthHeader: WEBHOOK_AUTH, enabled: true };
        await playground.management('POST', '/webhooks', webhook);
      }
    },
    async stop() {
      await simulated.stop();
      await endpoint.stop();
    },
  };
  await playground.startOver();
  return playground;
}

/** The usual answer: put the rider through to the driver. */
export function makeCall(params: object = {}): object {
  return { action: 'makeCall', params: { source: VIRTUAL_NUMBER, destination: DRIVER, ...params } };
}

export function say(text: string, params: object = {}): object {
  return { action: 'say', params: { text, voiceProfile: VOICE, ...params } };
}

/** A capture of a four-digit code, every value given. */
export function capture(params: object = {}): object {
  return {
    action: 'sayAndCapture',
    params: {
      promptMessage: 'Please enter your code.',
      successMessage: 'Thank you.',
      failureMessage: 'That is not valid.',
      voiceProfile: VOICE,
      completeOnHash: false,
      minDigits: 4,
      maxDigits: 4,
      digitTimeout: 4000,
      overallTimeout: 15000,
      noOfTries: 2,
      ...params,
    },
  };
}

export const hangup: object = { action: 'hangup' };

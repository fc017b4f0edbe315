import * as z from 'zod';
import { webhookTypes } from '../../../functions/shared/domain/account-setup.ts';
import { API_KEY } from './accounts.ts';
import type { AwsRequests } from './aws-requests.ts';

interface DeployedServiceOptions {
  readonly requests: AwsRequests;
  readonly outputs: Readonly<Record<string, string>>;
  readonly simulatorUrl: string;
  readonly subAccountId: string;
}

/** Outputs that hold the URL of each webhook. */
const urlOutputs = {
  VCA: 'CallActionWebhookUrl',
  VCS: 'CallStatusWebhookUrl',
  VSS: 'SessionSummaryWebhookUrl',
  VRU: 'RecordingUploadedWebhookUrl',
  VNU: 'NumberUpdatedWebhookUrl',
} as const;

const bookingSchema = z
  .object({ bookingId: z.string(), parties: z.array(z.object({ virtualNumber: z.string() })).min(1) })
  .transform(({ bookingId, parties }) => ({ bookingId, virtualNumber: parties[0]?.virtualNumber ?? '' }));
const callSchema = z.looseObject({
  sessionId: z.string(),
  connectedTo: z.string().nullable(),
  recordingKey: z.string().nullish(),
  exchanges: z.array(
    z.looseObject({
      webhook: z.string(),
      request: z.unknown(),
      response: z.looseObject({ status: z.number().nullish() }).nullish(),
    }),
  ),
});
const webhookSchema = z.object({ type: z.string(), url: z.string() });
const webhookListSchema = z.looseObject({ webhooks: z.array(webhookSchema) });

/** What a played call came to. */
export type PlayedCall = z.output<typeof callSchema>;

/** A booking as the API made it, with the number that its first party calls. */
export type MadeBooking = z.output<typeof bookingSchema>;

/** The deployed API, and the simulated 8x8 that calls it. */
export class DeployedService {
  readonly #options: DeployedServiceOptions;

  constructor(options: DeployedServiceOptions) {
    this.#options = options;
  }

  output(name: string): string {
    const value = this.#options.outputs[name];
    if (value === undefined) throw new Error(`The stack has no output ${name}.`);
    return value;
  }

  /** Asks the booking API as somebody whom IAM lets in. @throws Error with the answer, when it is refused. */
  async api(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.output('ApiUrl')}${path}`, {
      method,
      headers: {
        authorization: this.#options.requests.authorizationFor('execute-api'),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** The token that 8x8 sends to the webhooks. */
  async webhookToken(): Promise<string> {
    const secret = await this.#options.requests.secretText(this.output('WebhookSecretArn'));
    return z.object({ token: z.string() }).parse(JSON.parse(secret)).token;
  }

  /** Enters the webhooks at 8x8 as a person does who reads the outputs. */
  async registerByHand(): Promise<void> {
    const token = await this.webhookToken();
    for (const type of webhookTypes) {
      await this.management('POST', '/webhooks', {
        type,
        url: this.output(urlOutputs[type]),
        enabled: true,
        httpAuthHeader: `Bearer ${token}`,
      });
    }
  }

  /** The webhooks that are registered for the sub-account. */
  async webhooks(): Promise<{ type: string; url: string }[]> {
    return webhookListSchema.parse(await this.management('GET', '/webhooks')).webhooks;
  }

  /** Asks 8x8's management API. @throws Error with the answer, when it is refused. */
  async management(method: string, path: string, body?: object): Promise<unknown> {
    const { simulatorUrl, subAccountId } = this.#options;
    const prefix = `/api/v1/subaccounts/${subAccountId}`;
    return ask(method, `${simulatorUrl}${prefix}${path}`, body, { authorization: `Bearer ${API_KEY}` });
  }

  async simulator(method: string, path: string, body?: object): Promise<unknown> {
    return ask(method, `${this.#options.simulatorUrl}/simulator${path}`, body, {});
  }

  /** Adds virtual numbers to the pool; those that are in it stay as they are. */
  async addNumbers(virtualNumbers: readonly string[]): Promise<void> {
    for (const virtualNumber of virtualNumbers) {
      await this.api('PUT', `/v1/numbers/${encodeURIComponent(virtualNumber)}`, { country: 'SG' });
    }
  }

  async book(parties: readonly [string, string], more: object = {}): Promise<MadeBooking> {
    const body = { parties: parties.map((phoneNumber) => ({ phoneNumber })), ...more };
    return bookingSchema.parse(await this.api('POST', '/v1/bookings', body));
  }

  async call(from: string, to: string, more: object = {}): Promise<PlayedCall> {
    const body = { from, to, answer: 'answered', talkSeconds: 30, ...more };
    return callSchema.parse(await this.simulator('POST', '/calls', body));
  }
}

async function ask(
  method: string,
  url: string,
  body: object | undefined,
  headers: Readonly<Record<string, string>>,
): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} was answered ${response.status}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runRedrive } from '../../../lib/commands/redrive/redrive-command.ts';
import { REGION } from '../../../lib/local-cloud/template/physical-names.ts';
import {
  type Json,
  type MaskedService,
  startMaskedService,
} from '../../e2e/simulated-calls/masked-service.ts';

const patience = { timeout: 30_000, interval: 20 };
/** As often as the queue lets an event be tried. */
const MOST_TRIES = 20;

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: Json;
}

/** The company's endpoint: it keeps what it is sent, and answers what the test says. */
let receiver: Server;
const received: Received[] = [];
const takeAll = (): number => 204;
let statusFor: (event: Json, tries: number) => number = takeAll;
let masked: MaskedService;

beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const event = JSON.parse(body);
    received.push({ headers: request.headers, body, event });
    response.writeHead(statusFor(event, triesOf(event.id).length)).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  masked = await startMaskedService({
    context: { 'operations.events.webhookUrl': `http://127.0.0.1:${port}/events` },
    cloud: { longestVisibilityTimeoutSeconds: 5, longestPostponementSeconds: 0.02 },
  });
}, 120_000);
beforeEach(() => {
  statusFor = takeAll;
});
afterAll(async () => {
  await masked?.[Symbol.asyncDispose]();
  receiver.closeAllConnections();
  receiver.close();
});

const triesOf = (eventId: string) => received.filter(({ event }) => event.id === eventId);
const eventsOf = (bookingId: string) => received.filter(({ event }) => event.data.bookingId === bookingId);

const options = (service: 'SQS' | 'SECRETS_MANAGER') => ({
  endpoint: masked.service.cloud.endpoints[service],
  region: REGION,
  credentials: masked.service.cloud.credentials,
});

async function messagesIn(logicalId: string): Promise<number> {
  const sqs = new SQSClient(options('SQS'));
  const QueueUrl = masked.service.cloud.deployment.queues.find((queue) => queue.logicalId === logicalId)?.url;
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  sqs.destroy();
  return (
    Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible)
  );
}

/** The secret as the company reads it. */
async function readSecret(): Promise<string> {
  const secrets = new SecretsManagerClient(options('SECRETS_MANAGER'));
  const SecretId = masked.service.cloud.deployment.secrets.find(
    ({ logicalId }) => logicalId === 'EventWebhookSecret',
  )?.arn;
  const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId }));
  secrets.destroy();
  return JSON.parse(SecretString).secret;
}

/** Checks the signature of a request as a receiver has to. */
function isSigned({ headers, body }: Received, secret: string): boolean {
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}

describe("the company's endpoint", () => {
  test('hears of a booking, with a signature that only the secret can make', async () => {
    const secret = await readSecret();

    const { bookingId, rider } = await masked.book();

    await expect.poll(() => eventsOf(bookingId).length, patience).toBe(1);
    const [request] = eventsOf(bookingId);
    expect(request?.event).toMatchObject({ type: 'booking.created', data: { bookingId } });
    expect(request?.headers).toMatchObject({
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'webhook-id': request?.event.id,
    });
    expect(request && isSigned(request, secret)).toBe(true);
    expect(request && isSigned({ ...request, body: `${request.body} ` }, secret)).toBe(false);
    expect(request?.body).not.toContain(rider.slice(1));
  });

  test('gets an event again until it takes it, signed anew each time', async () => {
    const secret = await readSecret();
    const answers = [500, 302, 401, 200];
    statusFor = (_, tries) => answers[tries - 1] ?? 200;

    const { bookingId } = await masked.book();

    await expect.poll(() => eventsOf(bookingId).length, patience).toBe(answers.length);
    await expect.poll(() => messagesIn('EventWebhookQueue'), patience).toBe(0);
    const tries = eventsOf(bookingId);
    expect(tries).toHaveLength(answers.length);
    expect(new Set(tries.map(({ event }) => event.id)).size).toBe(1);
    expect(tries.every((request) => isSigned(request, secret))).toBe(true);
  });

  test('that never takes an event finds it among the dead letters, and gets it when it is moved back', async () => {
    let isBroken = true;
    const { bookingId } = await masked.book();
    statusFor = ({ type }) => (isBroken && type === 'booking.ended' ? 503 : 204);
    const ended = () => eventsOf(bookingId).filter(({ event }) => event.type === 'booking.ended');

    await masked.api('POST', `/v1/bookings/${bookingId}/complete`);
    await expect.poll(() => messagesIn('EventWebhookDeadLetterQueue'), patience).toBe(1);
    const triesBefore = ended().length;
    isBroken = false;
    const told: string[] = [];
    const exitCode = await runRedrive(
      ['events', '--stage', 'local', '--local-url', masked.service.cloud.url],
      {
        write: (text) => told.push(text),
        writeError: (text) => told.push(text),
      },
    );

    expect(triesBefore).toBe(MOST_TRIES);
    expect([exitCode, told]).toEqual([
      0,
      ['1 moved from EventWebhookDeadLetterQueue to EventWebhookQueue.\n'],
    ]);
    await expect.poll(() => ended().length, patience).toBe(MOST_TRIES + 1);
    await expect.poll(() => messagesIn('EventWebhookQueue'), patience).toBe(0);
    expect(await messagesIn('EventWebhookDeadLetterQueue')).toBe(0);
    expect(new Set(ended().map(({ event }) => event.id)).size).toBe(1);
  });
});

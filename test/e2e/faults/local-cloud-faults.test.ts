import { randomUUID } from 'node:crypto';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { runRedrive } from '../../../lib/commands/redrive/redrive-command.ts';
import { REGION } from '../../../lib/local-cloud/template/physical-names.ts';
import { isRunning } from '../../lib/local-cloud/support/processes.ts';
import { callBodies } from '../../rehearsal/soak/masked-call.ts';
import {
  type Json,
  type MaskedService,
  type Ride,
  startMaskedService,
} from '../simulated-calls/masked-service.ts';

const patience = { timeout: 30_000, interval: 20 };
const CONSUMER = 'WebhookRetryFunction';
const thirtyMinutesAgo = () => new Date(Date.now() - 30 * 60_000).toISOString();

let masked: MaskedService;
let sqs: SQSClient;

beforeAll(async () => {
  masked = await startMaskedService({
    cloud: { longestVisibilityTimeoutSeconds: 1, longestPostponementSeconds: 0.1 },
  });
  const { endpoints, credentials } = masked.service.cloud;
  sqs = new SQSClient({ endpoint: endpoints.SQS, region: REGION, credentials });
}, 120_000);
afterEach(() => breakServices({}));
afterAll(async () => {
  sqs.destroy();
  await masked[Symbol.asyncDispose]();
});

const proxy = () => masked.service.cloud.database.proxy;

async function breakServices(faults: object): Promise<void> {
  expect((await masked.api('POST', '/local-cloud/faults', faults)).status).toBe(200);
}

const queueUrl = (logicalId: string) =>
  masked.service.cloud.deployment.queues.find((queue) => queue.logicalId === logicalId)?.url;

/** How many messages wait or are being worked on in a queue, by its logical id. */
async function messagesIn(logicalId: string): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl(logicalId), AttributeNames: ['All'] }),
  );
  const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = Attributes;
  return Number(ApproximateNumberOfMessages) + Number(ApproximateNumberOfMessagesNotVisible);
}

/** Tells everything of an answered call but its call action, all at once. @returns the statuses of the answers. */
async function tell(sessionId: string, ride: Ride): Promise<number[]> {
  return Promise.all(
    toldOf(sessionId, ride).map(async ([webhook, body]) => {
      const response = await fetch(`${masked.service.cloud.url}/webhooks/${webhook}`, {
        method: 'POST',
        headers: { authorization: 'Bearer local-webhook-secret', 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return response.status;
    }),
  );
}

type ToldWebhook = keyof typeof typeOf;
const typeOf = { 'call-status': 'VCS', 'session-summary': 'VSS', 'recording-uploaded': 'VRU' } as const;

function toldOf(sessionId: string, { rider, driver, virtualNumber }: Ride): [ToldWebhook, object][] {
  const { statuses, summary, recording } = callBodies({
    sessionId,
    caller: rider,
    callee: driver,
    virtualNumber,
    atMs: Date.now(),
    talkSeconds: 30,
  });
  return [
    ...statuses.map((body): [ToldWebhook, object] => ['call-status', body]),
    ['session-summary', summary],
    ...(recording === undefined ? [] : [['recording-uploaded', recording] satisfies [ToldWebhook, object]]),
  ];
}

/** What the record must say of such a call in the end, whatever was broken meanwhile. */
const finalState = (sessionId: string, { bookingId }: Ride) => ({
  sessionId,
  bookingId,
  status: 'COMPLETED',
  outcome: 'answered',
  durationSeconds: 30,
  events: [
    'a-CALL_RECEIVED',
    'b-CALL_INITIATED',
    'b-CALL_CONNECTED',
    'b-CALL_DISCONNECTED',
    'a-CALL_DISCONNECTED',
  ].map((event) => `${sessionId}-${event}`),
  recordings: [`${sessionId}-recording`],
});

function stateOf({ events, recordings, ...session }: Json): object {
  const { sessionId, bookingId, status, outcome, durationSeconds } = session;
  return {
    sessionId,
    bookingId,
    status,
    outcome,
    durationSeconds,
    events: events.map(({ eventId }: Json) => eventId),
    recordings: recordings.map(({ recordingId }: Json) => recordingId),
  };
}

/** Waits until the record says what it must, in the session and in the list of its booking, once. */
async function expectFinalState(sessionId: string, ride: Ride): Promise<void> {
  const sessions = async () => {
    const { body } = await masked.api('GET', `/v1/bookings/${ride.bookingId}/sessions`);
    return body.items.map(stateOf);
  };
  await expect.poll(sessions, patience).toEqual([finalState(sessionId, ride)]);
  await expect.poll(() => messagesIn('WebhookRetryQueue'), patience).toBe(0);
  expect(await messagesIn('WebhookRetryDeadLetterQueue')).toBe(0);
}

const ALL_TAKEN = [200, 200, 200, 200, 200, 200, 200];

describe('a call of which everything is told', () => {
  test.each([
    ['is stopped', { stopped: true }],
    ['is slow', { latencyMs: 10_000 }],
    ['throttles everything', { throttleEvery: 1 }],
    ['fails every second request', { failEvery: 2 }],
    ['does not answer every third request', { loseAnswerEvery: 3 }],
  ])('while the store %s ends in its right state', async (_, database) => {
    const ride = await masked.book();
    const sessionId = randomUUID();
    await breakServices({ database });

    const answers = await tell(sessionId, ride);
    await breakServices({});

    expect(answers).toEqual(ALL_TAKEN);
    await expectFinalState(sessionId, ride);
  });

  test('ends in its right state where its consumers are killed in the middle of their replays', async () => {
    const ride = await masked.book();
    const sessionId = randomUUID();
    await breakServices({ database: { stopped: true } });
    const answers = await tell(sessionId, ride);

    // What comes in is written, and then the consumer waits for what it asks next.
    await breakServices({ database: { latencyMs: 60_000, operations: ['Query'] } });
    proxy().resetCounts();
    const written = () => {
      const { PutItem = 0, UpdateItem = 0 } = proxy().requestCounts();
      return PutItem + UpdateItem;
    };
    await expect.poll(() => proxy().requestCounts().Query ?? 0, patience).toBeGreaterThan(0);
    await expect.poll(written, patience).toBeGreaterThan(0);
    const killed = masked.service.cloud.lambda.pids(CONSUMER);
    for (const pid of killed) process.kill(pid, 'SIGKILL');
    await expect.poll(() => killed.filter(isRunning), patience).toEqual([]);
    await breakServices({});

    expect(answers).toEqual(ALL_TAKEN);
    expect(killed.length).toBeGreaterThan(0);
    await expectFinalState(sessionId, ride);
    expect(masked.service.cloud.lambda.pids(CONSUMER).filter((pid) => killed.includes(pid))).toEqual([]);
  });

  test('is refused, to be sent again, while neither the store nor the queue takes it', async () => {
    const ride = await masked.book();
    const sessionId = randomUUID();
    await breakServices({ database: { stopped: true }, queues: { stopped: true } });

    const refused = await tell(sessionId, ride);
    await breakServices({});
    const again = await tell(sessionId, ride);

    expect([refused, again]).toEqual([ALL_TAKEN.map(() => 503), ALL_TAKEN]);
    await expectFinalState(sessionId, ride);
  });
});

describe('what was given up', () => {
  test.each([
    ['webhooks', 'WebhookRetryDeadLetterQueue'],
    ['quarantine', 'QuarantineQueue'],
  ])('ends in its right state when it is moved back from %s', async (what, logicalId) => {
    const ride = await masked.book();
    const sessionId = randomUUID();
    for (const [webhook, body] of toldOf(sessionId, ride)) {
      const message = { webhook: typeOf[webhook], receivedAtMs: Date.now(), body: JSON.stringify(body) };
      await sqs.send(
        new SendMessageCommand({ QueueUrl: queueUrl(logicalId), MessageBody: JSON.stringify(message) }),
      );
    }

    const told: string[] = [];
    const exitCode = await runRedrive([what, '--stage', 'local', '--local-url', masked.service.cloud.url], {
      write: (text) => told.push(text),
      writeError: (text) => told.push(text),
    });

    expect([exitCode, told]).toEqual([0, [`7 moved from ${logicalId} to WebhookRetryQueue.\n`]]);
    await expectFinalState(sessionId, ride);
  });
});

describe('a recording', () => {
  const runReconciliation = async () => {
    const id = masked.service.cloud.schedules.ids().find((of) => of.includes('RecordingReconciliation'));
    expect((await masked.api('POST', `/local-cloud/schedules/${id}/run`)).status).toBe(202);
  };
  const recorded = async (ride: Ride) =>
    masked.call({
      from: ride.rider,
      to: ride.virtualNumber,
      at: thirtyMinutesAgo(),
      faults: { VRU: { drop: 1 } },
    });

  test('that is reported while S3 is down is kept unseen, and attached once S3 is back', async () => {
    const ride = await masked.book();
    const call = await recorded(ride);
    await breakServices({ objects: { stopped: true } });

    const flush = { sessionId: call.sessionId, reasons: ['dropped'] };
    const { body: report } = await masked.simulator('POST', '/simulator/flush', flush);
    const during = await masked.session(call.sessionId);
    await breakServices({});
    await runReconciliation();

    const after = await masked.session(call.sessionId, ({ recordings }) => recordings[0]?.verified);
    expect(report).toMatchObject({ delivered: 1 });
    expect(during.recordings).toMatchObject([{ verified: false, key: null }]);
    expect(after.recordings).toMatchObject([{ verified: true, key: call.recordingKey }]);
    const link = await masked.api('GET', `/v1/recordings/${after.recordings[0].recordingId}/download`);
    expect((await fetch(link.body.url)).status).toBe(200);
  });

  test('does not stop the call to which it belongs while S3 is down', async () => {
    const ride = await masked.book();
    await breakServices({ objects: { stopped: true } });

    const call = await masked.call({ from: ride.rider, to: ride.virtualNumber });

    expect(call).toMatchObject({ status: 'COMPLETED', connectedTo: ride.driver, recordingKey: null });
    expect(await masked.session(call.sessionId)).toMatchObject({ outcome: 'answered', recordings: [] });
  });

  test('of a person who is erased while S3 is down is gone once the erasure is asked for again', async () => {
    const ride = await masked.book();
    const call = await recorded(ride);
    await masked.session(call.sessionId);
    const erase = () => masked.api('DELETE', `/v1/parties/${encodeURIComponent(ride.rider)}`);
    await breakServices({ objects: { stopped: true } });

    const during = await erase();
    await breakServices({});
    const after = await erase();

    expect(during.body).not.toMatchObject({ complete: true });
    expect(during.status).toBeGreaterThanOrEqual(500);
    expect(after).toMatchObject({ status: 200, body: { complete: true, erased: { recordings: 1 } } });
    expect((await masked.api('GET', `/v1/sessions/${call.sessionId}`)).status).toBe(404);
  });
});

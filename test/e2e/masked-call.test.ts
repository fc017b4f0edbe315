import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isRunning } from '../lib/local-cloud/support/processes.ts';
import { callActionBody, callBodies } from '../rehearsal/soak/masked-call.ts';
import { type CloudAnswer, type CloudProcess, startCloudProcess } from './cloud-process.ts';

const START_TIMEOUT_MS = 180_000;
const patience = { timeout: 60_000, interval: 50 };
const ANNOUNCEMENT = [
  { action: 'say', params: expect.objectContaining({ text: expect.stringMatching(/\S/) }) },
  { action: 'hangup' },
];

let cloud: CloudProcess;
let people = 0;
/** Somebody whom no other test knows. */
const somebody = () => {
  people += 1;
  return `+65911100${String(people).padStart(2, '0')}`;
};

beforeAll(async () => {
  cloud = await startCloudProcess();
}, START_TIMEOUT_MS);
afterAll(async () => {
  await cloud?.end('SIGTERM');
});

async function book(first: string, second: string, more: object = {}) {
  const { status, json } = await cloud.send('POST', '/v1/bookings', {
    parties: [
      { label: 'rider', phoneNumber: first },
      { label: 'driver', phoneNumber: second },
    ],
    ...more,
  });
  expect(status).toBe(201);
  return { bookingId: String(json.bookingId), virtualNumber: String(json.virtualNumber) };
}

function dial(caller: string, virtualNumber: string, authorization?: string): Promise<CloudAnswer> {
  const body = callActionBody({ sessionId: randomUUID(), caller, virtualNumber, atMs: Date.now() });
  return cloud.webhook('call-action', body, authorization);
}

const connection = (source: string, destination: string) => ({
  callflow: [{ action: 'makeCall', params: { source, destination } }],
});

describe('the local cloud', () => {
  test('says that it is ready and healthy', async () => {
    const health = await cloud.get('/healthz');

    expect(health.status).toBe(200);
    expect(cloud.lines.filter((line) => line.startsWith(`ready ${cloud.url}`))).toHaveLength(1);
  });

  test('starts with a pool of ten virtual numbers', async () => {
    const { json } = await cloud.get('/v1/numbers?limit=100');

    const numbers = json.items.map((item: { virtualNumber: string }) => item.virtualNumber);
    expect(numbers.toSorted()).toEqual(
      Array.from({ length: 10 }, (_, n) => `+65312900${String(n + 1).padStart(2, '0')}`),
    );
  });
});

describe('a call to a virtual number', () => {
  test('connects each of the two parties with the other, under the number that both know', async () => {
    const [rider, driver] = [somebody(), somebody()];
    const { virtualNumber } = await book(rider, driver);

    const fromRider = await dial(rider, virtualNumber);
    const fromDriver = await dial(driver, virtualNumber);

    expect([fromRider.status, fromRider.json]).toEqual([200, connection(virtualNumber, driver)]);
    expect([fromDriver.status, fromDriver.json]).toEqual([200, connection(virtualNumber, rider)]);
  });

  test.each([
    ['a stranger', () => somebody()],
    ['somebody who withholds the number', () => 'anonymous'],
  ])('tells %s something and hangs up', async (_, caller) => {
    const { virtualNumber } = await book(somebody(), somebody());

    const { status, json } = await dial(caller(), virtualNumber);

    expect([status, json.callflow]).toEqual([200, ANNOUNCEMENT]);
  });

  test('tells a party that the booking was completed', async () => {
    const rider = somebody();
    const { bookingId, virtualNumber } = await book(rider, somebody());
    await cloud.send('POST', `/v1/bookings/${bookingId}/complete`);

    const { status, json } = await dial(rider, virtualNumber);

    expect([status, json.callflow]).toEqual([200, ANNOUNCEMENT]);
  });

  test('tells a party that the booking has expired', async () => {
    const rider = somebody();
    const { bookingId, virtualNumber } = await book(rider, somebody(), { expiresInSeconds: 1 });
    const status = async () => (await cloud.get(`/v1/bookings/${bookingId}`)).json.status;
    await expect.poll(status, patience).toBe('expired');

    const answer = await dial(rider, virtualNumber);

    expect([answer.status, answer.json.callflow]).toEqual([200, ANNOUNCEMENT]);
  });

  test.each(['Bearer wrong', 'bearer local-webhook-secret', ''])(
    'is refused without a word with "%s" as Authorization',
    async (authorization) => {
      const rider = somebody();
      const { virtualNumber } = await book(rider, somebody());

      const { status, text } = await dial(rider, virtualNumber, authorization);

      expect([status, text]).toEqual([401, '']);
    },
  );

  test('is told an apology while the database is stopped, and is connected again once it runs', async () => {
    const [rider, driver] = [somebody(), somebody()];
    const { virtualNumber } = await book(rider, driver);
    await cloud.send('POST', '/local-cloud/dynamodb/stop');
    const fallback = await dial(rider, virtualNumber);
    await cloud.send('POST', '/local-cloud/dynamodb/start');

    expect([fallback.status, fallback.json.callflow]).toEqual([200, ANNOUNCEMENT]);
    const again = async () => (await dial(rider, virtualNumber)).json;
    await expect.poll(again, patience).toEqual(connection(virtualNumber, driver));
  });
});

describe('the record of a call', () => {
  test('is one session in one final state, whatever is sent twice and in reverse order', async () => {
    const [rider, driver] = [somebody(), somebody()];
    const { bookingId, virtualNumber } = await book(rider, driver);
    const sessionId = randomUUID();
    const story = { caller: rider, callee: driver, virtualNumber, atMs: Date.now(), talkSeconds: 40 };
    const { callAction, statuses, summary, recording } = callBodies({ ...story, sessionId });
    await cloud.webhook('call-action', callAction);
    const told = [
      ...statuses.map((body) => ['call-status', body] as const),
      ['session-summary', summary] as const,
      ['recording-uploaded', recording] as const,
    ].toReversed();
    const findSession = async () => (await cloud.get(`/v1/sessions/${sessionId}`)).json;

    for (const [webhook, body] of told) expect((await cloud.webhook(webhook, body)).status).toBe(200);
    // The decision follows from the log of the call.
    await expect.poll(async () => (await findSession())?.decision?.kind, patience).toBe('connect');
    const first = await findSession();
    for (const [webhook, body] of told) expect((await cloud.webhook(webhook, body)).status).toBe(200);

    expect(await findSession()).toEqual(first);
    expect(first).toMatchObject({ bookingId, status: 'COMPLETED', outcome: 'answered', durationSeconds: 40 });
    expect([first.events.length, first.legs.length, first.recordings.length]).toEqual([5, 2, 1]);
    const ofBooking = async () => (await cloud.get(`/v1/bookings/${bookingId}/sessions`)).json.items;
    await expect.poll(ofBooking, patience).toEqual([first]);
  });
});

describe('the booking API', () => {
  test('gives ten of fifty bookings made at once ten different numbers, and refuses the rest', async () => {
    const parties = [{ phoneNumber: somebody() }, { phoneNumber: somebody() }];

    const answers = await Promise.all(
      Array.from({ length: 50 }, () => cloud.send('POST', '/v1/bookings', { parties })),
    );

    const made = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status === 409);
    expect([made.length, refused.length]).toEqual([10, 40]);
    expect(new Set(made.map(({ json }) => json.virtualNumber)).size).toBe(10);
    expect(new Set(refused.map(({ json }) => json.code))).toEqual(new Set(['NO_VIRTUAL_NUMBER_AVAILABLE']));
  });

  test('names every wrong field of a booking and makes none', async () => {
    const { status, json } = await cloud.send('POST', '/v1/bookings', {
      parties: [{ phoneNumber: 'nobody' }, { phoneNumber: somebody() }],
      colour: 'red',
    });

    expect([status, json.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(json.errors.map(({ path }: { path: string }) => path).toSorted()).toEqual([
      'colour',
      'parties.0.phoneNumber',
    ]);
  });

  test('refuses a body above 256 KB', async () => {
    const body = JSON.stringify({ reference: 'x'.repeat(257 * 1024) });

    const answers = [
      await cloud.send('POST', '/v1/bookings', body),
      await cloud.webhook('call-status', body),
    ];

    expect(answers.map(({ status }) => status)).toEqual([413, 413]);
  });
});

// The system's list of processes is read from `/proc`.
describe.runIf(process.platform === 'linux')('the end of the local cloud', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'leaves no process behind after %s',
    async (signal) => {
      const ending = signal === 'SIGINT' ? await startCloudProcess() : cloud;
      await ending.get('/v1/numbers');
      const before = ending.processes();

      const exitCode = await ending.end(signal);

      expect(exitCode).toBe(0);
      expect(before.length).toBeGreaterThan(3);
      await expect.poll(() => before.filter(isRunning), patience).toEqual([]);
    },
    START_TIMEOUT_MS,
  );
});

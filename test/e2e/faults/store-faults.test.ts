import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { presentSession } from '../../../functions/booking-api/session-presentation.ts';
import { callActionBody, callBodies } from '../../rehearsal/soak/masked-call.ts';
import {
  createWebhookStation,
  type WebhookName,
  type WebhookStation,
} from '../../rehearsal/soak/webhook-station.ts';
import {
  book,
  createTestStores,
  draftOf,
  NOON_MS,
  person,
  phone,
  type TestStores,
} from '../../support/bookings.ts';
import { startTestDatabase, type TestDatabase, type TestTables } from '../../support/dynamodb-engine.ts';

const HOUR_MS = 3_600_000;
const rider = person(1);
const driver = person(2);

let database: TestDatabase;
let tables: TestTables;
let stores: TestStores;
let bookingId: string;
let virtualNumber: string;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

beforeEach(async () => {
  database.proxy.setFaults({});
  tables = await database.createTables();
  stores = createTestStores(database, tables);
  await stores.addNumbers(1);
  const { booking } = await book(stores, draftOf(rider, driver));
  bookingId = booking.bookingId;
  virtualNumber = booking.parties[0].virtualNumber.reveal();
});

const openStation = (more: Partial<Parameters<typeof createWebhookStation>[0]> = {}): WebhookStation =>
  createWebhookStation({ database, tables, nowMs: () => stores.clock.nowMs, ...more });

const storyOf = (sessionId: string) => ({
  sessionId,
  caller: rider.reveal(),
  callee: driver.reveal(),
  virtualNumber,
  atMs: NOON_MS + 60_000,
  talkSeconds: 30,
});

/** Everything that 8x8 tells of a call once it has been answered. */
function toldOf(sessionId: string): [WebhookName, string][] {
  const { statuses, summary, recording } = callBodies(storyOf(sessionId));
  return [
    ...statuses.map((body): [WebhookName, string] => ['call-status', JSON.stringify(body)]),
    ['session-summary', JSON.stringify(summary)],
    ['recording-uploaded', JSON.stringify(recording)],
  ];
}

async function tell(station: WebhookStation, sessionId: string): Promise<number[]> {
  const statuses: number[] = [];
  for (const [webhook, body] of toldOf(sessionId)) statuses.push((await station.send(webhook, body)).status);
  return statuses;
}

async function finalState(station: WebhookStation, sessionId: string) {
  const { items } = await station.calls.sessionsOfBooking(bookingId, { limit: 10 });
  const found = items.filter((session) => session.sessionId === sessionId);
  expect(found).toHaveLength(1);
  return { ...JSON.parse(JSON.stringify(found.map(presentSession)[0]).replaceAll(sessionId, 'session')) };
}

/** The state of a call of which everything came in on a good day. */
async function undisturbedState() {
  const station = openStation();
  await tell(station, 'undisturbed');
  return finalState(station, 'undisturbed');
}

const dial = (station: WebhookStation, caller = rider.reveal()) =>
  station.send(
    'call-action',
    JSON.stringify(
      callActionBody({ ...storyOf(`dialled-${randomUUID()}`), caller, atMs: stores.clock.nowMs }),
    ),
  );
const actionsOf = (answer: { readonly body: string }): string[] =>
  JSON.parse(answer.body).callflow.map(({ action }: { action: string }) => action);

const EVERY_OK = [200, 200, 200, 200, 200, 200, 200];
const APOLOGY = ['say', 'hangup'];

describe('what is told of a call', () => {
  test.each([
    ['stopped', { stopped: true }],
    ['throttling every request', { throttleEvery: 1 }],
    ['failing every request', { failEvery: 1 }],
    ['carrying out every request without an answer', { loseAnswerEvery: 1 }],
  ])('is acknowledged with the store %s, and stored once it works', async (_, faults) => {
    const expected = await undisturbedState();
    const station = openStation();
    database.proxy.setFaults(faults);

    const answers = await tell(station, 'disturbed');
    const waiting = station.queue.size();
    database.proxy.setFaults({});
    await station.drain();

    expect([answers, waiting]).toEqual([EVERY_OK, EVERY_OK.length]);
    expect(await finalState(station, 'disturbed')).toEqual(expected);
  });

  test('is queued when the store does not answer in time, and stored once it does', async () => {
    const expected = await undisturbedState();
    const station = openStation({ storePatienceMs: 20 });
    database.proxy.setFaults({ latencyMs: 60_000 });

    const answers = await tell(station, 'late');
    database.proxy.setFaults({});
    const patient = openStation();
    while (await station.queue.deliverBatch(patient.replay));

    expect(answers).toEqual(EVERY_OK);
    expect(await finalState(station, 'late')).toEqual(expected);
  });

  test.each([2, 3, 5, 7])(
    'survives a store that fails every request by %i, also while it is replayed',
    async (every) => {
      const expected = await undisturbedState();
      const station = openStation();
      database.proxy.setFaults({ failEvery: every });

      const answers = await tell(station, 'flaky');
      for (let n = 0; n < 15; n += 1) await station.queue.deliverBatch(station.replay);
      database.proxy.setFaults({});
      await station.drain();

      expect(answers).toEqual(EVERY_OK);
      expect(station.queue.deadLetters).toEqual([]);
      expect(await finalState(station, 'flaky')).toEqual(expected);
    },
  );

  test.each([1, 2, 3, 4, 5])(
    'is whole when its consumer is killed after request %i, and its batch comes again',
    async (request) => {
      const expected = await undisturbedState();
      const station = openStation();
      database.proxy.setFaults({ stopped: true });
      await tell(station, 'killed');
      // The consumer learns nothing of what became of these requests, and nobody learns what became of the consumer.
      database.proxy.setFaults({ loseAnswerEvery: request });

      await station.queue.deliverBatch(async (batch) => {
        await station.replay(batch);
        throw new Error('The consumer was killed.');
      });
      database.proxy.setFaults({});
      await station.drain();

      expect(station.queue.mostReceives()).toBe(2);
      expect(await finalState(station, 'killed')).toEqual(expected);
    },
  );

  test('stays in the queue in part, where only a part of a batch fails', async () => {
    const station = openStation();
    database.proxy.setFaults({ stopped: true });
    await tell(station, 'in-part');
    // Every message needs one write or two, so a fault in every third of them leaves some stored and some not.
    database.proxy.setFaults({ failEvery: 3, operations: ['PutItem', 'UpdateItem'] });

    await station.queue.deliverBatch(station.replay);

    const left = station.queue.size();
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(EVERY_OK.length);
  });

  test('is refused with 503, to be sent again, when neither the store nor the queue takes it', async () => {
    const { send, calls } = openStation({
      queueFails: true,
    });
    database.proxy.setFaults({ stopped: true });
    const [webhook, body] = toldOf('nowhere')[0] ?? ['call-status', ''];

    const refused = await send(webhook, body);
    database.proxy.setFaults({});
    const again = await send(webhook, body);

    expect([refused.status, again.status]).toEqual([503, 200]);
    expect((await calls.findSession('nowhere'))?.events).toHaveLength(1);
  });

  test('is kept when the bucket is down, and its recording is seen when it comes again', async () => {
    const state = { isDown: true };
    const station = openStation({
      recordings: {
        async find({ sessionId, recordingId }) {
          if (state.isDown) throw new Error('The bucket does not answer.');
          return { key: `recordings/${sessionId}/${recordingId}.mp3`, sizeBytes: 4096 };
        },
      },
    });

    const answers = await tell(station, 'unseen');
    const before = await finalState(station, 'unseen');
    state.isDown = false;
    await tell(station, 'unseen');
    const after = await finalState(station, 'unseen');

    expect(answers).toEqual(EVERY_OK);
    expect(before.recordings).toMatchObject([{ verified: false, key: null }]);
    expect(after).toEqual(await undisturbedState());
    expect(after.recordings).toMatchObject([{ verified: true }]);
  });
});

describe('a caller', () => {
  test.each([
    ['stopped', { stopped: true }],
    ['throttling', { throttleEvery: 1 }],
    ['failing', { failEvery: 1 }],
    ['losing its answers', { loseAnswerEvery: 1 }],
  ])('hears an apology with the store %s, and is connected once it works', async (_, faults) => {
    const station = openStation();
    database.proxy.setFaults(faults);

    const during = await dial(station);
    database.proxy.setFaults({});
    const after = await dial(station);

    expect([during.status, actionsOf(during)]).toEqual([200, APOLOGY]);
    expect([after.status, actionsOf(after)]).toEqual([200, ['makeCall']]);
  });

  test('hears an apology at the deadline when the store would take a minute', async () => {
    const station = openStation({ deadlineMs: 150 });
    database.proxy.setFaults({ latencyMs: 60_000 });

    const answer = await dial(station);

    expect([answer.status, actionsOf(answer)]).toEqual([200, APOLOGY]);
  });

  test('is connected up to the last millisecond of the booking, and not from then on', async () => {
    const station = openStation();

    stores.clock.nowMs = NOON_MS + HOUR_MS - 1;
    const before = await dial(station);
    stores.clock.nowMs = NOON_MS + HOUR_MS;
    const at = await dial(station);
    const stranger = await dial(station, phone('+6598887766').reveal());

    expect(actionsOf(before)).toEqual(['makeCall']);
    expect(actionsOf(at)).toEqual(APOLOGY);
    expect(actionsOf(stranger)).toEqual(APOLOGY);
  });
});

describe('a booking', () => {
  test.each([
    ['stopped', { stopped: true }],
    ['throttling', { throttleEvery: 1 }],
    ['failing', { failEvery: 1 }],
  ])('is not half-made with the store %s', async (_, faults) => {
    await stores.addNumbers(1, 'SG', 2);
    database.proxy.setFaults(faults);

    await expect(book(stores, draftOf(person(3), person(4)))).rejects.toThrow();
    database.proxy.setFaults({});
    const { booking } = await book(stores, draftOf(person(3), person(4)));
    const second = await book(stores, draftOf(person(3), person(4)));

    expect(booking.parties[0].virtualNumber.equals(second.booking.parties[0].virtualNumber)).toBe(false);
  });

  test('takes the number whose booking has just expired, and the number answers for the new one', async () => {
    stores.clock.nowMs = NOON_MS + HOUR_MS;
    const late = { expiresAtMs: NOON_MS + 2 * HOUR_MS };

    const { booking } = await book(stores, draftOf(rider, person(5), late));
    const answer = await dial(openStation());

    expect(booking.parties[0].virtualNumber.reveal()).toBe(virtualNumber);
    expect(JSON.parse(answer.body).callflow[0].params.destination).toBe(person(5).reveal());
  });
});

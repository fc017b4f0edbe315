import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApi, type TestApi } from '../../support/booking-api.ts';
import { NOON_MS } from '../../support/bookings.ts';
import { startTestDatabase, type TestDatabase } from '../../support/dynamodb-engine.ts';

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await startTestDatabase();
  api = createTestApi(database, database.tables);
});
afterAll(() => database.stop());

const ends = { to: '+6591110007', from: '+6531290001' };
const send = (body: object) => api.call('POST /v1/messages', { body: { ...ends, ...body } });

describe('a voice message', () => {
  test('is sent as a call that says the text and hangs up, and is found as a session', async () => {
    const validUntil = '2026-11-21T13:00:00.000Z';
    const sent = await send({ say: 'Your driver is there.', repetition: 2, speed: 1.5, validUntil });
    expect(sent.status).toBe(202);
    expect(api.eightByEight.callflows.at(-1)).toMatchObject({
      actions: [
        { action: 'makeCall' },
        { action: 'say', text: 'Your driver is there.', repetition: 2, speed: 1.5 },
        { action: 'hangup' },
      ],
      validUntilMs: NOON_MS + 3_600_000,
    });
    const path = { sessionId: sent.body.sessionId };
    expect((await api.call('GET /v1/sessions/{sessionId}', { path })).body.decision.kind).toBe(
      'voice-message',
    );
  });

  test('may be a file', async () => {
    await send({ play: 'https://media.example.com/driver.mp3' });
    expect(api.eightByEight.callflows.at(-1)?.actions[1]).toMatchObject({ action: 'playFile' });
  });

  test.each([
    ['neither a text nor a file', {}, 'say'],
    ['both', { say: 'a', play: 'https://media.example.com/a.mp3' }, 'say'],
    ['an empty text', { say: ' ' }, 'say'],
    ['a file that is none', { play: 'https://media.example.com/a.txt' }, 'play'],
    ['a voice that the account has not', { say: 'a', voiceProfile: 'en-GB-Nobody' }, 'voiceProfile'],
    ['a speed that nobody could follow', { say: 'a', speed: 9 }, 'speed'],
    ['a time that is over', { say: 'a', validUntil: '2026-11-21T11:00:00Z' }, 'validUntil'],
  ])('is refused with %s, and nobody is rung', async (_, body, path) => {
    const before = api.eightByEight.callflows.length;
    expect((await send(body)).body.errors).toMatchObject([{ path }]);
    expect(api.eightByEight.callflows.length).toBe(before);
  });
});

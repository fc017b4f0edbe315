import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApi, type TestApi } from '../../support/booking-api.ts';
import { startTestDatabase, type TestDatabase } from '../../support/dynamodb-engine.ts';
import { restaurant } from './restaurant.ts';

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await startTestDatabase();
  api = createTestApi(database, database.tables);
});
afterAll(() => database.stop());

const put = (menuId: string, body: unknown) => api.call('PUT /v1/menus/{menuId}', { path: { menuId }, body });
const get = (menuId: string) => api.call('GET /v1/menus/{menuId}', { path: { menuId } });
const putNumber = (e164: string, strangers: unknown) =>
  api.call('PUT /v1/numbers/{e164}', { path: { e164 }, body: { strangers } });

const withHours = {
  start: 'door',
  voiceProfile: 'en-GB-Emma',
  speed: 1.2,
  goodbye: 'Until soon.',
  steps: {
    door: {
      openAt: {
        timeZone: 'Asia/Singapore',
        'mon-fri': ['09:00-12:30', '13:30-18:00'],
        sat: ['18:00-02:00'],
        sun: ['00:00-24:00'],
        '2026-12-24': ['09:00-12:00'],
        holidays: ['2026-12-25'],
      },
      then: 'us',
      otherwise: 'closed',
    },
    closed: { play: 'https://media.example.com/closed.mp3', then: 'hangup' },
    us: { connect: { phoneNumber: '+6567330001' }, otherwise: 'own' },
    own: { connect: 'booking' },
  },
};

describe('a menu', () => {
  test('is kept, read and listed as it was put, with what was left out filled in', async () => {
    const kept = await put('restaurant', restaurant);
    expect(kept.status).toBe(200);
    expect(kept.body).toMatchObject({ menuId: 'restaurant', ...restaurant });
    expect((await get('restaurant')).body).toEqual(kept.body);
    expect((await api.call('GET /v1/menus')).body.items).toContainEqual({
      menuId: 'restaurant',
      revision: kept.body.revision,
      stepCount: 12,
      updatedAt: '2026-11-21T12:00:00.000Z',
    });
  });

  test('may be put again as it is answered, and is the same then', async () => {
    const kept = await put('hours', withHours);
    const { menuId, revision, updatedAt, ...body } = kept.body;
    expect((await put('hours', body)).body).toEqual({ menuId, revision, updatedAt, ...body });
  });

  test('has another revision with another content, be it only the number that is connected', async () => {
    const one = await put('changing', restaurant);
    const steps = { ...restaurant.steps, representative: { connect: { phoneNumber: '+6567330002' } } };
    const other = await put('changing', { ...restaurant, steps });
    expect(other.body.revision).not.toBe(one.body.revision);
    expect(JSON.stringify(other.body)).toContain('+6567330002');
  });

  test('is refused whole, with every fault by its path', async () => {
    const answer = await put('faulty', {
      voiceProfile: 'en-GB-Nobody',
      speed: 9,
      size: 1,
      start: 'main',
      steps: {
        main: { ask: 'Well?', choices: { '1': 'gone', one: 'ring' }, otherwise: 'ring', tries: 99 },
        ask: { ask: 'Well?', choices: { '1': 'gone', x: 'ring' }, otherwise: 'ring' },
        ring: { say: 'Round.', then: 'ring' },
        door: {
          openAt: { timeZone: 'Mars/Olympus', 'mon-fry': ['9-5'], holidays: ['2026-02-30'] },
          then: 'a',
          otherwise: 'b',
        },
        nothing: {},
        both: { say: 'a', play: 'b', then: 'hangup' },
        staff: { connect: { phoneNumber: '12' } },
      },
    });
    expect(answer.status).toBe(400);
    const paths = answer.body.errors.map(({ path }: { path: string }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'size',
        'steps.main.tries',
        'steps.door.openAt.timeZone',
        'steps.door.openAt.mon-fry.0',
        'steps.door.openAt.holidays.0',
        'steps.nothing',
        'steps.both',
        'steps.staff.connect',
      ]),
    );
    expect((await get('faulty')).body.code).toBe('MENU_NOT_FOUND');
  });

  test('is refused for faults of its steps and of its voice at the same time', async () => {
    const answer = await put('faulty', {
      voiceProfile: 'en-GB-Nobody',
      speed: 9,
      start: 'gone',
      steps: {
        main: { ask: 'Well?', choices: { '1': 'gone', x: 'ring' }, otherwise: 'ring', tries: 99 },
        ask: { ask: '', choices: { '1': 'gone', x: 'ring' }, otherwise: 'ring' },
        ring: { say: 'Round.', then: 'ring' },
      },
    });
    const paths = answer.body.errors.map(({ path }: { path: string }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'steps.main.tries',
        'speed',
        'start',
        'steps.ask.choices.1',
        'steps.ask.choices.x',
        'steps.ask.ask',
        'steps.ring.then',
        'voiceProfile',
      ]),
    );
  });

  test.each(['__proto__', 'constructor', 'toString'])(
    'may not confuse anything with a step named %s',
    async (name) => {
      const rawBody = `{"start":"main","steps":{"main":{"say":"Hello.","then":"${name}"},"${name}":{"say":"Bye.","then":"hangup"}}}`;
      const answer = await api.call('PUT /v1/menus/{menuId}', { path: { menuId: 'odd' }, rawBody });
      // What JSON calls __proto__ may be refused, but is never lost without a word.
      expect(answer.status === 400 || Object.hasOwn(answer.body.steps, name)).toBe(true);
    },
  );

  test('has an id that can travel with a call', async () => {
    expect((await put('two words', restaurant)).body.errors[0].path).toBe('menuId');
  });
});

describe('what a number does with strangers', () => {
  test('is shown with the number, kept when the number is put without it, and taken back by null', async () => {
    await put('restaurant', restaurant);
    expect((await putNumber('+6531290001', { menu: 'restaurant' })).body.strangers).toEqual({
      menu: 'restaurant',
    });
    expect((await putNumber('+6531290001', undefined)).body.strangers).toEqual({ menu: 'restaurant' });
    const listed = await api.call('GET /v1/numbers');
    expect(listed.body.items[0].strangers).toEqual({ menu: 'restaurant' });
    expect((await putNumber('+6531290001', { message: true })).body.strangers).toEqual({ message: true });
    expect((await putNumber('+6531290001', null)).body.strangers).toBeNull();
  });

  test('cannot be a menu that there is not, and then the number is not added either', async () => {
    const answer = await putNumber('+6531290009', { menu: 'never' });
    expect(answer.body.errors).toEqual([
      { path: 'strangers.menu', message: expect.stringContaining('PUT /v1/menus') },
    ]);
    const listed = await api.call('GET /v1/numbers', { query: { limit: '100' } });
    expect(
      listed.body.items.map(({ virtualNumber }: { virtualNumber: string }) => virtualNumber),
    ).not.toContain('+6531290009');
  });

  test('keeps a menu from being removed until no number leads into it', async () => {
    await put('leaving', restaurant);
    await putNumber('+6531290002', { menu: 'leaving' });
    const remove = () => api.call('DELETE /v1/menus/{menuId}', { path: { menuId: 'leaving' } });
    expect((await remove()).body).toMatchObject({ code: 'MENU_IN_USE', virtualNumbers: 1 });
    const removeNumber = () => api.call('DELETE /v1/numbers/{e164}', { path: { e164: '+6531290002' } });
    const draining = await removeNumber();
    expect((await remove()).status).toBe(409);
    api.clock.nowMs = Date.parse(draining.body.removableAt) + 1;
    expect((await removeNumber()).status).toBe(204);
    expect((await remove()).status).toBe(204);
    expect((await get('leaving')).status).toBe(404);
  });
});

describe('ringing somebody with a menu', () => {
  const call = (menuId: string) =>
    api.call('POST /v1/menus/{menuId}/calls', {
      path: { menuId },
      body: { to: '+6591110007', from: '+6531290001' },
    });

  test('sends the callflow that the guide shows', async () => {
    await put('restaurant', restaurant);
    const started = await call('restaurant');
    expect(started.body).toMatchObject({ menuId: 'restaurant' });
    expect(api.eightByEight.callflows.at(-1)?.actions).toMatchObject([
      { action: 'makeCall' },
      {
        action: 'sayAndCapture',
        promptMessage: restaurant.steps.main.ask,
        minDigits: 1,
        maxDigits: 1,
        speed: 1,
      },
    ]);
    const session = await api.call('GET /v1/sessions/{sessionId}', {
      path: { sessionId: started.body.sessionId },
    });
    expect(session.body.decision.kind).toBe('menu-call');
  });

  test('is refused for a menu that begins with what only a caller can have', async () => {
    await put('own', { start: 'own', steps: { own: { connect: 'booking' } } });
    expect((await call('own')).body.errors[0].path).toBe('menuId');
  });
});

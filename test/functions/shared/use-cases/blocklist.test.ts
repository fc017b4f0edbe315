import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestApi, type TestApi } from '../../../support/booking-api.ts';
import { startTestDatabase, type TestDatabase, type TestTables } from '../../../support/dynamodb-engine.ts';

const RIDER = '+6591110001';
const DRIVER = '+6591110002';
const OTHER = '+6591110003';

let database: TestDatabase;
let tables: TestTables;
let api: TestApi;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  tables = await database.createTables();
  api = createTestApi(database, tables);
  await api.addNumbers(4);
});

const make = (one = RIDER, other = DRIVER, body: Record<string, unknown> = {}) =>
  api.call('POST /v1/bookings', {
    body: { parties: [{ phoneNumber: one }, { phoneNumber: other }], ...body },
  });
const block = (e164: string, reason = 'threats') =>
  api.call('PUT /v1/blocklist/{e164}', { path: { e164 }, body: { reason } });
const unblock = (e164: string) => api.call('DELETE /v1/blocklist/{e164}', { path: { e164 } });
const patch = (bookingId: string, body: unknown) =>
  api.call('PATCH /v1/bookings/{bookingId}', { path: { bookingId }, body });

/** What happens when `caller` dials `virtualNumber` now. */
const dial = async (caller: string, virtualNumber: string) =>
  (await api.dial(caller, virtualNumber)).replace(/ as .*/, '');

describe('a blocked number', () => {
  test('is not connected as caller or as callee, from the next call on', async () => {
    const { body: booking } = await make();
    const before = await dial(RIDER, booking.virtualNumber);

    const { status, body } = await block(RIDER);

    expect(before).toBe(`connect ${DRIVER}`);
    expect({ status, body }).toEqual({
      status: 200,
      body: { phoneNumber: RIDER, reason: 'threats', blockedAt: '2026-11-21T12:00:00.000Z' },
    });
    expect(await dial(RIDER, booking.virtualNumber)).toBe('blocked');
    expect(await dial(DRIVER, booking.virtualNumber)).toBe('blocked');
  });

  test('is blocked also where an expired booking left its number to a new one of the same people', async () => {
    const { body: first } = await make(RIDER, DRIVER, { expiresInSeconds: 60 });
    api.clock.nowMs += 60 * 60_000;
    const { body: second } = await make(RIDER, DRIVER, { virtualNumber: first.virtualNumber });

    const { status } = await block(RIDER);

    expect([second.virtualNumber, status]).toEqual([first.virtualNumber, 200]);
    expect(await dial(RIDER, second.virtualNumber)).toBe('blocked');
    expect(await dial(DRIVER, second.virtualNumber)).toBe('blocked');
  });

  test('is refused to new bookings, also by a repeated block', async () => {
    await block(RIDER);
    await block(RIDER, 'fraud');

    const { status, body } = await make();

    const read = await api.call('GET /v1/blocklist/{e164}', { path: { e164: RIDER } });
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'PHONE_NUMBER_BLOCKED' });
    expect(read.body.reason).toBe('fraud');
  });

  test('leaves the other phones of its owner and other bookings alone', async () => {
    const { body: booking } = await make(RIDER, DRIVER, {
      parties: [{ phoneNumbers: [RIDER, OTHER] }, { phoneNumber: DRIVER }],
    });

    await block(OTHER);

    expect(await dial(OTHER, booking.virtualNumber)).toBe('blocked');
    expect(await dial(RIDER, booking.virtualNumber)).toBe(`connect ${DRIVER}`);
    expect(await dial(DRIVER, booking.virtualNumber)).toBe(`connect ${RIDER}`);
  });

  test('gains nobody when the other party of its booking is replaced', async () => {
    const { body: booking } = await make();
    await block(RIDER);

    const { body } = await patch(booking.bookingId, { parties: [{}, { phoneNumber: OTHER }] });

    expect(body.code).toBe('PHONE_NUMBER_BLOCKED');
    expect(await dial(OTHER, booking.virtualNumber)).toBe('unknown-caller');
  });

  test('frees the other party when it is itself replaced', async () => {
    const { body: booking } = await make();
    await block(RIDER);

    const { status } = await patch(booking.bookingId, { parties: [{ phoneNumber: OTHER }, {}] });

    expect(status).toBe(200);
    expect(await dial(DRIVER, booking.virtualNumber)).toBe(`connect ${OTHER}`);
    expect(await dial(OTHER, booking.virtualNumber)).toBe(`connect ${DRIVER}`);
    expect(await dial(RIDER, booking.virtualNumber)).toBe('blocked');
  });

  test('may see its booking end', async () => {
    const { body: booking } = await make();
    await block(RIDER);

    const path = { bookingId: booking.bookingId };
    const { body } = await api.call('POST /v1/bookings/{bookingId}/complete', { path });

    expect(body.status).toBe('completed');
  });

  test('gets no claim past its block, however many bookings race it', async () => {
    await api.addNumbers(80, 'SG', 10);
    const racers = Array.from({ length: 64 }, (_, n) => make(RIDER, `+659222${String(n).padStart(4, '0')}`));

    const answers = await Promise.all([...racers.slice(0, 32), block(RIDER), ...racers.slice(32)]);

    const made = answers.filter(({ status }) => status === 201).map(({ body }) => body);
    const decisions = await Promise.all(
      made.flatMap(({ parties, virtualNumber }) =>
        parties.map(({ phoneNumber }: { phoneNumber: string }) => dial(phoneNumber, virtualNumber)),
      ),
    );
    expect(answers.map(({ status }) => status)).not.toContain(500);
    expect(decisions.filter((decision) => decision !== 'blocked')).toEqual([]);
  });
});

describe('unblocking', () => {
  test('connects again, and books again', async () => {
    const { body: booking } = await make();
    await block(RIDER);

    const { status } = await unblock(RIDER);

    expect(status).toBe(204);
    expect(await dial(RIDER, booking.virtualNumber)).toBe(`connect ${DRIVER}`);
    expect(await dial(DRIVER, booking.virtualNumber)).toBe(`connect ${RIDER}`);
    expect((await make()).status).toBe(201);
  });

  test('leaves a booking stopped whose other party is blocked too', async () => {
    const { body: booking } = await make();
    await block(RIDER);
    await block(DRIVER);

    await unblock(RIDER);
    const meanwhile = await Promise.all([
      dial(RIDER, booking.virtualNumber),
      dial(DRIVER, booking.virtualNumber),
    ]);
    await unblock(DRIVER);

    expect(meanwhile).toEqual(['blocked', 'blocked']);
    expect(await dial(RIDER, booking.virtualNumber)).toBe(`connect ${DRIVER}`);
  });

  test('finishes, repeated, what an interruption left', async () => {
    const { body: booking } = await make();
    await block(RIDER);
    database.proxy.setFaults({ failEvery: 1, operations: ['BatchGetItem'] });
    const interrupted = await unblock(RIDER);
    database.proxy.setFaults({});

    const { status } = await unblock(RIDER);

    expect(interrupted.status).toBeGreaterThanOrEqual(500);
    expect(status).toBe(204);
    expect(await dial(RIDER, booking.virtualNumber)).toBe(`connect ${DRIVER}`);
  });

  test('answers 404 where there is no block', async () => {
    const answers = [
      await unblock(RIDER),
      await api.call('GET /v1/blocklist/{e164}', { path: { e164: RIDER } }),
    ];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [404, 'BLOCK_NOT_FOUND'],
      [404, 'BLOCK_NOT_FOUND'],
    ]);
  });
});

test('the blocklist is paged by cursors that hold no phone number', async () => {
  for (const number of [RIDER, DRIVER, OTHER]) await block(number);

  const first = await api.call('GET /v1/blocklist', { query: { limit: '2' } });
  const rest = await api.call('GET /v1/blocklist', { query: { cursor: first.body.nextCursor } });

  const listed = [...first.body.items, ...rest.body.items].map(({ phoneNumber }) => phoneNumber);
  expect(listed.sort()).toEqual([RIDER, DRIVER, OTHER]);
  expect(rest.body.nextCursor).toBeNull();
  expect(Buffer.from(first.body.nextCursor, 'base64url').toString()).not.toMatch(/9111/);
});

test.each([
  ['a body without a reason', RIDER, {}, 'reason'],
  ['an empty reason', RIDER, { reason: '' }, 'reason'],
  ['a reason too long', RIDER, { reason: 'x'.repeat(201) }, 'reason'],
  ['what is no phone number', 'Bob', { reason: 'threats' }, 'e164'],
])('a block is refused for %s, and nothing is written', async (_, e164, body, path) => {
  const answer = await api.call('PUT /v1/blocklist/{e164}', { path: { e164 }, body });

  const list = await api.call('GET /v1/blocklist');
  expect(answer).toMatchObject({ status: 400, body: { errors: [{ path }] } });
  expect(list.body.items).toEqual([]);
});

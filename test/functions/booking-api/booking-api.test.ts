import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestApi, type TestApi } from '../../support/booking-api.ts';
import { NOON_MS, virtualNumber } from '../../support/bookings.ts';
import { startTestDatabase, type TestDatabase } from '../../support/dynamodb-engine.ts';

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  api = createTestApi(database, await database.createTables());
  await api.addNumbers(3);
});

const parties = [
  { label: 'rider', phoneNumber: '+6591110001' },
  { label: 'driver', phoneNumber: '+65 9111-0002' },
];
const make = (body: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  api.call('POST /v1/bookings', { body: { parties, ...body }, headers });
const onBooking = (routeKey: string, bookingId: string, body?: unknown) =>
  api.call(routeKey, { path: { bookingId }, ...(body !== undefined && { body }) });

describe('POST /v1/bookings', () => {
  test('answers the booking in the documented shape', async () => {
    const { status, body } = await make({
      reference: 'ride-1042',
      expiresAt: '2026-11-21T13:00:00Z',
      metadata: { city: 'singapore' },
      country: 'SG',
    });

    expect(status).toBe(201);
    expect(body).toMatchObject({
      reference: 'ride-1042',
      status: 'active',
      numbering: 'shared',
      virtualNumber: expect.stringMatching(/^\+6531/),
      recordCalls: false,
      createdAt: '2026-11-21T12:00:00.000Z',
      expiresAt: '2026-11-21T13:00:00.000Z',
      metadata: { city: 'singapore' },
    });
    expect(body.parties).toEqual([
      { label: 'rider', phoneNumber: '+6591110001', virtualNumber: body.virtualNumber },
      { label: 'driver', phoneNumber: '+6591110002', virtualNumber: body.virtualNumber },
    ]);
  });

  test.each([
    ['shared', '+6591110002'],
    ['per-party', '+6281234567890'],
  ])('costs three requests of the store, also with %s numbers', async (numbering, driver) => {
    const quiet = createTestApi(database, await database.createTables(), { isFollowed: false });
    await quiet.addNumbers(3);
    await quiet.addNumbers(2, 'ID', 50);
    await quiet.call('POST /v1/bookings', { body: { parties } });
    database.proxy.resetCounts();

    const body = { numbering, parties: [{ phoneNumber: '+6591110007' }, { phoneNumber: driver }] };
    const { status } = await quiet.call('POST /v1/bookings', { body });

    const requests = Object.values(database.proxy.requestCounts()).reduce((sum, count) => sum + count, 0);
    expect({ status, requests }).toEqual({ status: 201, requests: 3 });
  });

  test('refuses a body over 256 KB', async () => {
    const { status, body } = await make({ reference: 'x'.repeat(257 * 1024) });

    expect({ status, code: body.code }).toEqual({ status: 413, code: 'BODY_TOO_LARGE' });
  });

  test('tells how many numbers there are when none is free', async () => {
    for (let n = 0; n < 3; n += 1) await make();

    const { status, body } = await make();

    expect({ status, code: body.code }).toEqual({ status: 409, code: 'NO_VIRTUAL_NUMBER_AVAILABLE' });
    expect(body).toMatchObject({ virtualNumbersInPool: 3, virtualNumbersHeldByParty: [3, 3] });
  });

  test('repeats the answer to a repeated key, also after the booking has ended', async () => {
    const first = await make({}, { 'idempotency-key': 'key-1' });
    await onBooking('POST /v1/bookings/{bookingId}/complete', first.body.bookingId);

    const again = await make({}, { 'idempotency-key': 'key-1' });
    const other = await make({ reference: 'other' }, { 'idempotency-key': 'key-1' });
    const malformed = await make({}, { 'idempotency-key': 'ä' });

    expect(again).toEqual(first);
    expect({ status: other.status, code: other.body.code }).toEqual({
      status: 422,
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect(malformed.body.errors).toMatchObject([{ path: 'Idempotency-Key' }]);
  });
});

describe('the life of a booking', () => {
  test.each(['complete', 'cancel'])('%s ends it and may be repeated', async (how) => {
    const { body } = await make();
    const ended = await onBooking(`POST /v1/bookings/{bookingId}/${how}`, body.bookingId);

    const again = await onBooking(`POST /v1/bookings/{bookingId}/${how}`, body.bookingId);
    const changed = await onBooking('PATCH /v1/bookings/{bookingId}', body.bookingId, { recordCalls: true });

    expect(ended.body.status).toBe(how === 'complete' ? 'completed' : 'cancelled');
    expect(ended.body.endedAt).toBe('2026-11-21T12:00:00.000Z');
    expect(again).toEqual(ended);
    expect({ status: changed.status, code: changed.body.code }).toEqual({
      status: 409,
      code: 'BOOKING_ENDED',
    });
  });

  test('cannot be completed once it was cancelled', async () => {
    const { body } = await make();
    await onBooking('POST /v1/bookings/{bookingId}/cancel', body.bookingId);

    const { status, body: problem } = await onBooking(
      'POST /v1/bookings/{bookingId}/complete',
      body.bookingId,
    );

    expect({ status, code: problem.code }).toEqual({ status: 409, code: 'BOOKING_ENDED' });
  });

  test('shows as expired from the millisecond of its expiry on', async () => {
    const { body } = await make({ expiresInSeconds: 60 });
    api.clock.nowMs = NOON_MS + 59_999;
    const before = await onBooking('GET /v1/bookings/{bookingId}', body.bookingId);
    api.clock.nowMs = NOON_MS + 60_000;

    const after = await onBooking('GET /v1/bookings/{bookingId}', body.bookingId);

    expect([before.body.status, after.body.status]).toEqual(['active', 'expired']);
  });

  test('is extended, recorded, limited and relabelled by PATCH', async () => {
    const { body } = await make();

    const { status, body: changed } = await onBooking('PATCH /v1/bookings/{bookingId}', body.bookingId, {
      expiresInSeconds: 600,
      recordCalls: true,
      limits: { maxCalls: 3 },
      metadata: { gate: 4 },
      parties: [{ label: 'driver', phoneNumber: '+6591110009' }],
    });

    expect(status).toBe(200);
    expect(changed).toMatchObject({
      expiresAt: '2026-11-21T12:10:00.000Z',
      recordCalls: true,
      limits: { maxCalls: 3 },
      metadata: { gate: 4 },
      parties: [{ phoneNumber: '+6591110001' }, { phoneNumber: '+6591110009' }],
    });
  });

  test('does not take a phone number that uses its virtual number in another booking', async () => {
    await Promise.all(
      [2, 3].map((n) => api.numbers.putNumber({ ...number(n), state: 'unhealthy' }, NOON_MS)),
    );
    const { body } = await make();
    await make({ parties: [{ phoneNumber: '+6591110003' }, { phoneNumber: '+6591110004' }] });

    const { status, body: problem } = await onBooking('PATCH /v1/bookings/{bookingId}', body.bookingId, {
      parties: [{}, { phoneNumber: '+6591110003' }],
    });

    expect({ status, code: problem.code }).toEqual({ status: 409, code: 'PHONE_NUMBER_TAKEN' });
  });

  test.each([
    'GET /v1/bookings/{bookingId}',
    'POST /v1/bookings/{bookingId}/complete',
    'GET /v1/bookings/{bookingId}/sessions',
  ])('%s answers 404 for one that never was', async (routeKey) => {
    const { status, body } = await onBooking(routeKey, '01JDNEVER');

    expect({ status, code: body.code }).toEqual({ status: 404, code: 'BOOKING_NOT_FOUND' });
  });
});

const number = (n: number) => ({ virtualNumber: virtualNumber(n), country: 'SG' });

describe('the pool', () => {
  const on = (routeKey: string, e164: string, body?: unknown) =>
    api.call(routeKey, { path: { e164 }, ...(body !== undefined && { body }) });

  test('lists, adds, drains and removes numbers', async () => {
    const added = await on('PUT /v1/numbers/{e164}', '+6531290001', { country: 'sg' });
    const listed = await api.call('GET /v1/numbers', { query: { limit: '2' } });
    const rest = await api.call('GET /v1/numbers', { query: { cursor: listed.body.nextCursor } });
    const withdrawn = await on('DELETE /v1/numbers/{e164}', '+6531290001');
    api.clock.nowMs += 60_000;
    const removed = await on('DELETE /v1/numbers/{e164}', '+6531290001');
    const gone = await on('DELETE /v1/numbers/{e164}', '+6531290001');

    expect(added.body).toMatchObject({ virtualNumber: '+6531290001', country: 'SG', state: 'active' });
    expect([...listed.body.items, ...rest.body.items]).toHaveLength(4);
    expect(withdrawn).toMatchObject({ status: 200, body: { state: 'draining', liveClaims: 0 } });
    expect(removed.status).toBe(204);
    expect(gone.body.code).toBe('NUMBER_NOT_FOUND');
  });

  test('keeps a number that is in use until its bookings are over', async () => {
    const { body } = await make();
    const draining = await on('DELETE /v1/numbers/{e164}', body.virtualNumber);
    await onBooking('POST /v1/bookings/{bookingId}/complete', body.bookingId);
    api.clock.nowMs += 60_000;

    const removed = await on('DELETE /v1/numbers/{e164}', body.virtualNumber);

    expect(draining).toMatchObject({ status: 200, body: { state: 'draining', liveClaims: 2 } });
    expect(removed.status).toBe(204);
  });

  test.each([
    ['a number that is none', 'PUT /v1/numbers/{e164}', 'abc', {}, 'e164'],
    ['an unknown state', 'PUT /v1/numbers/{e164}', '+6531290001', { state: 'sick' }, 'state'],
    ['another country than before', 'PUT /v1/numbers/{e164}', '+6531000001', { country: 'ID' }, 'country'],
  ])('refuses %s', async (_, routeKey, e164, body, path) => {
    const answer = await on(routeKey, e164, body);

    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path }] } });
  });
});

describe('the OpenAPI document', () => {
  test('is valid by a public validator', async () => {
    const { body } = await api.call('GET /openapi.json');

    const result = await new Validator().validate(body);

    expect(result).toMatchObject({ valid: true });
  });
});

describe('when the store is down', () => {
  test('says so, and that the request is worth repeating', async () => {
    database.proxy.setFaults({ stopped: true });

    const { status, body } = await make();

    database.proxy.setFaults({});
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'STORE_UNAVAILABLE' });
  });
});

test('no phone number reaches the log, whatever is asked', async () => {
  const { body } = await make();
  await make({ parties: [parties[0], { phoneNumber: 'Bob +6591110002' }] });
  await api.call('GET /v1/bookings', { query: { phoneNumber: '+6591110001', limit: '0' } });
  await onBooking('GET /v1/bookings/{bookingId}', '+6591110001');
  await onBooking('POST /v1/bookings/{bookingId}/cancel', body.bookingId);

  expect(api.lines.join('\n')).toContain('BOOKING_CREATED');
  expect(api.lines.join('\n')).not.toMatch(/9111\d{4}|3129\d{4}/);
});

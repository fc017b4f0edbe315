import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestApi, type TestApi } from '../../support/booking-api.ts';
import { startTestDatabase, type TestDatabase, type TestTables } from '../../support/dynamodb-engine.ts';

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
  await api.addNumbers(3);
});

const RIDER = { label: 'rider', phoneNumber: '+6591110001' };
const DRIVER = { label: 'driver', phoneNumber: '+6591110002' };
const make = (body: Record<string, unknown> = {}) =>
  api.call('POST /v1/bookings', { body: { parties: [RIDER, DRIVER], ...body } });
const read = (bookingId: string) => api.call('GET /v1/bookings/{bookingId}', { path: { bookingId } });
const change = (bookingId: string, body: unknown) =>
  api.call('PATCH /v1/bookings/{bookingId}', { path: { bookingId }, body });
const pathsOf = ({ errors = [] }: { errors?: { path: string }[] }) => errors.map(({ path }) => path);
const numbersOf = ({ parties }: { parties: { phoneNumber: string }[] }) =>
  parties.map(({ phoneNumber }) => phoneNumber);

describe('a party that changes', () => {
  const spare = '+6591110009';

  test('is the one of the label, wherever it stands in the list', async () => {
    const { body } = await make();

    const { body: changed } = await change(body.bookingId, { parties: [{ ...DRIVER, phoneNumber: spare }] });

    expect(numbersOf(changed)).toEqual([RIDER.phoneNumber, spare]);
  });

  test('is the one at the place where no label is given', async () => {
    const { body } = await make();

    const { body: changed } = await change(body.bookingId, { parties: [{}, { phoneNumber: spare }] });

    expect(numbersOf(changed)).toEqual([RIDER.phoneNumber, spare]);
  });

  test.each([
    ['a label in another spelling', [{ label: 'Driver', phoneNumber: spare }], 'parties.0.label'],
    ['a label that nobody has', [{}, { label: 'courier', phoneNumber: spare }], 'parties.1.label'],
    ['a new label alone', [{ label: 'courier' }], 'parties.0.label'],
    [
      'one party twice, by its label',
      [
        { label: 'driver', phoneNumber: spare },
        { label: 'driver', phoneNumber: '+6591110008' },
      ],
      'parties.1',
    ],
    [
      'one party twice, by its label and by its place',
      [{ label: 'driver', phoneNumber: spare }, { phoneNumber: '+6591110008' }],
      'parties.1',
    ],
    [
      'one number and a list of numbers',
      [{ label: 'driver', phoneNumber: spare, phoneNumbers: ['+6591110008'] }],
      'parties.0.phoneNumber',
    ],
  ])('is refused with its path, and nobody is thrown out: %s', async (_, parties, path) => {
    const { body } = await make();

    const { status, body: problem } = await change(body.bookingId, { parties });

    expect([status, pathsOf(problem)]).toEqual([400, [path]]);
    expect(numbersOf((await read(body.bookingId)).body)).toEqual([RIDER.phoneNumber, DRIVER.phoneNumber]);
  });

  test('is refused where a booking without labels is changed by one', async () => {
    const parties = [{ phoneNumber: RIDER.phoneNumber }, { phoneNumber: DRIVER.phoneNumber }];
    const { body } = await make({ parties });

    const { status, body: problem } = await change(body.bookingId, {
      parties: [{ label: 'driver', phoneNumber: spare }],
    });

    expect([status, pathsOf(problem)]).toEqual([400, ['parties.0.label']]);
  });
});

test.each([
  ['the same', 'user', 'user'],
  ['composed and decomposed', 'caf\u00e9', 'cafe\u0301'],
])('two parties may not have one label: %s', async (_, one, other) => {
  const { status, body } = await make({
    parties: [
      { ...RIDER, label: one },
      { ...DRIVER, label: other },
    ],
  });

  expect([status, pathsOf(body)]).toEqual([400, ['parties.1.label']]);
});

describe('limits and metadata', () => {
  test('are merged: what is not named stays, null takes away', async () => {
    const { body } = await make({
      limits: { maxCalls: 9, maxCallsPerMinute: 2 },
      metadata: { city: 'singapore', gate: 4, vip: true },
    });

    const { status, body: changed } = await change(body.bookingId, {
      limits: { maxCalls: null },
      metadata: { gate: null, floor: 7 },
    });

    expect(status).toBe(200);
    expect(changed.limits).toEqual({ maxCallsPerMinute: 2 });
    expect(changed.metadata).toEqual({ city: 'singapore', vip: true, floor: 7 });
    expect((await read(body.bookingId)).body).toEqual(changed);
  });

  test('go as a whole for a null, and come back', async () => {
    const { body } = await make({ limits: { maxCalls: 9 }, metadata: { city: 'singapore' } });

    await change(body.bookingId, { limits: null, metadata: null });
    const { body: bare } = await read(body.bookingId);
    const { body: again } = await change(body.bookingId, { metadata: { gate: 1 } });

    expect([bare.limits, bare.metadata]).toEqual([{}, undefined]);
    expect(again.metadata).toEqual({ gate: 1 });
  });

  test('may not grow beyond their bound by being merged', async () => {
    const { body } = await make({ metadata: { one: 'x'.repeat(3000) } });

    const { status, body: problem } = await change(body.bookingId, { metadata: { two: 'x'.repeat(3000) } });

    expect([status, pathsOf(problem)]).toEqual([400, ['metadata']]);
  });
});

describe('a key of metadata that JavaScript has a use for', () => {
  const keys = ['constructor', 'prototype', 'toString', 'hasOwnProperty', 'toJSON', 'then', 'valueOf'];

  test.each(keys)('is kept as any other: %s', async (key) => {
    const { status, body } = await make({ metadata: { [key]: 'x', plain: 'y' } });

    expect(status).toBe(201);
    expect((await read(body.bookingId)).body.metadata).toEqual({ [key]: 'x', plain: 'y' });
    const { body: changed } = await change(body.bookingId, { metadata: { [key]: null } });
    expect(changed.metadata).toEqual({ plain: 'y' });
  });

  test.each([
    ['in the metadata', '{"parties":[],"metadata":{"__proto__":"x"}}'],
    ['anywhere else', '{"__proto__":{"recordCalls":true}}'],
  ])('is refused where it would vanish: __proto__ %s', async (_, rawBody) => {
    const { status, body } = await api.call('POST /v1/bookings', { rawBody });

    expect([status, pathsOf(body)]).toEqual([400, ['body']]);
    expect(body.errors[0].message).toContain('__proto__');
  });
});

describe('a deployment that takes no recordings in', () => {
  test('refuses to record a new booking, and one that is changed', async () => {
    const silent = createTestApi(database, tables, { rules: { recordings: false } });
    const { body } = await make();

    const made = await silent.call('POST /v1/bookings', {
      body: { parties: [RIDER, DRIVER], recordCalls: true },
    });
    const changed = await silent.call('PATCH /v1/bookings/{bookingId}', {
      path: { bookingId: body.bookingId },
      body: { recordCalls: true },
    });

    for (const { status, body: problem } of [made, changed]) {
      expect([status, pathsOf(problem)]).toEqual([400, ['recordCalls']]);
    }
  });
});

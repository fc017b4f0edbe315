import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestApi, type TestApi, type TestApiOptions } from '../../support/booking-api.ts';
import { startTestDatabase, type TestDatabase, type TestTables } from '../../support/dynamodb-engine.ts';

const SINGAPOREAN = '+6591110001';
const CUBAN = '+5352345678';

let database: TestDatabase;
let tables: TestTables;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  tables = await database.createTables();
});

async function open(options: TestApiOptions = {}): Promise<TestApi> {
  const api = createTestApi(database, tables, options);
  await api.addNumbers(2);
  return api;
}

const book = (api: TestApi, other: string) =>
  api.call('POST /v1/bookings', {
    body: { parties: [{ phoneNumber: SINGAPOREAN }, { phoneNumber: other }] },
  });

describe('a number of a country of high fraud', () => {
  test('is not booked, and the answer says which it is and what to do', async () => {
    const { status, body } = await book(await open(), CUBAN);

    expect({ status, code: body.code, errors: body.errors }).toEqual({
      status: 400,
      code: 'PHONE_NUMBER_NOT_ALLOWED',
      errors: [
        {
          path: 'parties.1.phoneNumber',
          message: expect.stringMatching(/number of CU.*`numbers\.allowed\.countries`.*virtual number/),
        },
      ],
    });
  });

  test("takes nobody's place in a booking", async () => {
    const api = await open();
    const { body: booking } = await book(api, '+6591110002');

    const { status, body } = await api.call('PATCH /v1/bookings/{bookingId}', {
      path: { bookingId: booking.bookingId },
      body: { parties: [{}, { phoneNumber: CUBAN }] },
    });

    expect([status, body.code]).toEqual([400, 'PHONE_NUMBER_NOT_ALLOWED']);
  });

  test('is booked where the deployment allows its country', async () => {
    const numbers = { strict: false, allowedClasses: [], allowedCountries: ['CU'] };

    expect((await book(await open({ rules: { numbers } }), CUBAN)).status).toBe(201);
  });

  test('is booked where the pool has a number of its country', async () => {
    const api = await open();
    await api.call('PUT /v1/numbers/{e164}', { path: { e164: '+5371234567' } });

    expect((await book(api, CUBAN)).status).toBe(201);
  });
});

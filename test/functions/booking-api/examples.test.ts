import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  EXAMPLE_NOW_MS,
  exampleBooking,
  exampleFreeNumber,
  exampleNumber,
  exampleSession,
} from '../../../functions/booking-api/examples.ts';
import { type ApiRequest, createTestApi, type TestApi } from '../../support/booking-api.ts';
import { phone } from '../../support/bookings.ts';
import { startTestDatabase, type TestDatabase } from '../../support/dynamodb-engine.ts';
import { answeredCall, decisionInput } from '../../support/session-inputs.ts';

/*
 * The examples of the API's description: each is taken out of the document as a reader would take it, sent as it
 * stands, and answered as it says, to the letter.
 */

let database: TestDatabase;
let described: TestApi;

beforeAll(async () => {
  database = await startTestDatabase();
  described = createTestApi(database, database.tables);
});
afterAll(() => database.stop());

/** What has to have happened before an operation's example, besides the ride that all examples are about. */
const before: Readonly<Record<string, readonly string[]>> = {
  listBlocks: ['putBlock'],
  getBlock: ['putBlock'],
  removeBlock: ['putBlock'],
  renumberBookings: ['drain'],
  listMenus: ['putMenu'],
  getMenu: ['putMenu'],
  removeMenu: ['putMenu'],
  startMenuCall: ['putMenu'],
};

/** The world of `examples.ts` on tables of its own. @param booked whether the ride has been booked yet. @param longDrained whether a number may go. */
async function openWorld(booked: boolean, longDrained: boolean): Promise<TestApi> {
  const api = createTestApi(database, await database.createTables(), {
    newBookingId: () => exampleBooking.bookingId,
  });
  api.clock.nowMs = EXAMPLE_NOW_MS;
  await api.call('PUT /v1/numbers/{e164}', { path: { e164: exampleNumber } });
  if (!booked) return api;
  await play(api, 'makeBooking');
  await api.call('PUT /v1/numbers/{e164}', { path: { e164: exampleFreeNumber } });
  if (longDrained) {
    const drained = { virtualNumber: phone(exampleFreeNumber), country: 'SG', state: 'draining' } as const;
    await api.numbers.putNumber(drained, EXAMPLE_NOW_MS - 60_000);
  }
  for (const text of [exampleNumber, exampleFreeNumber]) {
    const number = phone(text);
    api.eightByEight.owned.push({
      number,
      state: 'active',
      country: 'SG',
      rangeReference: undefined,
      updatedAtMs: EXAMPLE_NOW_MS,
    });
  }
  for (const input of answeredCall()) {
    const own = input.kind === 'decision' ? decisionInput({ bookingId: exampleBooking.bookingId }) : input;
    await api.recorder.record(exampleSession.sessionId, own, { receivedAtMs: EXAMPLE_NOW_MS });
  }
  return api;
}

async function play(api: TestApi, operationId: string) {
  if (operationId === 'drain') {
    const path = { e164: exampleNumber };
    return api.call('PUT /v1/numbers/{e164}', { path, body: { state: 'draining' } });
  }
  const { routeKey, request } = exampleOf(operationId);
  return api.call(routeKey, request);
}

interface Described {
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly example?: unknown }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example: unknown }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly example?: unknown }>> }>
  >;
}

/** The example of an operation, as the document shows it. */
function exampleOf(operationId: string) {
  const operation = described.operations.find((each) => each.operationId === operationId);
  if (operation === undefined) throw new Error(`There is no operation ${operationId}.`);
  const [method = '', path = ''] = operation.routeKey.split(' ');
  const paths = described.document.paths as Record<string, Record<string, Described>>;
  const entry = paths[path]?.[method.toLowerCase()];
  if (entry === undefined) throw new Error(`${operation.routeKey} is not documented.`);
  const given = (where: string) =>
    Object.fromEntries(
      (entry.parameters ?? [])
        .filter((parameter) => parameter.in === where && parameter.example !== undefined)
        .map(({ name, example }) => [name, String(example)]),
    );
  const request: ApiRequest = {
    path: given('path'),
    query: given('query'),
    headers: Object.fromEntries(
      Object.entries(given('header')).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    ...(entry.requestBody && { body: entry.requestBody.content['application/json']?.example }),
  };
  const answers = Object.entries(entry.responses)
    .filter(([status]) => status.startsWith('2'))
    .map(([status, { content }]) => ({
      status: Number(status),
      body: content?.['application/json']?.example,
    }));
  return { routeKey: operation.routeKey, request, answers, abridged: operation.example.abridged === true };
}

test('there is an example of every operation, for each value that its path asks for', () => {
  expect(described.operations.map(({ operationId }) => operationId).sort()).toEqual(operationIds.toSorted());
  for (const { operationId, routeKey } of described.operations) {
    const { request } = exampleOf(operationId);
    const asked = [...routeKey.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(Object.keys(request.path ?? {}), operationId).toEqual(asked);
  }
});

const operationIds = [
  'makeBooking',
  'getBooking',
  'searchBookings',
  'changeBooking',
  'completeBooking',
  'cancelBooking',
  'listNumbers',
  'putNumber',
  'removeNumber',
  'getPool',
  'renumberBookings',
  'listBlocks',
  'getBlock',
  'putBlock',
  'removeBlock',
  'syncNumbers',
  'startCall',
  'listMenus',
  'getMenu',
  'putMenu',
  'removeMenu',
  'startMenuCall',
  'sendMessage',
  'listSessionsOfBooking',
  'searchSessions',
  'getSession',
  'listRecordings',
  'downloadRecording',
  'eraseParty',
  'describeApi',
  'describeEvents',
];

describe('the example', () => {
  test.each(operationIds)('of %s is answered as it says', async (operationId) => {
    const api = await openWorld(operationId !== 'makeBooking', operationId === 'removeNumber');
    for (const step of before[operationId] ?? []) await play(api, step);
    const { answers, abridged } = exampleOf(operationId);

    const { status, body } = await play(api, operationId);

    const promised = answers.find((answer) => answer.status === status);
    expect(promised, `answered ${status}`).toBeDefined();
    if (abridged) expect(body).toMatchObject(promised?.body as object);
    else expect(body).toEqual(promised?.body);
  });
});

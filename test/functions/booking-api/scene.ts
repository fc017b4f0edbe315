import { type ApiAnswer, type ApiRequest, createTestApi, type TestApi } from '../../support/booking-api.ts';
import { NOON_MS, phone } from '../../support/bookings.ts';
import type { TestDatabase } from '../../support/dynamodb-engine.ts';
import { answeredCall, decisionInput } from '../../support/session-inputs.ts';

/** The booking API with whatever somebody needs to get an answer out of it that is not the usual one. */
export interface Scene {
  readonly api: TestApi;
  /** The same API in a deployment without an API key of 8x8. */
  readonly withoutApiKey: TestApi;
  /** The same API in a deployment that asks for tokens. */
  readonly withTokens: TestApi;
  /** The same API in a deployment that calls premium numbers. */
  readonly callingPremium: TestApi;
  /** The same API at a store that has lost its tables. */
  readonly withoutTables: TestApi;
  /** The same API at an 8x8 that refuses, or cannot be reached. */
  readonly refusedBy8x8: TestApi;
  readonly cutOffFrom8x8: TestApi;
  /** The same API at an 8x8 that takes a request and never answers it. */
  readonly unanswered: TestApi;
  /** A phone number, another one each time. */
  newPerson(): string;
  /** A number that 8x8 may have, another one each time. */
  newNumber(): string;
  /** Makes a booking and answers its id. */
  book(body?: Record<string, unknown>): Promise<string>;
  block(e164: string): Promise<ApiAnswer>;
  /** Begins an erasure that is not completed. */
  beginErasing(e164: string): Promise<void>;
  addNumber(e164: string, state?: string): Promise<ApiAnswer>;
  /** Records one call of the booking with everything that is known of a call, and answers its id. */
  recordCall(bookingId: string): Promise<string>;
  /** Sends a request while no connection to the store can be had. */
  whileStoreIsDown(routeKey: string, request: ApiRequest): Promise<ApiAnswer>;
}

/** The rules of a deployment that names none. */
export const accessRules = {
  claim: 'scope',
  read: 'masking/read',
  book: 'masking/book',
  manage: 'masking/manage',
  erase: 'masking/erase',
};

/** Opens the scene on tables of its own, with a pool of a few numbers of Singapore and none of another country. */
export async function openScene(database: TestDatabase): Promise<Scene> {
  const tables = await database.createTables();
  const api = createTestApi(database, tables);
  await api.addNumbers(6);
  const refusedBy8x8 = createTestApi(database, tables);
  refusedBy8x8.eightByEight.failWith('invalid');
  const cutOffFrom8x8 = createTestApi(database, tables);
  cutOffFrom8x8.eightByEight.failWith('unreachable');
  const unanswered = createTestApi(database, tables);
  unanswered.eightByEight.failWith('timed-out');
  let people = 0;
  let numbers = 0;

  const scene: Scene = {
    api,
    withoutApiKey: createTestApi(database, tables, { hasApiKey: false }),
    withTokens: createTestApi(database, tables, { access: accessRules }),
    callingPremium: createTestApi(database, tables, {
      rules: { numbers: { strict: false, allowedClasses: ['premium-rate'], allowedCountries: [] } },
    }),
    withoutTables: createTestApi(database, {
      bookings: 'none',
      callRoutes: 'none',
      calls: 'none',
      conversations: 'none',
    }),
    refusedBy8x8,
    cutOffFrom8x8,
    unanswered,

    newPerson() {
      people += 1;
      return `+6591110${String(people).padStart(3, '0')}`;
    },
    newNumber() {
      numbers += 1;
      return `+65312900${String(numbers).padStart(2, '0')}`;
    },
    async book(body = {}) {
      const parties = [{ phoneNumber: scene.newPerson() }, { phoneNumber: scene.newPerson() }];
      const made = await api.call('POST /v1/bookings', { body: { parties, ...body } });
      return made.body.bookingId;
    },
    block: (e164) =>
      api.call('PUT /v1/blocklist/{e164}', { path: { e164 }, body: { reason: 'Reported by a driver.' } }),
    async beginErasing(e164) {
      await api.traces.beginErasure(phone(e164), 'an-erasure', api.clock.nowMs);
    },
    addNumber: (e164, state = 'active') =>
      api.call('PUT /v1/numbers/{e164}', { path: { e164 }, body: { state } }),
    async recordCall(bookingId) {
      const sessionId = `session-of-${bookingId}`;
      for (const input of answeredCall()) {
        const own = input.kind === 'decision' ? decisionInput({ bookingId }) : input;
        await api.recorder.record(sessionId, own, { receivedAtMs: NOON_MS });
      }
      return sessionId;
    },
    async whileStoreIsDown(routeKey, request) {
      database.proxy.setFaults({ stopped: true });
      try {
        return await api.call(routeKey, request);
      } finally {
        database.proxy.setFaults({});
      }
    },
  };
  return scene;
}

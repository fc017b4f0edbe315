import type { ApiRequest, TestApi } from '../../support/booking-api.ts';
import { phone } from '../../support/bookings.ts';
import type { Scene } from './scene.ts';

/** A request, and the API that it is sent to where that is not the usual one. */
interface Sending extends ApiRequest {
  readonly to?: TestApi;
}

/** Sets the scene and says what to send then. */
export type Provocation = (scene: Scene) => Sending | Promise<Sending>;

/** How each answer of one operation is brought about. */
interface Provocations {
  /** The status of the usual answer, and how it is had. */
  readonly usual: readonly [status: string, provoke: Provocation];
  /** Further answers, by their status or by the code of the problem; those that every operation gives are left out. */
  readonly others?: Readonly<Record<string, Provocation>>;
}

const ring = 'POST /v1/bookings/{bookingId}/calls';
const nobody = { path: { bookingId: '01JDNEVER' } };

const booked: Provocation = async (scene) => ({ path: { bookingId: await scene.book() } });

/** A booking that was ended by `how`, such as `cancel`. */
const ended =
  (how: 'complete' | 'cancel', body?: unknown): Provocation =>
  async (scene) => {
    const path = { bookingId: await scene.book() };
    await scene.api.call(`POST /v1/bookings/{bookingId}/${how}`, { path });
    return { path, body };
  };

/** What befalls every operation that asks 8x8. */
const eightByEightFails = (provoke: Provocation): Readonly<Record<string, Provocation>> => ({
  EIGHT_BY_EIGHT_NOT_CONFIGURED: async (scene) => ({ ...(await provoke(scene)), to: scene.withoutApiKey }),
  EIGHT_BY_EIGHT_REFUSED: async (scene) => ({ ...(await provoke(scene)), to: scene.refusedBy8x8 }),
  EIGHT_BY_EIGHT_UNAVAILABLE: async (scene) => ({ ...(await provoke(scene)), to: scene.cutOffFrom8x8 }),
});

const parties = (...phoneNumbers: string[]) => phoneNumbers.map((phoneNumber) => ({ phoneNumber }));

const blocked: Provocation = async (scene) => {
  const e164 = scene.newPerson();
  await scene.block(e164);
  return { path: { e164 } };
};

async function added(scene: Scene) {
  const e164 = scene.newNumber();
  await scene.addNumber(e164);
  return { path: { e164 } };
}

async function drainedLongAgo(scene: Scene) {
  const e164 = scene.newNumber();
  await scene.api.numbers.putNumber(
    { virtualNumber: phone(e164), country: 'SG', state: 'draining' },
    scene.api.clock.nowMs - 60_000,
  );
  return { path: { e164 } };
}

/** A virtual number with a live booking on it. */
async function used(scene: Scene) {
  const { path } = await added(scene);
  await scene.book({ virtualNumber: path.e164 });
  return { path };
}

const recorded: Provocation = async (scene) => ({
  path: { sessionId: await scene.recordCall(await scene.book()) },
});

const listOwned: Provocation = ({ api, newNumber }) => {
  const number = phone(newNumber());
  api.eightByEight.owned.push({
    number,
    state: 'active',
    country: 'SG',
    rangeReference: undefined,
    updatedAtMs: 1,
  });
  return {};
};

/** A number that calls are paid for. */
const PREMIUM = '+19002345678';

const smallMenu = {
  start: 'main',
  steps: {
    main: { ask: 'Press 1 for our hours.', choices: { '1': 'hours' }, otherwise: 'hangup' },
    hours: { say: 'We are open all day.', then: 'hangup' },
  },
};
const noMenu = { path: { menuId: 'never' } };

const keptMenu: Provocation = async (scene) => {
  await scene.api.call('PUT /v1/menus/{menuId}', { path: { menuId: 'restaurant' }, body: smallMenu });
  return { path: { menuId: 'restaurant' } };
};

const menuCall: Provocation = async (scene) => ({
  ...(await keptMenu(scene)),
  body: { to: scene.newPerson(), from: '+6531290001' },
});

const voiceMessage: Provocation = (scene) => ({
  body: { to: scene.newPerson(), from: '+6531290001', say: 'Hello.' },
});

/** Every answer that the booking API documents, by operation. */
export const provocations: Readonly<Record<string, Provocations>> = {
  'POST /v1/bookings': {
    usual: ['201', (scene) => ({ body: { parties: parties(scene.newPerson(), scene.newPerson()) } })],
    others: {
      NO_VIRTUAL_NUMBER_AVAILABLE: (scene) => ({
        body: { parties: parties(scene.newPerson(), scene.newPerson()), country: 'ID' },
      }),
      PHONE_NUMBER_NOT_ALLOWED: (scene) => ({ body: { parties: parties(scene.newPerson(), PREMIUM) } }),
      async PHONE_NUMBER_BLOCKED(scene) {
        const blockedNumber = scene.newPerson();
        await scene.block(blockedNumber);
        return { body: { parties: parties(scene.newPerson(), blockedNumber) } };
      },
      async PARTY_BEING_ERASED(scene) {
        const erased = scene.newPerson();
        await scene.beginErasing(erased);
        return { body: { parties: parties(scene.newPerson(), erased) } };
      },
      async IDEMPOTENCY_KEY_REUSED(scene) {
        const body = { parties: parties(scene.newPerson(), scene.newPerson()) };
        const headers = { 'idempotency-key': 'used-before' };
        await scene.api.call('POST /v1/bookings', { body, headers });
        return { body: { ...body, reference: 'another' }, headers };
      },
    },
  },
  'GET /v1/bookings/{bookingId}': {
    usual: ['200', booked],
    others: { BOOKING_NOT_FOUND: () => nobody },
  },
  'GET /v1/bookings': {
    usual: [
      '200',
      async (scene) => {
        await scene.book({ reference: 'ride-7', metadata: { city: 'singapore' }, limits: { maxCalls: 3 } });
        return { query: { reference: 'ride-7' } };
      },
    ],
  },
  'PATCH /v1/bookings/{bookingId}': {
    usual: ['200', async (scene) => ({ ...(await booked(scene)), body: { recordCalls: true } })],
    others: {
      BOOKING_NOT_FOUND: () => ({ ...nobody, body: { recordCalls: true } }),
      BOOKING_ENDED: ended('complete', { recordCalls: true }),
      PHONE_NUMBER_NOT_ALLOWED: async (scene) => ({
        ...(await booked(scene)),
        body: { parties: parties(PREMIUM) },
      }),
      async PHONE_NUMBER_TAKEN(scene) {
        const virtualNumber = scene.newNumber();
        await scene.addNumber(virtualNumber);
        const busy = scene.newPerson();
        await scene.book({ virtualNumber, parties: parties(busy, scene.newPerson()) });
        const bookingId = await scene.book({ virtualNumber });
        return { path: { bookingId }, body: { parties: parties(busy) } };
      },
      async PHONE_NUMBER_BLOCKED(scene) {
        const bookingId = await scene.book();
        const blockedNumber = scene.newPerson();
        await scene.block(blockedNumber);
        return { path: { bookingId }, body: { parties: parties(blockedNumber) } };
      },
      async PARTY_BEING_ERASED(scene) {
        const bookingId = await scene.book();
        const erased = scene.newPerson();
        await scene.beginErasing(erased);
        return { path: { bookingId }, body: { parties: parties(erased) } };
      },
    },
  },
  'POST /v1/bookings/{bookingId}/complete': {
    usual: ['200', booked],
    others: {
      BOOKING_NOT_FOUND: () => nobody,
      BOOKING_ENDED: ended('cancel'),
    },
  },
  'POST /v1/bookings/{bookingId}/cancel': {
    usual: ['200', booked],
    others: {
      BOOKING_NOT_FOUND: () => nobody,
      BOOKING_ENDED: ended('complete'),
    },
  },
  [ring]: {
    usual: ['202', booked],
    others: {
      BOOKING_NOT_FOUND: () => nobody,
      BOOKING_ENDED: ended('complete'),
      async PHONE_NUMBER_BLOCKED(scene) {
        const blockedNumber = scene.newPerson();
        const bookingId = await scene.book({ parties: parties(scene.newPerson(), blockedNumber) });
        await scene.block(blockedNumber);
        return { path: { bookingId } };
      },
      async PHONE_NUMBER_NOT_ALLOWED(scene) {
        // Booked before the deployment stopped calling such numbers.
        const { body } = await scene.callingPremium.call('POST /v1/bookings', {
          body: { parties: parties(scene.newPerson(), PREMIUM) },
        });
        return { path: { bookingId: body.bookingId } };
      },
      async DIRECTION_NOT_ALLOWED(scene) {
        const bookingId = await scene.book({ direction: 'second-to-first' });
        return { path: { bookingId }, body: { firstParty: 0 } };
      },
      async CALL_LIMIT_REACHED(scene) {
        const bookingId = await scene.book({ limits: { maxCalls: 1 } });
        await scene.api.call(ring, { path: { bookingId } });
        return { path: { bookingId } };
      },
      async CALL_UNDER_WAY(scene) {
        const request = { ...(await booked(scene)), headers: { 'idempotency-key': 'unanswered' } };
        await scene.unanswered.call(ring, request);
        return request;
      },
      async IDEMPOTENCY_KEY_REUSED(scene) {
        const request = { ...(await booked(scene)), headers: { 'idempotency-key': 'used-before' } };
        await scene.api.call(ring, request);
        return { ...request, body: { firstParty: 1 } };
      },
      ...eightByEightFails(booked),
    },
  },
  'GET /v1/bookings/{bookingId}/sessions': {
    usual: [
      '200',
      async (scene) => {
        const bookingId = await scene.book();
        await scene.recordCall(bookingId);
        return { path: { bookingId } };
      },
    ],
    others: { BOOKING_NOT_FOUND: () => nobody },
  },
  'GET /v1/sessions': {
    usual: [
      '200',
      async (scene) => {
        await recorded(scene);
        return { query: { day: '2026-11-21' } };
      },
    ],
  },
  'GET /v1/sessions/{sessionId}': {
    usual: ['200', recorded],
    others: { SESSION_NOT_FOUND: () => ({ path: { sessionId: 'none' } }) },
  },
  'GET /v1/sessions/{sessionId}/recordings': {
    usual: ['200', recorded],
    others: { SESSION_NOT_FOUND: () => ({ path: { sessionId: 'none' } }) },
  },
  'GET /v1/recordings/{recordingId}/download': {
    usual: [
      '200',
      async (scene) => {
        await recorded(scene);
        return { path: { recordingId: 'rec-1' } };
      },
    ],
    others: { RECORDING_NOT_FOUND: () => ({ path: { recordingId: 'none' } }) },
  },
  'GET /v1/pool': { usual: ['200', () => ({})] },
  'GET /v1/numbers': { usual: ['200', () => ({})] },
  'PUT /v1/numbers/{e164}': {
    usual: ['200', (scene) => ({ path: { e164: scene.newNumber() } })],
    others: { PHONE_NUMBER_NOT_ALLOWED: () => ({ path: { e164: PREMIUM } }) },
  },
  'DELETE /v1/numbers/{e164}': {
    usual: ['204', drainedLongAgo],
    others: {
      200: used,
      NUMBER_NOT_FOUND: (scene) => ({ path: { e164: scene.newNumber() } }),
    },
  },
  'POST /v1/numbers/{e164}/renumber': {
    usual: [
      '200',
      async (scene) => {
        const { path } = await used(scene);
        await scene.addNumber(path.e164, 'draining');
        return { path };
      },
    ],
    others: {
      NUMBER_NOT_FOUND: (scene) => ({ path: { e164: scene.newNumber() } }),
      NUMBER_ACTIVE: added,
    },
  },
  'POST /v1/numbers/sync': { usual: ['200', listOwned], others: eightByEightFails(() => ({})) },
  'GET /v1/menus': {
    usual: [
      '200',
      async (scene) => {
        await keptMenu(scene);
        return {};
      },
    ],
  },
  'GET /v1/menus/{menuId}': { usual: ['200', keptMenu], others: { MENU_NOT_FOUND: () => noMenu } },
  'PUT /v1/menus/{menuId}': {
    usual: ['200', () => ({ path: { menuId: 'restaurant' }, body: smallMenu })],
    others: {
      EIGHT_BY_EIGHT_REFUSED: (scene) => ({ path: { menuId: 'a' }, body: smallMenu, to: scene.refusedBy8x8 }),
      EIGHT_BY_EIGHT_UNAVAILABLE: (scene) => ({
        path: { menuId: 'a' },
        body: smallMenu,
        to: scene.cutOffFrom8x8,
      }),
    },
  },
  'DELETE /v1/menus/{menuId}': {
    usual: ['204', keptMenu],
    others: {
      MENU_NOT_FOUND: () => noMenu,
      async MENU_IN_USE(scene) {
        const sending = await keptMenu(scene);
        const body = { strangers: { menu: 'restaurant' } };
        await scene.api.call('PUT /v1/numbers/{e164}', { path: { e164: scene.newNumber() }, body });
        return sending;
      },
    },
  },
  'POST /v1/menus/{menuId}/calls': {
    usual: ['202', menuCall],
    others: {
      MENU_NOT_FOUND: async (scene) => ({ ...(await menuCall(scene)), ...noMenu }),
      PHONE_NUMBER_NOT_ALLOWED: async (scene) => ({
        ...(await menuCall(scene)),
        body: { to: PREMIUM, from: '+6531290001' },
      }),
      async PHONE_NUMBER_BLOCKED(scene) {
        const to = scene.newPerson();
        await scene.block(to);
        return { ...(await menuCall(scene)), body: { to, from: '+6531290001' } };
      },
      ...eightByEightFails(menuCall),
    },
  },
  'POST /v1/messages': {
    usual: ['202', voiceMessage],
    others: {
      PHONE_NUMBER_NOT_ALLOWED: () => ({ body: { to: PREMIUM, from: '+6531290001', say: 'Hello.' } }),
      async PHONE_NUMBER_BLOCKED(scene) {
        const to = scene.newPerson();
        await scene.block(to);
        return { body: { to, from: '+6531290001', say: 'Hello.' } };
      },
      ...eightByEightFails(voiceMessage),
    },
  },
  'GET /v1/blocklist': {
    usual: [
      '200',
      async (scene) => {
        await blocked(scene);
        return {};
      },
    ],
  },
  'GET /v1/blocklist/{e164}': {
    usual: ['200', blocked],
    others: { BLOCK_NOT_FOUND: (scene) => ({ path: { e164: scene.newPerson() } }) },
  },
  'PUT /v1/blocklist/{e164}': {
    usual: ['200', (scene) => ({ path: { e164: scene.newPerson() }, body: { reason: 'Reported.' } })],
  },
  'DELETE /v1/blocklist/{e164}': {
    usual: ['204', blocked],
    others: { BLOCK_NOT_FOUND: (scene) => ({ path: { e164: scene.newPerson() } }) },
  },
  'DELETE /v1/parties/{e164}': {
    usual: [
      '200',
      async (scene) => {
        const e164 = scene.newPerson();
        await scene.book({ parties: parties(e164, scene.newPerson()) });
        return { path: { e164 } };
      },
    ],
  },
  'GET /openapi.json': { usual: ['200', () => ({})] },
  'GET /asyncapi.json': { usual: ['200', () => ({})] },
};

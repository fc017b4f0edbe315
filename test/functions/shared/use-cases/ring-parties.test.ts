import { describe, expect, test } from 'vitest';
import {
  type ClickToCallDependencies,
  clickToCallOperation,
} from '../../../../functions/booking-api/operations/click-to-call.ts';
import { numberSyncOperation } from '../../../../functions/booking-api/operations/number-sync.ts';
import type { Booking } from '../../../../functions/shared/domain/booking.ts';
import type { CallRoute } from '../../../../functions/shared/domain/call-route.ts';
import type { OutboundCallflow } from '../../../../functions/shared/domain/callflow.ts';
import { PhoneNumber } from '../../../../functions/shared/domain/phone-number.ts';
import type { PoolView } from '../../../../functions/shared/domain/pool.ts';
import type { SessionInput } from '../../../../functions/shared/domain/session.ts';
import { createLogger } from '../../../../functions/shared/observability/logger.ts';
import type { BegunCallRequest } from '../../../../functions/shared/ports/call-requests.ts';
import {
  EightByEightError,
  type EightByEightErrorKind,
} from '../../../../functions/shared/ports/eight-by-eight-error.ts';

const NOW_MS = Date.UTC(2026, 11, 1, 10);
const [rider, driver] = [PhoneNumber.from('+6591110001'), PhoneNumber.from('+6591110002')];
const [seenByRider, seenByDriver] = [PhoneNumber.from('+6531290001'), PhoneNumber.from('+6531290002')];

const booking: Booking = {
  bookingId: '01JDBOOKING0000000000000001',
  storedStatus: 'active',
  numbering: 'per-party',
  direction: 'both',
  parties: [
    { label: 'rider', phoneNumbers: [rider], virtualNumber: seenByRider },
    { phoneNumbers: [driver], virtualNumber: seenByDriver },
  ],
  recordCalls: false,
  limits: {},
  createdAtMs: NOW_MS - 1000,
  expiresAtMs: NOW_MS + 1000,
  coolDownSeconds: 0,
  version: 1,
};

const route: CallRoute = {
  bookingId: booking.bookingId,
  callee: driver,
  callerId: seenByDriver,
  mayCall: true,
  recordCalls: false,
  expiresAtMs: booking.expiresAtMs,
  blocked: false,
  limits: {},
  callCount: 0,
  recentCalls: [],
};

const noNumbers: PoolView = { active: new Map(), countryOf: () => undefined, has: () => false };

interface Circumstances extends Partial<ClickToCallDependencies> {
  readonly found?: CallRoute | undefined;
  readonly begun?: BegunCallRequest;
  readonly of?: Booking;
}

function click({ found = route, begun = { kind: 'begun' }, of = booking, ...over }: Circumstances = {}) {
  const sent: OutboundCallflow[] = [];
  const recorded: [string, SessionInput][] = [];
  const counted: string[] = [];
  const requests: string[] = [];
  const looks: [string, string][] = [];
  const lines: string[] = [];
  const operation = clickToCallOperation({
    store: { find: async () => of },
    callRoutes: {
      async find(virtualNumber, caller) {
        looks.push([virtualNumber.reveal(), caller.reveal()]);
        return found;
      },
    },
    callRequests: {
      async begin() {
        requests.push('begin');
        return begun;
      },
      finish: async () => void requests.push('finish'),
      abandon: async () => void requests.push('abandon'),
    },
    counter: { count: async (sessionId) => void counted.push(sessionId) },
    sender: {
      async sendCallflow(callflow) {
        sent.push(callflow);
        return { sessionId: 'session-1', callFlowRequestId: 'request-1' };
      },
    },
    recorder: { record: async (sessionId, input) => void recorded.push([sessionId, input]) },
    pool: { view: async () => noNumbers, refresh: async () => noNumbers },
    logger: createLogger('booking-api', (line) => lines.push(line)),
    nowMs: () => NOW_MS,
    ...over,
  });
  const run = (firstParty?: string | number, idempotencyKey?: string) =>
    operation.run({
      path: { bookingId: booking.bookingId },
      query: undefined,
      body: { firstParty },
      idempotencyKey,
    });
  return { run, sent, recorded, counted, requests, looks, lines };
}

describe('click-to-call', () => {
  test.each([
    [0, rider, seenByRider, driver, seenByDriver],
    ['rider', rider, seenByRider, driver, seenByDriver],
    [1, driver, seenByDriver, rider, seenByRider],
  ])(
    'rings first party %j, each with the number that it knows, and not a minute late',
    async (first, ...expected) => {
      const [one, seenByOne, other, seenByOther] = expected;
      const { run, sent } = click();

      await run(first);

      expect(sent).toMatchObject([
        {
          actions: [
            { action: 'makeCall', destination: one, source: seenByOne },
            { action: 'makeCall', destination: other, source: seenByOther },
          ],
          validUntilMs: NOW_MS + 60_000,
        },
      ]);
    },
  );

  test('gives the session to the booking', async () => {
    const { run, recorded } = click();

    const answer = await run();

    const decision = {
      eventId: 'request-1',
      kind: 'click-to-call',
      bookingId: booking.bookingId,
      atMs: NOW_MS,
    };
    expect(recorded).toEqual([['session-1', { kind: 'decision', decision }]]);
    expect(answer).toMatchObject({ status: 202, body: { sessionId: 'session-1', firstParty: 'rider' } });
  });

  test('is answered as started although the record could not be written: the phone rings', async () => {
    const { run, lines } = click({ recorder: { record: () => Promise.reject(new Error('no store')) } });

    expect(await run()).toMatchObject({ status: 202 });
    expect(lines.join()).toContain('CLICK_TO_CALL_NOT_RECORDED');
  });

  test('counts as a call of the booking', async () => {
    const { run, counted } = click();

    await run();

    expect(counted).toEqual(['session-1']);
  });

  test.each<[string, Partial<CallRoute> | undefined, string]>([
    ['a party is on the blocklist', { blocked: true }, 'PHONE_NUMBER_BLOCKED'],
    ['the first party may not call', { mayCall: false }, 'DIRECTION_NOT_ALLOWED'],
    ['no call is left', { limits: { maxCalls: 3 }, callCount: 3 }, 'CALL_LIMIT_REACHED'],
    [
      'this minute has had its calls',
      { limits: { maxCallsPerMinute: 1 }, recentCalls: [{ sessionId: 's', atMs: NOW_MS - 1000 }] },
      'CALL_LIMIT_REACHED',
    ],
    ['the claim has ended meanwhile', { ended: { reason: 'completed', atMs: NOW_MS - 1 } }, 'BOOKING_ENDED'],
    ["the number is another booking's meanwhile", { bookingId: 'another' }, 'BOOKING_ENDED'],
  ])('rings nobody and counts nothing when %s', async (_, change, code) => {
    const { run, sent, counted } = click({ found: { ...route, ...change } });

    await expect(run()).rejects.toMatchObject({ code });
    expect([sent, counted]).toEqual([[], []]);
  });

  test.each([
    ['first-to-second', rider, seenByRider],
    ['second-to-first', driver, seenByDriver],
  ] as const)('rings the party first that may call in a booking %s', async (direction, first, its) => {
    const { run, looks } = click({ of: { ...booking, direction } });

    await run();

    expect(looks).toEqual([[its.reveal(), first.reveal()]]);
  });

  test('rings nobody for a label that no party has', async () => {
    const { run, sent } = click();

    await expect(run('Rider')).rejects.toMatchObject({ issues: [{ path: 'firstParty' }] });
    expect(sent).toEqual([]);
  });

  test('rings nobody at the very moment at which the booking expires', async () => {
    const { run, sent } = click({ nowMs: () => booking.expiresAtMs });

    await expect(run()).rejects.toMatchObject({ code: 'BOOKING_ENDED' });
    expect(sent).toEqual([]);
  });

  describe('with an idempotency key', () => {
    test('rings once and keeps the answer', async () => {
      const { run, requests, sent } = click();

      await run(0, 'key');

      expect([requests, sent.length]).toEqual([['begin', 'finish'], 1]);
    });

    test('gives the first answer again and rings nobody', async () => {
      const call = { sessionId: 'the-first', firstParty: 1 } as const;
      const { run, sent } = click({ begun: { kind: 'answered', call }, found: { ...route, blocked: true } });

      expect(await run(1, 'key')).toMatchObject({ status: 202, body: { sessionId: 'the-first' } });
      expect(sent).toEqual([]);
    });

    test.each([
      ['under-way', 'CALL_UNDER_WAY'],
      ['other-request', 'IDEMPOTENCY_KEY_REUSED'],
    ] as const)('rings nobody when the request is %s', async (kind, code) => {
      const { run, sent } = click({ begun: { kind } });

      await expect(run(0, 'key')).rejects.toMatchObject({ code });
      expect(sent).toEqual([]);
    });

    test.each([
      ['8x8 refused it', false, ['begin', 'abandon']],
      ['8x8 may have made it', true, ['begin']],
    ])('may be tried again only if %s', async (_, mayHaveTakenEffect, expected) => {
      const failure = new EightByEightError({
        kind: 'timed-out',
        operation: 'send the callflow',
        problem: 'it took too long',
        advice: 'Look.',
        mayHaveTakenEffect,
      });
      const { run, requests } = click({ sender: { sendCallflow: () => Promise.reject(failure) } });

      await expect(run(0, 'key')).rejects.toThrow();
      expect(requests).toEqual(expected);
    });

    test('may be tried again where the call was not allowed', async () => {
      const { run, requests } = click({ found: { ...route, mayCall: false } });

      await expect(run(0, 'key')).rejects.toMatchObject({ code: 'DIRECTION_NOT_ALLOWED' });
      expect(requests).toEqual(['begin', 'abandon']);
    });
  });

  test.each<[EightByEightErrorKind, string]>([
    ['callflow-rejected', 'EIGHT_BY_EIGHT_REFUSED'],
    ['unauthorized', 'EIGHT_BY_EIGHT_REFUSED'],
    ['misconfigured', 'EIGHT_BY_EIGHT_REFUSED'],
    ['rate-limited', 'EIGHT_BY_EIGHT_UNAVAILABLE'],
    ['timed-out', 'EIGHT_BY_EIGHT_UNAVAILABLE'],
    ['server', 'EIGHT_BY_EIGHT_UNAVAILABLE'],
  ])('turns %s into %s with the advice of the client', async (kind, code) => {
    const failure = new EightByEightError({
      kind,
      operation: 'send the callflow',
      problem: 'it was refused',
      advice: 'Do this.',
      code: '-1014',
      retryAfterMs: 1500,
    });
    const { run, recorded } = click({ sender: { sendCallflow: () => Promise.reject(failure) } });

    await expect(run()).rejects.toMatchObject({
      code,
      message:
        'Could not send the callflow: it was refused (code -1014, to be tried again after 2 s). Do this.',
      details: { reason: kind, platformCode: '-1014', retryAfterSeconds: 2 },
    });
    expect(recorded).toEqual([]);
  });

  test('and the synchronization of numbers say what is missing where there is no API key', async () => {
    const unused = () => Promise.reject(new Error('not reached'));
    const numbers = {
      findNumber: unused,
      listNumbers: unused,
      putNumber: unused,
      countLiveClaims: unused,
      removeNumber: unused,
    };
    const sync = numberSyncOperation({ inventory: undefined, numbers, nowMs: () => NOW_MS });
    const request = { path: {}, query: undefined, body: undefined, idempotencyKey: undefined };

    for (const run of [click({ sender: undefined }).run(), sync.run(request)]) {
      await expect(run).rejects.toMatchObject({
        code: 'EIGHT_BY_EIGHT_NOT_CONFIGURED',
        message: expect.stringContaining('apiKeySecretName'),
      });
    }
  });
});

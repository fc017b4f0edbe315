import { describe, expect, test } from 'vitest';
import {
  type ClickToCallDependencies,
  clickToCallOperation,
} from '../../functions/booking-api/operations/click-to-call.ts';
import { numberSyncOperation } from '../../functions/booking-api/operations/number-sync.ts';
import type { Booking } from '../../functions/shared/domain/booking.ts';
import type { OutboundCallflow } from '../../functions/shared/domain/callflow.ts';
import { PhoneNumber } from '../../functions/shared/domain/phone-number.ts';
import type { SessionInput } from '../../functions/shared/domain/session.ts';
import { createLogger } from '../../functions/shared/observability/logger.ts';
import type { BookingContext } from '../../functions/shared/ports/booking-store.ts';
import {
  EightByEightError,
  type EightByEightErrorKind,
} from '../../functions/shared/ports/eight-by-eight-error.ts';

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

const emptyContext: BookingContext = {
  sizes: new Map(),
  holdings: new Map(),
  blockedNumbers: new Set(),
  virtualNumbers: new Set(),
  lastGiven: [],
};

function click(over: Partial<ClickToCallDependencies> = {}) {
  const sent: OutboundCallflow[] = [];
  const recorded: [string, SessionInput][] = [];
  const lines: string[] = [];
  const operation = clickToCallOperation({
    store: { find: async () => booking, readContext: async () => emptyContext },
    sender: {
      async sendCallflow(callflow) {
        sent.push(callflow);
        return { sessionId: 'session-1', callFlowRequestId: 'request-1' };
      },
    },
    recorder: { record: async (sessionId, input) => void recorded.push([sessionId, input]) },
    logger: createLogger('booking-api', (line) => lines.push(line)),
    nowMs: () => NOW_MS,
    ...over,
  });
  const run = (firstParty: string | number = 0) =>
    operation.run({
      path: { bookingId: booking.bookingId },
      query: undefined,
      body: { firstParty },
      idempotencyKey: undefined,
    });
  return { run, sent, recorded, lines };
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

  test('rings nobody who is on the blocklist', async () => {
    const context = { ...emptyContext, blockedNumbers: new Set([driver.reveal()]) };
    const { run, sent } = click({ store: { find: async () => booking, readContext: async () => context } });

    await expect(run()).rejects.toMatchObject({ code: 'PHONE_NUMBER_BLOCKED' });
    expect(sent).toEqual([]);
  });

  test('rings nobody at the very moment at which the booking expires', async () => {
    const { run, sent } = click({ nowMs: () => booking.expiresAtMs });

    await expect(run()).rejects.toMatchObject({ code: 'BOOKING_ENDED' });
    expect(sent).toEqual([]);
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

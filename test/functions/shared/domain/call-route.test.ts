import { describe, expect, test } from 'vitest';
import { type CallRoute, routeCall, withCall } from '../../../../functions/shared/domain/call-route.ts';
import { PhoneNumber } from '../../../../functions/shared/domain/phone-number.ts';
import { NOON_MS } from '../../../support/bookings.ts';

const MINUTE_MS = 60_000;
const RIDER = PhoneNumber.from('+6591110001');
const DRIVER = PhoneNumber.from('+6591110002');
const NUMBER = PhoneNumber.from('+6531290001');

const call = { sessionId: 'session-new', caller: RIDER, virtualNumber: NUMBER };

const route: CallRoute = {
  bookingId: 'ride-1042',
  callee: DRIVER,
  callerId: NUMBER,
  mayCall: true,
  recordCalls: false,
  expiresAtMs: NOON_MS + 10 * MINUTE_MS,
  blocked: false,
  limits: {},
  callCount: 0,
  recentCalls: [],
};

const kindOf = (found: Partial<CallRoute>, nowMs = NOON_MS) =>
  routeCall(call, { ...route, ...found }, nowMs).kind;

/** The route after calls at these times. */
const countedRoute = (limits: CallRoute['limits'], ...timesMs: number[]): Partial<CallRoute> => ({
  limits,
  ...timesMs
    .map((atMs, n) => ({ sessionId: `session-${n}`, atMs }))
    .reduce(withCall, { callCount: 0, recentCalls: [] }),
});

describe('a call', () => {
  test('is connected up to the last millisecond of its booking, and not from then on', () => {
    const { expiresAtMs } = route;

    expect(kindOf({}, expiresAtMs - 1)).toBe('connect');
    expect(kindOf({}, expiresAtMs)).toBe('booking-expired');
  });

  test('counts against the minute for exactly one minute', () => {
    const counted = countedRoute({ maxCallsPerMinute: 1 }, NOON_MS);

    expect(kindOf(counted, NOON_MS + MINUTE_MS - 1)).toBe('limit-reached');
    expect(kindOf(counted, NOON_MS + MINUTE_MS)).toBe('connect');
  });

  test('counts against the booking for ever', () => {
    const counted = countedRoute({ maxCalls: 2 }, NOON_MS - 5 * MINUTE_MS, NOON_MS - 4 * MINUTE_MS);

    expect(kindOf(countedRoute({ maxCalls: 2 }, NOON_MS - 5 * MINUTE_MS))).toBe('connect');
    expect(kindOf(counted)).toBe('limit-reached');
  });

  test('that is told again after it was counted gets the answer it had', () => {
    const counted = countedRoute({ maxCalls: 1, maxCallsPerMinute: 1 }, NOON_MS);

    expect(routeCall({ ...call, sessionId: 'session-0' }, { ...route, ...counted }, NOON_MS).kind).toBe(
      'connect',
    );
  });

  test('hears the most lasting reason when several would stop it', () => {
    const ended = { reason: 'completed', atMs: NOON_MS } as const;
    const everything = { blocked: true, ended, mayCall: false, limits: { maxCalls: 0 } };
    const late = route.expiresAtMs;

    expect(kindOf(everything, late)).toBe('blocked');
    expect(kindOf({ ...everything, blocked: false }, late)).toBe('booking-ended');
    expect(kindOf({ mayCall: false, limits: { maxCalls: 0 } }, late)).toBe('booking-expired');
    expect(kindOf({ mayCall: false, limits: { maxCalls: 0 } })).toBe('direction-not-allowed');
  });
});

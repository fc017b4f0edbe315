import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { seededRandom } from '../../../lib/commands/plan/seeded-random.ts';
import { NOON_MS } from '../../support/bookings.ts';
import { linesWith } from './day/log-lines.ts';
import { personNumber, playBooking, playCall, playEnd, playRequests, poolNumber } from './day/play.ts';
import { openService } from './day/service.ts';

const CALLS = 10_000;
const CALLS_PER_BOOKING = 10;
/** Rides after which everything else is asked and run, besides calls. */
const RIDES_PER_ROUND = 10;
const DAY_MS = 86_400_000;
const POOL_SIZE = 20;

/** What this day makes the service say: everything that there is to say about calls and people. */
const everyCode = [
  'BOOKING_CREATED',
  'BOOKING_REFUSED',
  'CALL_ACTION_UNREADABLE',
  'CALL_DECIDED',
  'CALL_FALLBACK',
  'CHANGES_NOT_PUBLISHED',
  'CHANGES_PUBLISHED',
  'CHANGE_UNREADABLE',
  'CLICK_TO_CALL_NOT_RECORDED',
  'DECISIONS_NOT_STORED',
  'DECISIONS_UNREADABLE',
  'DECISION_NOT_STORED',
  'EVENT_NOT_TAKEN',
  'INVOKE_ERROR',
  'NUMBERS_MISSING',
  'NUMBERS_SYNCED',
  'NUMBERS_UNREADABLE',
  'NUMBERS_UPDATED',
  'NUMBER_LIST_INCOMPLETE',
  'NUMBER_SYNC_FAILED',
  'PARTY_ERASED',
  'POOL_COUNT_LOST',
  'POOL_USED',
  'QUARANTINE_FAILED',
  'RECORDINGS_RECONCILED',
  'RECORDING_ATTACHED',
  'RECORDING_MISSING',
  'RECORDING_NOT_FOUND',
  'RECORDING_NOT_LOOKED_FOR',
  'RECORDING_RECONCILIATION_FAILED',
  'REQUEST_FAILED',
  'REQUEST_REFUSED',
  'SESSION_CLOSED',
  'WEBHOOK_DEFERRED',
  'WEBHOOK_FAILED',
  'WEBHOOK_NOT_REPLAYED',
  'WEBHOOK_QUARANTINED',
  'WEBHOOK_REFUSED',
  'WEBHOOK_REPLAYED',
  'WEBHOOK_UNAUTHENTICATED',
];

// The clock of the machine would now and then spell a number of this day by chance.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOON_MS });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the logs of a day', () => {
  test(`with ${CALLS} calls hold none of the phone numbers, in no form`, async () => {
    const random = seededRandom(2026);
    const service = openService(random);
    await service.addNumbers(POOL_SIZE);
    const used = new Set(Array.from({ length: POOL_SIZE }, (_, n) => poolNumber(n + 1)));

    for (let n = 0, rides = 0; n < CALLS; rides += 1) {
      service.clock.nowMs = NOON_MS + Math.floor((n / CALLS) * DAY_MS);
      const [caller, callee] = [personNumber(2 * n + 100_000), personNumber(2 * n + 100_001)];
      const { bookingId, virtualNumber } = await playBooking(service, caller, callee);
      const ride = { caller, callee, virtualNumber };
      for (let call = 0; call < CALLS_PER_BOOKING; call += 1, n += 1) {
        used.add(await playCall(service, n, ride, random));
      }
      if (rides % RIDES_PER_ROUND === 0) {
        await playRequests(service, bookingId, ride);
        await service.background.runAll(caller);
        await playEnd(service, bookingId, ride, rides % (2 * RIDES_PER_ROUND) === 0 ? 'cancel' : 'complete');
      }
      for (const number of [caller, callee, virtualNumber]) used.add(number);
    }

    const codes = new Set(service.lines.map((line) => String(JSON.parse(line).code)));
    expect(everyCode.filter((code) => !codes.has(code))).toEqual([]);
    expect(service.api.routeKeys.filter((routeKey) => !service.api.asked.has(routeKey))).toEqual([]);
    expect(service.lines.length).toBeGreaterThan(CALLS);
    expect(service.lines.filter((line) => line.includes('[number]')).length).toBeGreaterThan(0);
    expect(linesWith(service.lines, used)).toEqual([]);
  }, 240_000);

  test('would be found out: a number in any form is seen in a line', () => {
    const used = new Set(['+6591110001']);
    const forms = ['+6591110001', '6591110001', '"x":"tel:+65 9111-0001;y"', 'a91110001b', '%2B6591110001'];

    expect(linesWith(forms, used)).toEqual(forms);
    expect(linesWith(['2026-11-21T09:11:10.001Z'], used)).toEqual([]);
  });
});

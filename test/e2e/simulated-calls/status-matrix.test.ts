import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SessionOutcome, sessionOutcomes } from '../../../functions/shared/domain/session.ts';
import { isDecided, type Json, type MaskedService, type Ride, startMaskedService } from './masked-service.ts';

let masked: MaskedService;
let ride: Ride;

beforeAll(async () => {
  masked = await startMaskedService();
  ride = await masked.book();
}, 120_000);

afterAll(() => masked[Symbol.asyncDispose]());

const callFrom = (from: string | null, over: object = {}) => ({ from, to: ride.virtualNumber, ...over });

/** Legs of the summary by name: their statuses, or `none`. */
const legStatuses = ({ legs }: Json) =>
  (['A', 'B'] as const).map(
    (name) => legs.find(({ leg }: { leg: string }) => leg === name)?.status ?? 'none',
  );

/** A call that ends in one row of the platform's matrix, and what that was for the two people. */
interface Row {
  readonly what: string;
  readonly statuses: readonly [ofA: string, ofB: string, ofSession: string];
  readonly outcome: SessionOutcome;
  readonly call: object;
  /** Whether the caller is a party of the booking; otherwise a stranger. */
  readonly isParty?: boolean;
  readonly decision?: string | null;
}

const STRANGER = '+6591119999';

const rows: readonly Row[] = [
  {
    what: 'the two talked',
    statuses: ['COMPLETED', 'COMPLETED', 'COMPLETED'],
    outcome: 'answered',
    call: { talkSeconds: 12 },
  },
  {
    what: 'nobody picked up',
    statuses: ['COMPLETED', 'NO_ANSWER', 'NO_ANSWER'],
    outcome: 'missed',
    call: { answer: 'no-answer' },
  },
  {
    what: 'the line was busy',
    statuses: ['COMPLETED', 'BUSY', 'BUSY'],
    outcome: 'busy',
    call: { answer: 'busy' },
  },
  {
    what: 'the phone was off',
    statuses: ['COMPLETED', 'FAILED', 'FAILED'],
    outcome: 'failed',
    call: { answer: 'failed' },
  },
  {
    what: 'the network gave up first',
    statuses: ['CANCELED', 'CANCELED', 'CANCELED'],
    outcome: 'canceled',
    call: { answer: 'cancelled' },
  },
  {
    what: 'the caller gave up first',
    statuses: ['CANCELED', 'CANCELED', 'CANCELED'],
    outcome: 'canceled',
    call: { hangUpAfterSeconds: 5 },
  },
  {
    what: 'the caller only heard something',
    statuses: ['COMPLETED', 'none', 'COMPLETED'],
    outcome: 'refused',
    call: {},
    isParty: false,
    decision: 'unknown-caller',
  },
  {
    what: 'the country is not covered',
    statuses: ['ERROR', 'none', 'ERROR'],
    outcome: 'error',
    call: { platformError: -2004 },
  },
  {
    what: 'our endpoint did not answer',
    statuses: ['ERROR', 'none', 'ERROR'],
    outcome: 'error',
    call: { faults: { VCA: { drop: 1 } } },
    decision: null,
  },
  {
    what: 'the second leg broke',
    statuses: ['COMPLETED', 'ERROR', 'ERROR'],
    outcome: 'error',
    call: { platformError: -2010 },
  },
];

describe('every row of the status matrix is reported as what it was for the two people', () => {
  test('and there is a row for every outcome of a call that is over', () => {
    const outcomes = new Set<SessionOutcome>(rows.map(({ outcome }) => outcome));

    expect([...outcomes, 'in-progress'].sort()).toEqual([...sessionOutcomes].sort());
  });

  test.each(rows)('$what: $statuses is $outcome', async (row) => {
    const { statuses, outcome, isParty = true, decision = 'connect' } = row;
    const call = await masked.call(callFrom(isParty ? ride.rider : STRANGER, row.call));

    const session = await masked.session(call.sessionId, (view) => decision === null || isDecided(view));

    expect([...legStatuses(session), call.status]).toEqual(statuses);
    expect(session).toMatchObject({
      status: call.status,
      outcome,
      reachedCallee: outcome === 'answered',
      durationSeconds: outcome === 'answered' ? 12 : 0,
      bookingId: isParty ? ride.bookingId : null,
      decision: decision && { kind: decision },
      error: call.error && { code: call.error.code },
    });
  });

  test('a call of which nothing is told yet is in progress, and its end is known before its summary', async () => {
    const call = await masked.call(callFrom(ride.rider, { talkSeconds: 12, deliver: 'on-flush' }));
    const told = (...webhooks: string[]) =>
      masked.simulator('POST', '/simulator/flush', { sessionId: call.sessionId, webhooks });

    const asked = await masked.session(call.sessionId);
    await told('VCS');
    const heardOf = await masked.session(call.sessionId, ({ status }) => status !== 'IN_PROGRESS');
    await told('VSS', 'VRU');
    const summedUp = await masked.session(call.sessionId, ({ status }) => status === 'COMPLETED');

    expect(asked).toMatchObject({ status: 'IN_PROGRESS', outcome: 'in-progress', legs: [] });
    expect(heardOf).toMatchObject({ status: 'DISCONNECTED', outcome: 'answered', durationSeconds: 12 });
    expect(summedUp).toMatchObject({ status: 'COMPLETED', outcome: 'answered', durationSeconds: 12 });
  });

  test('an endpoint that does not answer is explained to whoever looks after it', async () => {
    const call = await masked.call(callFrom(ride.rider, { faults: { VCA: { drop: 1 } } }));

    const { error } = await masked.session(call.sessionId, () => true);

    expect(error).toMatchObject({ code: -2002, meaning: expect.stringContaining('our webhook') });
  });

  test.each([-2001, -2004, -2007, -2008, -2010, -9999])(
    'error %i is explained in words',
    async (platformError) => {
      const call = await masked.call(callFrom(ride.rider, { platformError }));

      const { error } = await masked.session(call.sessionId);

      expect(error).toMatchObject({ code: platformError });
      expect(error.advice).toMatch(/\w{3}/);
    },
  );

  test('a speech that fails is an error of the call that it was for', async () => {
    const call = await masked.call(callFrom('+6591119998', { platformError: -2005 }));

    const session = await masked.session(call.sessionId);

    expect(session).toMatchObject({ status: 'ERROR', reachedCallee: false, error: { code: -2005 } });
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Json, type MaskedService, type Ride, startMaskedService } from './masked-service.ts';

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

describe('every row of the status matrix is reported as what it was for the two people', () => {
  test.each([
    ['COMPLETED', 'COMPLETED', 'COMPLETED', 'answered', { talkSeconds: 12 }],
    ['COMPLETED', 'NO_ANSWER', 'NO_ANSWER', 'missed', { answer: 'no-answer' }],
    ['COMPLETED', 'BUSY', 'BUSY', 'busy', { answer: 'busy' }],
    ['COMPLETED', 'FAILED', 'FAILED', 'failed', { answer: 'failed' }],
    ['CANCELED', 'CANCELED', 'CANCELED', 'canceled', { answer: 'cancelled' }],
    ['CANCELED', 'CANCELED', 'CANCELED', 'canceled', { hangUpAfterSeconds: 5 }],
    ['ERROR', 'none', 'ERROR', 'error', { platformError: -2004 }],
    ['COMPLETED', 'ERROR', 'ERROR', 'error', { platformError: -2010 }],
  ])('%s and %s make %s: %s', async (statusOfA, statusOfB, status, outcome, script) => {
    const call = await masked.call(callFrom(ride.rider, script));

    const session = await masked.session(call.sessionId);

    expect(call.status).toBe(status);
    expect(legStatuses(session)).toEqual([statusOfA, statusOfB]);
    expect(session).toMatchObject({
      status,
      outcome,
      reachedCallee: outcome === 'answered',
      bookingId: ride.bookingId,
      decision: { kind: 'connect' },
    });
  });

  test('an announcement makes COMPLETED: refused', async () => {
    const call = await masked.call(callFrom('+6591119999'));

    const session = await masked.session(call.sessionId);

    expect(legStatuses(session)).toEqual(['COMPLETED', 'none']);
    expect(session).toMatchObject({ status: 'COMPLETED', outcome: 'refused', bookingId: null });
  });

  test('an endpoint that does not answer makes ERROR, and the session is still found by its booking', async () => {
    const call = await masked.call(callFrom(ride.rider, { faults: { VCA: { drop: 1 } } }));

    const session = await masked.session(call.sessionId, () => true);

    expect(session).toMatchObject({
      status: 'ERROR',
      outcome: 'error',
      bookingId: ride.bookingId,
      decision: null,
      error: { code: -2002, meaning: expect.any(String), advice: expect.any(String) },
    });
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

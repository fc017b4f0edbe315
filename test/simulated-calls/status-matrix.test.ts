import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { variationCases } from '../../lib/local-cloud/simulated-8x8/variations.ts';
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

/** The calls on which a deviation could show. */
const scenes = {
  answered: { talkSeconds: 40 },
  'not answered': { answer: 'no-answer' },
  'given up by the caller': { answer: 'cancelled' },
  'failed by the platform': { platformError: -2004 },
  'from a hidden number': { from: null },
} as const;

type SceneName = keyof typeof scenes;

const further: Readonly<Record<string, readonly SceneName[]>> = {
  noAnswer: ['not answered'],
  unansweredCaller: ['not answered'],
  cancelled: ['given up by the caller'],
  numbers: ['failed by the platform'],
  errorDetails: ['failed by the platform'],
  errorLegStatus: ['failed by the platform'],
  noCoverageCode: ['failed by the platform'],
  noCoverageLeg: ['failed by the platform'],
  withheldSource: ['from a hidden number'],
};

const casesByScene = variationCases.flatMap(({ name, variations }) => {
  const [setting = ''] = Object.keys(variations);
  const played: readonly SceneName[] = ['answered', ...(further[setting] ?? [])];
  return played.map((scene) => ({ name, scene, variations }));
});

describe('however the platform words it, a call ends in the same state', () => {
  const expected = new Map<SceneName, Promise<Json>>();

  async function finalState(scene: SceneName, over: object = {}): Promise<Json> {
    const call = await masked.call(callFrom(ride.rider, { ...scenes[scene], ...over }));
    const { recordings, durationSeconds, ...session } = await masked.session(
      call.sessionId,
      (view) => isDecided(view) && view.status === call.status,
    );
    return {
      status: session.status,
      outcome: session.outcome,
      reachedCallee: session.reachedCallee,
      bookingId: session.bookingId,
      decision: session.decision?.kind,
      reason: session.decision?.reason,
      recorded: recordings.map(({ verified }: { verified: boolean }) => verified),
      // Some accounts count a second less.
      talkedForAWhile: durationSeconds >= 39,
    };
  }

  const asDocumented = (scene: SceneName): Promise<Json> => {
    const known = expected.get(scene) ?? finalState(scene);
    expected.set(scene, known);
    return known;
  };

  test('all contradictions of the documentation are played', () => {
    expect(variationCases.length).toBeGreaterThanOrEqual(44);
    expect(new Set(casesByScene.map(({ name }) => name)).size).toBe(variationCases.length);
  });

  test.concurrent.for(casesByScene)('$name, on a call $scene', async ({ scene, variations }, { expect }) => {
    expect(await finalState(scene, { variations })).toEqual(await asDocumented(scene));
  });

  test.each(['all', 'changed'])('a report of numbers that lists %s of them', async (numberUpdates) => {
    const number = '+6531290008';
    const path = `/simulator/numbers/${encodeURIComponent(number)}/health`;
    const stateAfter = async (operationalStatus: string) => {
      await masked.simulator('POST', path, { operationalStatus, variations: { numberUpdates } });
      const { body } = await masked.api('GET', '/v1/numbers?limit=100');
      return body.items.find(({ virtualNumber }: { virtualNumber: string }) => virtualNumber === number)
        ?.state;
    };

    expect(await stateAfter('Unhealthy')).toBe('unhealthy');
    expect(await stateAfter('Active')).toBe('active');
  });
});

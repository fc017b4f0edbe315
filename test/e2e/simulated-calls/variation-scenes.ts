import type { PartialVariations, Variations } from '../../../lib/simulated-8x8/model/variations.ts';
import type { Json, Ride } from './masked-service.ts';

/** When every call of these tests comes in: the times of two runs can then be compared. */
const CALLED_AT = '2026-02-16T03:14:07.000Z';

const common = { at: CALLED_AT, seed: 8, talkSeconds: 40 };

/** The calls on which a deviation could show. The rides are recorded but for the one that says so. */
export const scenes = {
  'bridged and recorded': {},
  'bridged and not recorded': { recorded: false },
  'not answered': { answer: 'no-answer' },
  'to a busy line': { answer: 'busy' },
  'given up by the caller': { answer: 'cancelled' },
  'without coverage': { platformError: -2004 },
  'from a hidden number': { from: null },
  'from a stranger': { from: '+6591119999' },
  'that was never summed up': { faults: { VSS: { drop: 1 } } },
} as const satisfies Record<string, object>;

export type SceneName = keyof typeof scenes;
export const sceneNames = Object.keys(scenes) as SceneName[];

/** The request that plays a scene. */
export function callOf(
  scene: SceneName,
  rides: { readonly recorded: Ride; readonly unrecorded: Ride },
  variations: PartialVariations,
): object {
  const { recorded = true, ...script }: Json = scenes[scene];
  const ride = recorded ? rides.recorded : rides.unrecorded;
  return { ...common, from: ride.rider, to: ride.virtualNumber, ...script, variations };
}

/** The session as the API shows it, without what differs between any two calls: the ids. */
export function withoutIds(session: Json): Json {
  const { sessionId, events, legs, decision, recordings, error, ...rest } = session;
  return {
    ...rest,
    errorCode: error?.code ?? null,
    decision: decision && { kind: decision.kind, reason: decision.reason, answered: decision.answered },
    legs: legs.map(({ callId, ...leg }: Json) => leg),
    // Two events of one moment have no order but that of their ids.
    events: events
      .filter(({ status }: Json) => LIFECYCLE.has(status))
      .map(({ at, status, direction }: Json) => `${at} ${status} ${direction}`)
      .sort(),
    recordings: recordings.map(({ recordingId, key, ...recording }: Json) => ({
      ...recording,
      isTheRightObject: key?.includes(`${sessionId}/${recordingId}_`) ?? false,
    })),
  };
}

/** Further events say nothing that these do not. */
const LIFECYCLE = new Set(['CALL_INITIATED', 'CALL_RECEIVED', 'CALL_CONNECTED', 'CALL_DISCONNECTED']);

/**
 * What is left of a plain session where an account does not word things otherwise but tells other facts: a second
 * less, no events, another leg or code. Everything else has to be equal.
 */
export function asToldBy(variations: Variations, plain: Json): Json {
  const session = structuredClone(plain);
  const { durations, callStatusEvents, errorLegStatus, noCoverageCode, unreached } = variations;
  if (callStatusEvents === 'none' || callStatusEvents === 'bare') session.events = [];
  const isSummedUp = session.status !== 'DISCONNECTED';
  if (durations === 'one-second-less' && isSummedUp) {
    for (const timed of [session, ...session.legs]) if (timed.durationSeconds > 0) timed.durationSeconds -= 1;
  }
  if (errorLegStatus === 'FAILED') {
    for (const leg of session.legs) if (leg.status === 'ERROR') leg.status = 'FAILED';
  }
  if (session.errorCode === -2004) session.errorCode = Number(noCoverageCode);
  if (unreached === 'FAILED' && ['BUSY', 'NO_ANSWER'].includes(session.status)) session.status = 'FAILED';
  return session;
}

/** What can be compared: not how a caller waited, where accounts disagree on whether that was a connection. */
export function comparable(variations: Variations, session: Json): Json {
  const { legs, events, ...rest } = session;
  const isUncovered = session.errorCode === Number(variations.noCoverageCode);
  if (variations.noCoverageLeg === 'outbound' && isUncovered) return rest;
  if (variations.unansweredCaller === 'not-connected' || session.reachedCallee) return session;
  return { ...rest, callee: legs.find(({ direction }: Json) => direction === 'OUTBOUND') };
}

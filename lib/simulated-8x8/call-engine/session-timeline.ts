import type { Faults } from '../model/faults.ts';
import { createUuid } from '../model/ids.ts';
import { createRandom } from '../model/random.ts';
import type { SubAccount } from '../model/sub-account.ts';
import { type PartialVariations, withVariations } from '../model/variations.ts';
import type { CallMoment, CallOutcome, CallScript, Leg, VoiceSession } from '../model/voice-session.ts';
import type { EventWebhook, JsonObject } from '../model/webhook-types.ts';
import { keepSession, type Platform } from '../platform.ts';
import { applyVariations } from '../webhooks/payload-variations.ts';
import { type CallStatus, callStatusBody } from '../webhooks/webhook-bodies.ts';

/** SIP code of a leg's last status event, by how the leg ended. */
const sipCodes = {
  COMPLETED: 200,
  NO_ANSWER: 480,
  BUSY: 486,
  CANCELED: 487,
  FAILED: 404,
  ERROR: 503,
} as const satisfies Record<CallOutcome, number>;

/** What a session starts from. */
export interface SessionStart {
  readonly subAccount: SubAccount;
  readonly script: CallScript;
  readonly startMs: number;
  readonly seed: string | number | undefined;
  readonly variations: PartialVariations;
  readonly faults: Faults | undefined;
}

/**
 * Opens a session without legs and keeps it. Faults follow from the seed alone; ids also from how often the seed was
 * used, so that playing a call twice gives two sessions.
 */
export function openSession(platform: Platform, start: SessionStart): VoiceSession {
  const { run } = platform;
  run.sessionCount += 1;
  const seed = start.seed === undefined ? `session ${run.sessionCount}` : `seed ${start.seed}`;
  const occurrence = run.sessionsBySeed.get(seed) ?? 0;
  if (start.seed !== undefined) run.sessionsBySeed.set(seed, occurrence + 1);
  const random = createRandom(platform.seed, seed, 'session', occurrence);
  const session: VoiceSession = {
    sessionId: createUuid(random, start.startMs),
    subAccount: start.subAccount,
    seed: `${platform.seed} ${seed}`,
    random,
    variations: withVariations(run.variations, start.variations),
    faults: { ...run.faults, ...start.faults },
    script: start.script,
    nowMs: start.startMs,
    startedMs: start.startMs,
    status: 'IN_PROGRESS',
    error: undefined,
    lastAction: 'HANGUP',
    clientActionId: undefined,
    connectedTo: null,
    recording: undefined,
    recordingStartMs: undefined,
    callActionCount: 0,
    legs: [],
    heard: [],
    moments: [],
    exchanges: [],
    outbox: [],
  };
  keepSession(platform, session);
  return session;
}

/**
 * Lets simulated time pass on the call.
 * @returns false when the first party hung up before it was over; the session's time is then that of the hang-up.
 */
export function advance(session: VoiceSession, milliseconds: number): boolean {
  const untilMs = session.nowMs + milliseconds;
  const { hangUpAtMs } = session.script;
  session.nowMs = Math.max(session.nowMs, Math.min(untilMs, hangUpAtMs));
  return untilMs < hangUpAtMs;
}

/** Starts the next leg: an arriving one for the first of an inbound session, a dialled one otherwise. */
export function addLeg(
  session: VoiceSession,
  direction: Leg['direction'],
  source: string | null,
  destination: string,
): Leg {
  const leg: Leg = {
    name: session.legs.length === 0 ? 'callA' : 'callB',
    callId: createUuid(session.random, session.nowMs),
    direction,
    source,
    destination,
    initiatedMs: session.nowMs,
    connectedMs: undefined,
    disconnectedMs: undefined,
    status: 'COMPLETED',
    sipCode: 200,
  };
  session.legs.push(leg);
  note(session, leg, direction === 'INBOUND' ? 'rings' : 'dialled', null);
  emitCallStatus(session, leg, direction === 'INBOUND' ? 'CALL_RECEIVED' : 'CALL_INITIATED');
  return leg;
}

/** Answers a leg that is not answered yet. */
export function connect(session: VoiceSession, leg: Leg): void {
  if (leg.connectedMs !== undefined) return;
  leg.connectedMs = session.nowMs;
  note(session, leg, 'connected', null);
  emitCallStatus(session, leg, 'CALL_CONNECTED');
}

/** Ends a leg that has not ended yet. */
export function disconnect(session: VoiceSession, leg: Leg, status: CallOutcome): void {
  if (leg.disconnectedMs !== undefined) return;
  leg.disconnectedMs = session.nowMs;
  leg.status = status;
  leg.sipCode = sipCodes[status];
  note(session, leg, leg.connectedMs === undefined ? 'not-connected' : 'disconnected', status);
  emitCallStatus(session, leg, 'CALL_DISCONNECTED');
}

/** Plays a text or a file to the first party. */
export function play(session: VoiceSession, leg: Leg, textOrUrl: string): void {
  session.heard.push(textOrUrl);
  note(session, leg, 'heard', textOrUrl);
}

/** Notes what happened at this moment of the call. */
export function note(
  session: VoiceSession,
  leg: Leg,
  what: CallMoment['what'],
  detail: CallMoment['detail'],
): void {
  session.moments.push({ atMs: session.nowMs, what, leg: leg.name, detail });
}

/** Reports a leg's status as this account does: fully, with more than needed, or not at all. */
export function emitCallStatus(session: VoiceSession, leg: Leg, status: CallStatus): void {
  const { callStatusEvents } = session.variations;
  const isExtra = status === 'CALL_UPDATED' || status === 'DTMF_RECEIVED';
  if (callStatusEvents === 'none' || (isExtra && callStatusEvents !== 'chatty')) return;
  emit(session, 'VCS', callStatusBody(session, leg, status));
  if (status === 'CALL_CONNECTED') emitCallStatus(session, leg, 'CALL_UPDATED');
}

/**
 * Puts an event into the session's outbox.
 * @param afterMs how long after the session's present time it is due.
 */
export function emit(
  session: VoiceSession,
  webhook: EventWebhook,
  body: JsonObject,
  afterMs = 0,
  onDelivered?: (taken: boolean) => void,
): void {
  session.outbox.push({
    webhook,
    dueMs: session.nowMs + afterMs,
    subAccount: session.subAccount,
    sessionId: session.sessionId,
    body: applyVariations(body, session.variations),
    exchanges: session.exchanges,
    onDelivered,
  });
}

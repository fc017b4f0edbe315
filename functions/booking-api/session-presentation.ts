import type { BookingTotals } from '../shared/domain/booking-totals.ts';
import { decisionReasons, type RoutingDecisionKind } from '../shared/domain/call-route.ts';
import {
  type CallDecision,
  isConnection,
  type SessionRecording,
  type SessionView,
} from '../shared/domain/session.ts';
import { explainSessionError } from '../shared/domain/voice-error-codes.ts';
import type { CallQuality, CallStatusEvent, SessionLeg } from '../shared/domain/webhook-events.ts';
import type { PresentedRecording, PresentedSession } from './session-schemas.ts';

/** The JSON of a session, for whoever may see its phone numbers. */
export function presentSession(view: SessionView): PresentedSession {
  return {
    sessionId: view.sessionId,
    bookingId: view.bookingId ?? null,
    status: view.status,
    outcome: view.outcome,
    reachedCallee: view.reachedCallee,
    startedAt: instant(view.startedAtMs),
    endedAt: instant(view.endedAtMs),
    durationSeconds: view.durationSeconds ?? null,
    legs: view.legs.map(presentLeg),
    events: view.events.map(presentEvent),
    decision: view.decision === undefined ? null : presentDecision(view.decision),
    ...(view.conversation && { conversation: view.conversation.map(presentStep) }),
    error: view.errorCode === undefined ? null : explainSessionError(view.errorCode),
    recordings: view.recordings.map(presentRecording),
  };
}

/** The JSON of a recording. */
export function presentRecording(recording: SessionRecording): PresentedRecording {
  return {
    recordingId: recording.recordingId,
    status: recording.status ?? null,
    startedAt: instant(recording.startedAtMs),
    durationSeconds: recording.durationSeconds ?? null,
    key: recording.key ?? null,
    sizeBytes: recording.sizeBytes ?? null,
    verified: recording.verified,
  };
}

/** The JSON of what the calls of a booking come to. */
export function presentTotals({ estimatedCost, ...totals }: BookingTotals) {
  return { ...totals, estimatedCost: estimatedCost ?? null };
}

function instant(atMs: number): string;
function instant(atMs: number | undefined): string | null;
function instant(atMs: number | undefined): string | null {
  return atMs === undefined ? null : new Date(atMs).toISOString();
}

function presentLeg(leg: SessionLeg) {
  return {
    leg: leg.leg,
    direction: leg.direction ?? null,
    callId: leg.callId ?? null,
    status: leg.status ?? null,
    source: leg.source?.reveal() ?? null,
    destination: leg.destination?.reveal() ?? null,
    initiatedAt: instant(leg.initiatedAtMs),
    connectedAt: instant(leg.connectedAtMs),
    disconnectedAt: instant(leg.disconnectedAtMs),
    durationSeconds: leg.durationSeconds ?? null,
    quality: leg.quality === undefined ? null : presentQuality(leg.quality),
  };
}

function presentQuality({ mos, packetLossRate, jitterMs }: CallQuality) {
  return { mos: mos ?? null, packetLossRate: packetLossRate ?? null, jitterMs: jitterMs ?? null };
}

function presentEvent(event: CallStatusEvent) {
  return {
    eventId: event.eventId,
    status: event.callStatus,
    direction: event.direction ?? null,
    at: instant(event.occurredAtMs),
  };
}

const NOTHING = 'Nothing: without both numbers there is nothing to look up.';
const CLAIM = 'The booking that holds the virtual number for this caller.';

function presentDecision(decision: CallDecision) {
  const { kind, eventId, bookingId, atMs } = decision;
  return {
    kind,
    reason: reasonOf(kind),
    lookedUp: lookedUpFor(kind),
    answered: answeredBy(decision),
    eventId,
    bookingId: bookingId ?? null,
    at: instant(atMs),
  };
}

/** A step of a conversation as a support agent reads it. */
function presentStep({ kind, words = '', eventId, atMs }: CallDecision) {
  return { kind, words, eventId, at: instant(atMs) };
}

/** Why conversations went as they did; the steps themselves stand beside it in words. */
const conversationReasons: Readonly<Record<string, { reason: string; answered: string }>> = {
  menu: {
    reason: 'The caller has no booking on this virtual number, which leads strangers into a menu.',
    answered: 'The steps of the menu; see `conversation`.',
  },
  'menu-call': {
    reason: 'The call was asked for through the API, so the person was rung and led into the menu.',
    answered: 'The steps of the menu; see `conversation`.',
  },
  'voice-message': {
    reason: 'The message was asked for through the API, so the person was rung.',
    answered: 'The message, then the end of the call.',
  },
  'menu-connect': {
    reason: 'A step of the menu connects the caller.',
    answered: 'Whom the step names was called, with the virtual number as caller ID.',
  },
  'menu-over': {
    reason: 'The caller had been connected by a step of the menu.',
    answered: 'The end of the call.',
  },
};

function reasonOf(kind: string): string {
  const conversation = conversationReasons[kind];
  if (conversation !== undefined) return conversation.reason;
  if (isRoutingDecision(kind)) return decisionReasons[kind];
  if (kind === 'click-to-call') return 'The call was asked for through the API, so both parties were rung.';
  return 'Something of ours failed or took too long, so the caller heard an apology and nobody was called.';
}

const NOT_LOOKED_UP: ReadonlySet<string> = new Set([
  'anonymous-caller',
  'unreadable-caller',
  'number-unknown',
]);

function lookedUpFor(kind: string): string {
  if (kind === 'click-to-call') return 'The booking that the call was asked for.';
  return NOT_LOOKED_UP.has(kind) ? NOTHING : CLAIM;
}

function answeredBy(decision: CallDecision): string {
  const conversation = conversationReasons[decision.kind];
  if (conversation !== undefined) return conversation.answered;
  return isConnection(decision) ? answeredConnection(decision.kind) : REFUSED;
}

const REFUSED = 'The configured message for this case, then the end of the call.';

function answeredConnection(kind: string): string {
  return kind === 'click-to-call'
    ? 'One party was rung, then the other, each with the virtual number that it knows as caller ID.'
    : 'The other party was called, with the virtual number as caller ID.';
}

function isRoutingDecision(kind: string): kind is RoutingDecisionKind {
  return Object.hasOwn(decisionReasons, kind);
}

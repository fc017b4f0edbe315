import { PhoneNumber } from '../../functions/shared/domain/phone-number.ts';
import type { CallDecision, SessionInput, SessionRecording } from '../../functions/shared/domain/session.ts';
import type {
  CallStatusEvent,
  SessionLeg,
  SessionSummaryEvent,
} from '../../functions/shared/domain/webhook-events.ts';

export const rider = PhoneNumber.from('+6591110001');
export const driver = PhoneNumber.from('+6591110002');
export const virtualNumber = PhoneNumber.from('+6531290001');

/** When the calls of these tests come in. */
export const callAtMs = Date.UTC(2026, 10, 21, 8, 0, 0, 250);
export const sessionId = '5f0c1d7e-3a52-4c0f-9a70-2d6f0f3f9b11';

/** A VCS of the caller's leg; `afterMs` counts from the start of the call. */
export function callerEvent(
  callStatus: string,
  afterMs: number,
  over: Partial<CallStatusEvent> = {},
): SessionInput & { kind: 'event' } {
  return {
    kind: 'event',
    event: {
      sessionId,
      eventId: `caller-${callStatus}`,
      callId: 'leg-of-the-caller',
      subAccountId: 'acme_mask',
      callStatus,
      direction: 'INBOUND',
      callType: 'PSTN',
      source: rider,
      destination: virtualNumber,
      durationSeconds: undefined,
      sipCode: 200,
      dtmf: undefined,
      occurredAtMs: callAtMs + afterMs,
      ...over,
    },
  };
}

/** A VCS of the callee's leg. */
export function calleeEvent(callStatus: string, afterMs: number, over: Partial<CallStatusEvent> = {}) {
  return callerEvent(callStatus, afterMs, {
    eventId: `callee-${callStatus}`,
    callId: 'leg-of-the-callee',
    direction: 'OUTBOUND',
    source: virtualNumber,
    destination: driver,
    ...over,
  });
}

export function legA(over: Partial<SessionLeg> = {}): SessionLeg {
  return {
    leg: 'A',
    callId: 'leg-of-the-caller',
    direction: 'INBOUND',
    callType: 'PSTN',
    status: 'COMPLETED',
    source: rider,
    destination: virtualNumber,
    initiatedAtMs: callAtMs - 250,
    connectedAtMs: callAtMs + 6750,
    disconnectedAtMs: callAtMs + 53_750,
    durationSeconds: 47,
    quality: { mos: 4.4, packetLossRate: 0, jitterMs: 16 },
    ...over,
  };
}

export function legB(over: Partial<SessionLeg> = {}): SessionLeg {
  return {
    ...legA(),
    leg: 'B',
    callId: 'leg-of-the-callee',
    direction: 'OUTBOUND',
    source: virtualNumber,
    destination: driver,
    quality: { mos: 4.1, packetLossRate: 0.02, jitterMs: 22 },
    ...over,
  };
}

export function summaryInput(over: Partial<SessionSummaryEvent> = {}): SessionInput & { kind: 'summary' } {
  return {
    kind: 'summary',
    summary: {
      sessionId,
      subAccountId: 'acme_mask',
      sessionStatus: 'COMPLETED',
      startedAtMs: callAtMs - 250,
      endedAtMs: callAtMs + 53_750,
      lastAction: 'MAKE_CALL',
      callCount: 2,
      errorCode: undefined,
      legs: [legA(), legB()],
      ...over,
    },
  };
}

export function recordingInput(
  over: Partial<SessionRecording> = {},
): SessionInput & { kind: 'recording'; recording: SessionRecording } {
  return {
    kind: 'recording',
    recording: {
      recordingId: 'rec-1',
      status: 'UPLOAD_COMPLETED',
      durationSeconds: 47,
      startedAtMs: callAtMs + 6750,
      filePath: 'recordings/2026-11-21/rec-1_x.mp3',
      verified: true,
      key: 'recordings/2026-11-21/rec-1_x.mp3',
      sizeBytes: 188_000,
      ...over,
    },
  };
}

export function decisionInput(over: Partial<CallDecision> = {}): SessionInput & { kind: 'decision' } {
  return {
    kind: 'decision',
    decision: {
      eventId: 'vca-1',
      kind: 'connect',
      bookingId: '01JDBOOKING0000000000000001',
      atMs: callAtMs + 40,
      ...over,
    },
  };
}

/** Everything that 8x8 and we say of one answered call. */
export function answeredCall(): SessionInput[] {
  return [
    decisionInput(),
    callerEvent('CALL_RECEIVED', 0),
    calleeEvent('CALL_INITIATED', 300),
    calleeEvent('CALL_CONNECTED', 6900),
    callerEvent('CALL_CONNECTED', 6950),
    callerEvent('CALL_DISCONNECTED', 53_900, { durationSeconds: 47 }),
    calleeEvent('CALL_DISCONNECTED', 53_950, { durationSeconds: 47 }),
    summaryInput(),
    recordingInput(),
  ];
}

/** When what an input tells happened, epoch milliseconds. */
export function happenedAt(input: SessionInput): number {
  switch (input.kind) {
    case 'event':
      return input.event.occurredAtMs ?? callAtMs;
    case 'decision':
      return input.decision.atMs;
    case 'summary':
      return input.summary.endedAtMs ?? callAtMs;
    case 'recording':
      return callAtMs + 5 * 60_000;
  }
}

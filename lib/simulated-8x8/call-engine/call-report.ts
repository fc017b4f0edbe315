import { isoMilliseconds } from '../model/clock.ts';
import type { CallMoment, CallOutcome, Leg, RecordingStatus, VoiceSession } from '../model/voice-session.ts';
import type { Platform } from '../platform.ts';
import type { Exchange } from '../webhooks/outgoing-events.ts';
import { connectedSeconds } from '../webhooks/webhook-bodies.ts';

/** What a session amounted to, whatever spellings its events were sent in. Numbers are E.164 with `+`. */
export interface CallReport {
  readonly sessionId: string;
  readonly subAccountId: string;
  readonly status: CallOutcome | 'IN_PROGRESS';
  /** Who was bridged; null when nobody was. */
  readonly connectedTo: string | null;
  /** Each text or file that the first party heard, in order. */
  readonly heard: readonly string[];
  /** The key of the recording in its bucket; null when there is none. */
  readonly recordingKey: string | null;
  readonly recording: {
    readonly recordingId: string;
    readonly status: RecordingStatus;
    readonly durationSeconds: number;
    readonly bucket: string | null;
    readonly problem: string | null;
  } | null;
  /** Why the session ended as ERROR: the code and words of its summary, and the reason in detail. */
  readonly error: { readonly code: number; readonly message: string; readonly reason: string } | null;
  readonly lastAction: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly legs: readonly LegReport[];
  readonly timeline: readonly MomentReport[];
  readonly exchanges: readonly Exchange[];
  /** Deliveries that wait for a flush. */
  readonly pendingDeliveries: number;
}

/** One leg of a session. */
interface LegReport {
  readonly callId: string;
  readonly direction: Leg['direction'];
  readonly source: string | null;
  readonly destination: string;
  readonly status: CallOutcome;
  readonly durationSeconds: number;
  readonly initiatedAt: string;
  readonly connectedAt: string | null;
  readonly disconnectedAt: string | null;
}

/** Something that happened on the call, `atSeconds` after its first moment. */
interface MomentReport {
  readonly at: string;
  readonly atSeconds: number;
  readonly leg: 'A' | 'B';
  readonly what: CallMoment['what'];
  readonly detail: string | null;
}

/** Describes a session for the simulator's own API. */
export function reportCall(platform: Platform, session: VoiceSession): CallReport {
  const { recording, error } = session;
  const firstMs = session.moments[0]?.atMs ?? session.startedMs;
  return {
    sessionId: session.sessionId,
    subAccountId: session.subAccount.id,
    status: session.status,
    connectedTo: session.connectedTo,
    heard: session.heard,
    recordingKey: recording?.object?.key ?? null,
    recording:
      recording === undefined
        ? null
        : {
            recordingId: recording.recordingId,
            status: recording.status,
            durationSeconds: recording.durationSeconds,
            bucket: recording.object?.bucket ?? null,
            problem: recording.problem ?? null,
          },
    error: error ?? null,
    lastAction: session.lastAction,
    startedAt: isoMilliseconds(session.startedMs),
    endedAt: isoMilliseconds(session.nowMs),
    legs: session.legs.map(reportLeg),
    timeline: session.moments.map((moment) => reportMoment(moment, firstMs)),
    exchanges: session.exchanges,
    pendingDeliveries: platform.run.pending.filter(({ event }) => event.sessionId === session.sessionId)
      .length,
  };
}

function reportLeg(leg: Leg): LegReport {
  return {
    callId: leg.callId,
    direction: leg.direction,
    source: leg.source,
    destination: leg.destination,
    status: leg.status,
    durationSeconds: connectedSeconds(leg),
    initiatedAt: isoMilliseconds(leg.initiatedMs),
    connectedAt: leg.connectedMs === undefined ? null : isoMilliseconds(leg.connectedMs),
    disconnectedAt: leg.disconnectedMs === undefined ? null : isoMilliseconds(leg.disconnectedMs),
  };
}

function reportMoment({ atMs, what, leg, detail }: CallMoment, firstMs: number): MomentReport {
  return {
    at: isoMilliseconds(atMs),
    atSeconds: (atMs - firstMs) / 1000,
    leg: leg === 'callA' ? 'A' : 'B',
    what,
    detail,
  };
}

import type { SeenRecording, SessionOutcome, SessionView } from './session.ts';

/** What the record of calls says about a session at one moment, as far as others are told of it. */
export interface SessionDigest {
  readonly sessionId: string;
  readonly bookingId: string | undefined;
  readonly status: string;
  readonly outcome: SessionOutcome;
  readonly reachedCallee: boolean;
  readonly decision: string | undefined;
  readonly startedAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
  readonly durationSeconds: number | undefined;
  readonly errorCode: number | undefined;
  readonly seenRecordings: readonly SeenRecording[];
  /** Counts what is known of the session. */
  readonly inputCount: number;
}

export function digestOf(view: SessionView, inputCount: number): SessionDigest {
  const { decision, recordings, ...session } = view;
  return {
    sessionId: session.sessionId,
    bookingId: session.bookingId,
    status: session.status,
    outcome: session.outcome,
    reachedCallee: session.reachedCallee,
    decision: decision?.kind,
    startedAtMs: session.startedAtMs,
    endedAtMs: session.endedAtMs,
    durationSeconds: session.durationSeconds,
    errorCode: session.errorCode,
    seenRecordings: recordings.filter(({ verified }) => verified),
    inputCount,
  };
}

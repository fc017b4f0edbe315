import type { Exchange, OutgoingEvent } from '../webhooks/outgoing-events.ts';
import type { Faults } from './faults.ts';
import type { Random } from './random.ts';
import type { SessionErrorCode } from './session-errors.ts';
import type { SubAccount } from './sub-account.ts';
import type { Variations } from './variations.ts';

/** How a leg or a session ends. */
export type CallOutcome = 'COMPLETED' | 'NO_ANSWER' | 'BUSY' | 'CANCELED' | 'FAILED' | 'ERROR';

/** One call leg. Numbers are E.164 with `+`, but for what a withheld caller leaves in `source`. */
export interface Leg {
  readonly name: 'callA' | 'callB';
  readonly callId: string;
  readonly direction: 'INBOUND' | 'OUTBOUND';
  readonly source: string | null;
  /** The country that the events name for the source, where it does not follow from it. */
  sourceCountry?: string | undefined;
  readonly destination: string;
  readonly initiatedMs: number;
  connectedMs: number | undefined;
  disconnectedMs: number | undefined;
  status: CallOutcome;
  sipCode: number;
}

/** What happens when a party is rung. */
export interface CalleeBehaviour {
  readonly answer: 'answered' | 'busy' | 'no-answer' | 'failed' | 'cancelled';
  /** How long the phone rings until that happens; each answer has its usual time. */
  readonly ringSeconds: number | undefined;
}

/** What a party keys in after one prompt; a silent one keys nothing. */
export interface KeyEntry {
  readonly keys: string;
  readonly firstAfterMs: number;
  readonly gapMs: number;
}

/** What the people on a call do, and what the carrier does to them. */
export interface CallScript {
  /** One for each party that gets dialled, in order. */
  readonly callees: CalleeBehaviour[];
  /** What is keyed in after each prompt, in order. */
  readonly keyEntries: KeyEntry[];
  readonly talkSeconds: number;
  /** When the first party hangs up by itself (simulated time); `Infinity` when it does not. */
  readonly hangUpAtMs: number;
  /** Files that cannot be downloaded; `*` is every file. */
  readonly failedDownloads: readonly string[];
  /** A platform error that strikes when its moment comes. */
  readonly platformError: SessionErrorCode | undefined;
  readonly recordingOutcome: RecordingOutcome;
}

/** What becomes of a recording on the platform's side. */
export const recordingOutcomes = [
  'uploaded',
  'processing',
  'processing-failed',
  'upload-failed',
  'unknown',
] as const;
export type RecordingOutcome = (typeof recordingOutcomes)[number];

export type RecordingStatus =
  | 'PROCESSING'
  | 'PROCESSING_FAILED'
  | 'UPLOAD_COMPLETED'
  | 'UPLOAD_FAILED'
  | 'CALLBACK_COMPLETED'
  | 'CALLBACK_FAILED'
  | 'UNKNOWN';

/** A recording and where its file went, as far as it got. */
export interface Recording {
  readonly recordingId: string;
  readonly startMs: number;
  readonly durationSeconds: number;
  status: RecordingStatus;
  /** Bucket and key of the uploaded object; undefined while there is none. */
  object: { readonly bucket: string; readonly key: string } | undefined;
  /** Why there is no object, in words for the person who tests. */
  problem: string | undefined;
}

/** Something that happened on the call, for ladders and logs. */
export interface CallMoment {
  readonly atMs: number;
  readonly what:
    | 'rings'
    | 'dialled'
    | 'connected'
    | 'not-connected'
    | 'heard'
    | 'keyed'
    | 'disconnected'
    | 'recorded';
  readonly leg: Leg['name'];
  /** The text or file heard, the digits keyed, the outcome, or the key of the recording. */
  readonly detail: string | null;
}

/** The action that the session summary names as the last. */
type LastAction = 'MAKE_CALL' | 'SAY' | 'PLAY_FILE' | 'SAY_AND_CAPTURE' | 'HANGUP';

/** One session of the platform: one or two legs, on a timeline of its own. */
export interface VoiceSession {
  readonly sessionId: string;
  readonly subAccount: SubAccount;
  /** Everything random in this session follows from it. */
  readonly seed: string;
  readonly random: Random;
  readonly variations: Variations;
  readonly faults: Faults;
  readonly script: CallScript;
  nowMs: number;
  startedMs: number;
  status: CallOutcome | 'IN_PROGRESS';
  error: { readonly code: SessionErrorCode; readonly message: string; readonly reason: string } | undefined;
  lastAction: LastAction;
  clientActionId: string | undefined;
  connectedTo: string | null;
  recording: Recording | undefined;
  /** Set when the callflow asked for a recording and the parties were bridged. */
  recordingStartMs: number | undefined;
  callActionCount: number;
  readonly legs: Leg[];
  readonly heard: string[];
  readonly moments: CallMoment[];
  readonly exchanges: Exchange[];
  /** Events that wait to be delivered when the session is over. */
  readonly outbox: OutgoingEvent[];
}

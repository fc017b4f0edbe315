/**
 * The five webhooks of 8x8 as the domain reads them: times in epoch milliseconds, names in upper snake case with one
 * spelling each, and `undefined` for whatever 8x8 left out, nulled or wrote in a way that nobody can read.
 *
 * A phone number is undefined when the caller withheld it or the platform sent something else than a number.
 */
import type { PhoneNumber } from './phone-number.ts';

/** A name that the platform may start to use tomorrow, in upper snake case. */
type NewName = string & Record<never, never>;

/** Which way a leg runs: inbound legs come from a caller, outbound ones were dialled by a callflow. */
export type CallDirection = 'INBOUND' | 'OUTBOUND' | NewName;

/** What the platform carries a leg over; always `PSTN` in number masking. */
type CallType = 'PSTN' | 'VOIP' | NewName;

/** VCA: a call waits for our callflow. */
export interface CallActionEvent {
  readonly sessionId: string;
  readonly eventId: string | undefined;
  readonly callId: string | undefined;
  readonly subAccountId: string | undefined;
  readonly callStatus: 'CALL_RECEIVED' | 'ACTION_COMPLETED' | 'DTMF_RECEIVED' | NewName | undefined;
  readonly direction: CallDirection | undefined;
  /** Who calls. */
  readonly source: PhoneNumber | undefined;
  /** A caller is shown, and which number that is cannot be read; a withheld one is not shown. */
  readonly sourceUnreadable?: true;
  /** The virtual number that was dialled. */
  readonly destination: PhoneNumber | undefined;
  /** The country of the virtual number, ISO 3166-1 alpha-2, upper case. */
  readonly destinationCountryCode: string | undefined;
  /** Seconds that the leg has been connected. */
  readonly durationSeconds: number | undefined;
  readonly sipCode: number | undefined;
  /** Digits that the last `sayAndCapture` collected; may be a PIN, so it is not for logs. */
  readonly dtmf: string | undefined;
  /** What the previous answer of this session carried. */
  readonly clientActionId: string | undefined;
  readonly occurredAtMs: number | undefined;
}

/** VCS: a leg changed its state. Best effort: it may come twice, late or never. */
export interface CallStatusEvent {
  readonly sessionId: string;
  /** The platform's id, or one that is the same for the same event where the platform sent none. */
  readonly eventId: string;
  readonly callId: string | undefined;
  readonly subAccountId: string | undefined;
  readonly callStatus:
    | 'CALL_INITIATED'
    | 'CALL_RECEIVED'
    | 'CALL_CONNECTED'
    | 'CALL_DISCONNECTED'
    | 'CALL_UPDATED'
    | 'DTMF_RECEIVED'
    | NewName;
  readonly direction: CallDirection | undefined;
  readonly callType: CallType | undefined;
  readonly source: PhoneNumber | undefined;
  readonly destination: PhoneNumber | undefined;
  readonly durationSeconds: number | undefined;
  readonly sipCode: number | undefined;
  readonly dtmf: string | undefined;
  readonly occurredAtMs: number | undefined;
}

/** How a leg or a session ended. */
export type CallOutcome = 'COMPLETED' | 'NO_ANSWER' | 'BUSY' | 'CANCELED' | 'FAILED' | 'ERROR' | NewName;

/** How a connected leg sounded. */
export interface CallQuality {
  /** Mean opinion score, 1 (bad) to 5 (excellent). */
  readonly mos: number | undefined;
  /** Share of packets lost, 0 to 1. */
  readonly packetLossRate: number | undefined;
  readonly jitterMs: number | undefined;
}

/** One leg of a finished session. */
export interface SessionLeg {
  /** The name 8x8 gave the leg. It does not tell the caller's leg: `direction` does. */
  readonly leg: 'A' | 'B';
  readonly callId: string | undefined;
  readonly direction: CallDirection | undefined;
  readonly callType: CallType | undefined;
  /** An inbound leg is `COMPLETED` even where the other party never answered. */
  readonly status: CallOutcome | undefined;
  readonly source: PhoneNumber | undefined;
  readonly destination: PhoneNumber | undefined;
  readonly initiatedAtMs: number | undefined;
  /** Undefined if the leg was never answered. */
  readonly connectedAtMs: number | undefined;
  readonly disconnectedAtMs: number | undefined;
  readonly durationSeconds: number | undefined;
  readonly quality: CallQuality | undefined;
}

/** VSS: the session is over, and this is the truth about it. */
export interface SessionSummaryEvent {
  readonly sessionId: string;
  readonly subAccountId: string | undefined;
  readonly sessionStatus: CallOutcome;
  readonly startedAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
  /** The last action that ran: `MAKE_CALL`, `SAY`, `PLAY_TTS`, `HANGUP`, … */
  readonly lastAction: string | undefined;
  /** How many legs the platform counted. */
  readonly callCount: number | undefined;
  /** Why the session failed: see `voice-error-codes.ts`. */
  readonly errorCode: number | undefined;
  /** None, one or two, A before B. */
  readonly legs: readonly SessionLeg[];
}

/** VRU: a recording was pushed to our bucket. */
export interface RecordingUploadedEvent {
  readonly sessionId: string;
  readonly recordingId: string;
  readonly subAccountId: string | undefined;
  readonly status: 'UPLOAD_COMPLETED' | NewName | undefined;
  readonly durationSeconds: number | undefined;
  /** Where the platform says it put the file. Its layout varies: find the object by `recordingId`. */
  readonly filePath: string | undefined;
  readonly startedAtMs: number | undefined;
}

/** One virtual number in a VNU. */
export interface VirtualNumberState {
  readonly number: PhoneNumber;
  readonly operationalStatus: 'ACTIVE' | 'UNHEALTHY' | 'EXPIRING' | 'INACTIVE' | NewName | undefined;
  /** ISO 3166-1 alpha-2, upper case. */
  readonly countryCode: string | undefined;
  readonly updateStatus: 'UPDATED' | 'NO_CHANGE' | NewName | undefined;
  readonly updatedAtMs: number | undefined;
}

/** VNU: the pool of virtual numbers changed. */
export interface NumberUpdatedEvent {
  readonly subAccountId: string | undefined;
  /** Only a `SNAPSHOT` says something about numbers that it does not list. */
  readonly updateType: 'SNAPSHOT' | 'UPDATES' | NewName;
  /** How many numbers the platform says the sub-account has. */
  readonly totalNumbers: number | undefined;
  readonly numbers: readonly VirtualNumberState[];
  /** Entries without a number that could be read: the rest still counts, and somebody should look. */
  readonly unreadableEntries: number;
}

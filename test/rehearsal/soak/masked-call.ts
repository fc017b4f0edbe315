/** One masked call as the platform tells it. */
export interface CallStory {
  readonly sessionId: string;
  /** Numbers as the platform writes them. */
  readonly caller: string;
  readonly virtualNumber: string;
  readonly callee: string;
  /** When the caller dialled, epoch milliseconds. */
  readonly atMs: number;
  /** How long the two talked; 0: the callee did not answer. */
  readonly talkSeconds: number;
}

/** The JSON bodies of a call's webhooks, in the order in which a well-behaved platform sends them. */
export interface CallBodies {
  readonly callAction: object;
  readonly statuses: readonly object[];
  readonly summary: object;
  /** Only for a call that was answered. */
  readonly recording: object | undefined;
}

const RING_SECONDS = 6;
const SUB_ACCOUNT = 'local_masking';

const envelope = (eventType: string, payload: object) => ({
  namespace: 'VOICE',
  eventType,
  description: `A ${eventType} of a masked call`,
  payload,
});

/** The request by which 8x8 asks what to do with a call. */
export function callActionBody(story: Omit<CallStory, 'callee' | 'talkSeconds'>): object {
  const { sessionId, caller, virtualNumber, atMs } = story;
  return envelope('CALL_ACTION', {
    eventId: `${sessionId}-action`,
    callId: `${sessionId}-a`,
    sessionId,
    subAccountId: SUB_ACCOUNT,
    callStatus: 'CALL_RECEIVED',
    callDirection: 'INBOUND',
    callType: 'PSTN',
    source: caller,
    destination: virtualNumber,
    callDuration: 0,
    sipCode: 200,
    timestamp: new Date(atMs).toISOString(),
  });
}

/** Tells a whole call as the webhooks it causes. */
export function callBodies(story: CallStory): CallBodies {
  const { sessionId, caller, virtualNumber, callee, atMs, talkSeconds } = story;
  const isAnswered = talkSeconds > 0;
  const endsAtSeconds = RING_SECONDS + talkSeconds;
  const at = (seconds: number) => new Date(atMs + seconds * 1000).toISOString();
  const legA = { callId: `${sessionId}-a`, callDirection: 'INBOUND', callType: 'PSTN' };
  const legB = { callId: `${sessionId}-b`, callDirection: 'OUTBOUND', callType: 'PSTN' };
  const numbersA = { source: caller, destination: virtualNumber };
  const numbersB = { source: virtualNumber, destination: callee };
  const status = (leg: object, callStatus: string, seconds: number) =>
    envelope('CALL_STATUS', {
      ...leg,
      eventId: `${sessionId}-${'destination' in leg && leg.destination === callee ? 'b' : 'a'}-${callStatus}`,
      sessionId,
      subAccountId: SUB_ACCOUNT,
      callStatus,
      callDuration: callStatus === 'CALL_DISCONNECTED' ? talkSeconds : 0,
      sipCode: 200,
      timestamp: at(seconds),
    });
  const summaryLeg = (leg: object, callStatus: string) => ({
    ...leg,
    initiatedTimestamp: at(0),
    ...(isAnswered && { connectedTimestamp: at(RING_SECONDS) }),
    disconnectedTimestamp: at(endsAtSeconds),
    callStatus,
    callDuration: talkSeconds,
  });
  const a = { ...legA, ...numbersA };
  const b = { ...legB, ...numbersB };
  const recordingId = `${sessionId}-recording`;
  return {
    callAction: callActionBody(story),
    statuses: [
      status(a, 'CALL_RECEIVED', 0),
      status(b, 'CALL_INITIATED', 1),
      ...(isAnswered ? [status(b, 'CALL_CONNECTED', RING_SECONDS)] : []),
      status(b, 'CALL_DISCONNECTED', endsAtSeconds),
      status(a, 'CALL_DISCONNECTED', endsAtSeconds + 1),
    ],
    summary: envelope('SESSION_SUMMARY', {
      sessionId,
      subAccountId: SUB_ACCOUNT,
      sessionStatus: isAnswered ? 'COMPLETED' : 'NO_ANSWER',
      startTime: at(0),
      endTime: at(endsAtSeconds),
      lastAction: 'MAKE_CALL',
      callCount: 2,
      details: {
        callA: summaryLeg(a, 'COMPLETED'),
        callB: summaryLeg(b, isAnswered ? 'COMPLETED' : 'NO_ANSWER'),
      },
    }),
    recording: isAnswered
      ? envelope('CALL_RECORDING_STATUS', {
          sessionId,
          recordingId,
          durationSeconds: talkSeconds,
          filePath: `recordings/${at(0).slice(0, 10)}/${sessionId}/${recordingId}.mp3`,
          status: 'UPLOAD_COMPLETED',
        })
      : undefined,
  };
}

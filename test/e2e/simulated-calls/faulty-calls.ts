import type { Json, Ride } from './masked-service.ts';

/** Everything that can go wrong with a delivery, at once. */
export const everyFault = {
  VCA: { duplicate: 0.1, drop: 0.03, slowMs: 40 },
  VCS: { duplicate: 0.3, drop: 0.2, delaySeconds: [0, 240], reorder: true, slowMs: 20 },
  VSS: { duplicate: 0.3, drop: 0.2, delaySeconds: [0, 600], reorder: true, slowMs: 20 },
  VRU: { duplicate: 0.3, drop: 0.2, delaySeconds: [0, 600], reorder: true, slowMs: 20 },
};

const STRANGER = '+6591119999';
const answers = ['answered', 'answered', 'no-answer', 'busy', 'failed', 'cancelled'] as const;

/** A call to play, told by its number alone, so that it can be played again. */
export interface PlannedCall {
  readonly ride: Ride;
  readonly isStranger: boolean;
  readonly request: object;
}

/** A call that was played. */
export interface PlayedCall extends PlannedCall {
  readonly sessionId: string;
  /** How the call went, delivery by delivery, without what differs between two runs: ids and the time of day. */
  readonly course: object;
}

/** The `index`-th call of a run: its number is its seed. */
export function planCall(rides: readonly Ride[], index: number): PlannedCall {
  const ride = rides[index % rides.length];
  if (ride === undefined) throw new Error('There is no ride to call for.');
  const isStranger = index % 9 === 0;
  const from = isStranger ? STRANGER : index % 2 === 0 ? ride.rider : ride.driver;
  const answer = answers[index % answers.length];
  const talkSeconds = 10 + (index % 50);
  return { ride, isStranger, request: { from, to: ride.virtualNumber, answer, talkSeconds, seed: index } };
}

/** Takes the simulator's report of a call as it was when the call was over, with deliveries still under way. */
export function courseOf(report: Json): object {
  const startMs = Date.parse(report.exchanges[0]?.at ?? report.startedAt);
  return {
    status: report.status,
    connectedTo: report.connectedTo,
    heard: report.heard,
    moments: report.timeline.map(({ atSeconds, leg, what }: Json) => [atSeconds, leg, what]),
    exchanges: report.exchanges.map(({ webhook, at, attempt, problem, request: { payload } }: Json) => [
      webhook,
      Date.parse(at) - startMs,
      attempt,
      payload.callDirection,
      payload.callStatus ?? payload.sessionStatus,
      problem,
    ]),
    pending: report.pendingDeliveries,
  };
}

const outcomeOf: Readonly<Record<string, string>> = {
  NO_ANSWER: 'missed',
  BUSY: 'busy',
  FAILED: 'failed',
  CANCELED: 'canceled',
  ERROR: 'error',
};

/** What the API has to say of a call in the end, told from what happened on the line and from nothing of the service. */
export function expectedSession({ ride, isStranger }: PlannedCall, report: Json): object {
  const answered = report.connectedTo !== null;
  const talk = report.legs.find(({ direction }: Json) => direction === 'OUTBOUND');
  const [asked] = report.exchanges.filter(({ webhook }: Json) => webhook === 'VCA');
  return {
    status: report.status,
    outcome: answered ? 'answered' : (outcomeOf[report.status] ?? 'refused'),
    reachedCallee: answered,
    durationSeconds: answered ? talk.durationSeconds : 0,
    bookingId: isStranger ? null : ride.bookingId,
    decision: asked.response && {
      eventId: asked.request.payload.eventId,
      kind: isStranger ? 'unknown-caller' : 'connect',
    },
    errorCode: report.error?.code ?? null,
    legs: report.legs.map(legOf),
    eventIds: eventIdsOf(report).sort(),
    recordings: report.recording === null ? [] : [recordingOf(report)],
  };
}

/** What the API says of it, as far as it was foretold. */
export function actualSession(session: Json): object {
  const { status, outcome, reachedCallee, durationSeconds, bookingId, decision, error } = session;
  return {
    status,
    outcome,
    reachedCallee,
    durationSeconds,
    bookingId,
    decision: decision && { eventId: decision.eventId, kind: decision.kind },
    errorCode: error?.code ?? null,
    legs: session.legs.map(legOf),
    eventIds: session.events.map(({ eventId }: Json) => eventId).sort(),
    recordings: session.recordings.map(({ recordingId, key, durationSeconds: seconds, verified }: Json) => ({
      recordingId,
      key,
      durationSeconds: seconds,
      verified,
    })),
  };
}

function legOf({ callId, direction, source, destination, status, durationSeconds }: Json): object {
  return { callId, direction, source, destination, status, durationSeconds };
}

function recordingOf({ recording: { recordingId, durationSeconds }, recordingKey }: Json): object {
  return { recordingId, key: recordingKey, durationSeconds, verified: true };
}

/** The ids of the events about the legs, each once, however often they were sent. */
export function eventIdsOf(report: Json): string[] {
  const ids = report.exchanges
    .filter(({ webhook }: Json) => webhook === 'VCS')
    .map(({ request }: Json) => request.payload.eventId);
  return [...new Set<string>(ids)];
}

/** What the calls of one booking come to. */
export function expectedTotals(sessions: readonly Json[]): object {
  const outcomes: Record<string, number> = {};
  for (const { outcome } of sessions) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  const secondsOf = (seconds: readonly number[]): number => seconds.reduce((sum, some) => sum + some, 0);
  const legs = sessions.flatMap((session) => session.legs);
  const secondsOfLegs = (wanted: string): number =>
    secondsOf(legs.filter(({ direction }) => direction === wanted).map(({ durationSeconds: some }) => some));
  return {
    sessions: sessions.length,
    outcomes,
    talkSeconds: secondsOf(sessions.map(({ durationSeconds }) => durationSeconds)),
    inboundLegSeconds: secondsOfLegs('INBOUND'),
    outboundLegSeconds: secondsOfLegs('OUTBOUND'),
  };
}

import { isInbound } from './session.ts';
import type { CallStatusEvent, SessionLeg, SessionSummaryEvent } from './webhook-events.ts';

/** Where a status stands in the life of a leg, for events of the same millisecond. */
const ranks: ReadonlyMap<string, number> = new Map([
  ['CALL_INITIATED', 0],
  ['CALL_RECEIVED', 0],
  ['CALL_CONNECTED', 1],
  ['CALL_DISCONNECTED', 3],
]);
const MIDDLE_RANK = 2;

const rankOf = (event: CallStatusEvent): number => ranks.get(event.callStatus) ?? MIDDLE_RANK;

/** Sorts by the time of the event, whatever the order of arrival; events without a time come last. */
export function compareEvents(one: CallStatusEvent, other: CallStatusEvent): number {
  const ofOne = one.occurredAtMs ?? Number.MAX_SAFE_INTEGER;
  const ofOther = other.occurredAtMs ?? Number.MAX_SAFE_INTEGER;
  if (ofOne !== ofOther) return ofOne - ofOther;
  if (rankOf(one) !== rankOf(other)) return rankOf(one) - rankOf(other);
  return one.eventId < other.eventId ? -1 : Number(one.eventId > other.eventId);
}

/** The legs as the summary tells them; where it tells none, or has not come, as far as the events show them. */
export function legsOf(
  summary: SessionSummaryEvent | undefined,
  events: readonly CallStatusEvent[],
): readonly SessionLeg[] {
  if (summary !== undefined && summary.legs.length > 0) return summary.legs;
  const byLeg = Map.groupBy(events, legKeyOf(events));
  return [...byLeg.values()]
    .sort((one, other) => Number(startsInbound(other)) - Number(startsInbound(one)))
    .slice(0, 2)
    .map((ofLeg, index) => legFrom(ofLeg, index === 0 ? 'A' : 'B'));
}

/** Direction tells legs apart where somebody called; where we rang both parties, only their ids do. */
function legKeyOf(events: readonly CallStatusEvent[]): (event: CallStatusEvent) => string {
  const allOurs = events.every(({ direction }) => direction === 'OUTBOUND');
  return ({ direction, callId }) => (allOurs ? callId : direction) ?? callId ?? direction ?? '';
}

function startsInbound(events: readonly CallStatusEvent[]): boolean {
  return events[0]?.direction === 'INBOUND';
}

function legFrom(events: readonly CallStatusEvent[], leg: SessionLeg['leg']): SessionLeg {
  const timeOf = (...statuses: string[]) =>
    events.find((event) => statuses.includes(event.callStatus))?.occurredAtMs;
  const first = <Key extends keyof CallStatusEvent>(key: Key) =>
    events.find((event) => event[key] !== undefined)?.[key];
  const connectedAtMs = timeOf('CALL_CONNECTED');
  const disconnectedAtMs = timeOf('CALL_DISCONNECTED');
  return {
    leg,
    callId: first('callId'),
    direction: first('direction'),
    callType: first('callType'),
    status: undefined,
    source: first('source'),
    destination: first('destination'),
    initiatedAtMs: timeOf('CALL_INITIATED', 'CALL_RECEIVED') ?? first('occurredAtMs'),
    connectedAtMs,
    disconnectedAtMs,
    durationSeconds: longest(events.map((event) => event.durationSeconds)),
    quality: undefined,
  };
}

function longest(durations: readonly (number | undefined)[]): number | undefined {
  const known = durations.filter((seconds) => seconds !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/**
 * The leg on which the other party was rung: the one dialled where a caller came in, the second one where we rang
 * both. A single leg of ours has nobody on its other end.
 */
export function calleeLegOf(legs: readonly SessionLeg[]): SessionLeg | undefined {
  if (legs.length < 2) return undefined;
  return legs.some(isInbound) ? legs.find((leg) => !isInbound(leg)) : legs.find(({ leg }) => leg === 'B');
}

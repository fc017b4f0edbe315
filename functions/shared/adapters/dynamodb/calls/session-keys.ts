import {
  type CallPoint,
  callPointOf,
  isInbound,
  isRouted,
  partiesOf,
  type SessionInput,
  type SessionView,
} from '../../../domain/session.ts';
import {
  ALL_CALLS,
  partyItem,
  recordingItem,
  type SessionKeys,
  type StoredInput,
} from './calls-table-rows.ts';

/** An event that reaches us later than this may well be a repetition. */
const FRESH_MS = 5_000;
/** How far the place of a call in lists may be from its start, so that what tells it a bit better costs nothing. */
const ORDER_TOLERANCE_MS = 60_000;
/** Of a session's id in its order: enough to tell those of one millisecond apart. */
const ID_CHARACTERS = 12;
/** Times that differ by less are the same to whoever is asked for the holder of a pair. */
const POINT_TOLERANCE_MS = 1_500;

/**
 * How an input is written. `at-once`: added to the session row without a look at it. `after-look`: with the keys that
 * follow from everything that is known. `aside`: in a row of its own, because it changes nothing in the lists.
 */
export type WayOfWriting = 'at-once' | 'after-look' | 'aside';

/**
 * What goes on is added at once, by one request. What ends a call, or may be a repetition, looks first: a row has then
 * grown to more than a kilobyte, and a write that is refused is paid for like any other.
 */
export function wayOfWriting(input: SessionInput, receivedAtMs: number): WayOfWriting {
  if (input.kind !== 'event') return 'after-look';
  const { callStatus, direction, occurredAtMs } = input.event;
  const isCallersLeg = direction === 'INBOUND';
  const isFresh = occurredAtMs === undefined || receivedAtMs - occurredAtMs <= FRESH_MS;
  switch (callStatus) {
    case 'CALL_RECEIVED':
      return isFresh ? 'at-once' : 'after-look';
    case 'CALL_INITIATED':
      return isFresh ? 'at-once' : 'aside';
    case 'CALL_CONNECTED':
      if (isFresh) return 'at-once';
      return isCallersLeg ? 'aside' : 'after-look';
    case 'CALL_DISCONNECTED':
      return isFresh || isCallersLeg ? 'after-look' : 'aside';
    default:
      return 'aside';
  }
}

/** The keys of a session of which this is known, and that had `before`. */
export function keysOf(
  view: SessionView,
  inputs: readonly StoredInput[],
  before: SessionKeys | undefined,
): SessionKeys {
  const startedAtMs = view.startedAtMs ?? Math.min(...inputs.map(({ receivedAtMs }) => receivedAtMs));
  const sessionOrder = orderOf(view.sessionId, startedAtMs, before?.sessionOrder);
  const parties = placeParties(view, before);
  const recordingId = before?.recordingId ?? view.recordings[0]?.recordingId;
  const furtherRecordings = view.recordings.filter((one) => one.recordingId !== recordingId);
  return {
    sessionOrder,
    timeSlot: ALL_CALLS,
    outcomeSlot: view.outcome,
    bookingId: view.bookingId,
    callerNumber: parties.callerNumber,
    calleeNumber: parties.calleeNumber,
    recordingId,
    heldBy: before?.heldBy,
    heldAtMs: before?.heldAtMs,
    pointers: merged(before?.pointers, [...parties.further, ...furtherRecordings.map(recordingItem)]),
  };
}

/** Text order is time order, and no two sessions of a millisecond share one. */
function orderOf(sessionId: string, startedAtMs: number, before: string | undefined): string {
  const isNear = (order: string) =>
    Math.abs(msOfOrder(order) - startedAtMs) <= ORDER_TOLERANCE_MS &&
    dayOf(order) === dayOf(new Date(startedAtMs).toISOString());
  return before !== undefined && isNear(before)
    ? before
    : `${new Date(startedAtMs).toISOString()}#${sessionId.slice(-ID_CHARACTERS)}`;
}

/** The day in UTC that a moment or the order of a session begins with, as `2026-12-01`. */
export const dayOf = (isoInstant: string): string => isoInstant.slice(0, 10);
const msOfOrder = (order: string): number => Date.parse(order.slice(0, order.indexOf('#')));

/** Everybody stays where they are; who is new takes a free place, and whoever finds none gets a row. */
function placeParties(view: SessionView, before: SessionKeys | undefined) {
  const parties = partiesOf(view).map((party) => party.lineKey());
  let callerNumber = before?.callerNumber;
  let calleeNumber = before?.calleeNumber;
  const further: string[] = [];
  const caller = view.legs.find(({ direction }) => direction === 'INBOUND')?.source?.lineKey();
  for (const party of parties) {
    if (party === callerNumber || party === calleeNumber) continue;
    if (callerNumber === undefined && (party === caller || calleeNumber !== undefined)) callerNumber = party;
    else if (calleeNumber === undefined && party !== caller) calleeNumber = party;
    else if (callerNumber === undefined) callerNumber = party;
    else further.push(partyItem(party));
  }
  return { callerNumber, calleeNumber, further };
}

function merged(
  before: readonly string[] | undefined,
  now: readonly string[],
): readonly string[] | undefined {
  const all = [...new Set([...(before ?? []), ...now])];
  return all.length === 0 ? undefined : all;
}

/**
 * The pair and the moment by which the booking of a session has to be asked for: when no look-up told it, and the
 * session is known well enough. Undefined where there is nothing to ask, or it has been asked.
 */
export function pointToAsk(view: SessionView, before: SessionKeys | undefined): CallPoint | undefined {
  if (isRouted(view.decision) || view.status === 'IN_PROGRESS') return undefined;
  const point = callPointOf(view);
  if (point === undefined || !isStartKnown(view)) return undefined;
  const askedAtMs = before?.heldAtMs ?? Number.NEGATIVE_INFINITY;
  return Math.abs(askedAtMs - point.atMs) <= POINT_TOLERANCE_MS ? undefined : point;
}

/** Whether the start of the call was told, by the summary or by the event that begins its leg. */
function isStartKnown({ status, legs, events }: SessionView): boolean {
  if (status !== 'DISCONNECTED') return true;
  const { direction } = legs.find(isInbound) ?? legs[0] ?? {};
  return events.some(
    (event) =>
      event.direction === direction &&
      (event.callStatus === 'CALL_RECEIVED' || event.callStatus === 'CALL_INITIATED'),
  );
}

/** Whether the session is found where it has to be. */
export function areSame(one: SessionKeys | undefined, other: SessionKeys): boolean {
  return one !== undefined && JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

const sorted = (keys: SessionKeys) =>
  Object.entries(keys)
    .filter(([, value]) => value !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1));

import { presentSession } from '../../../functions/booking-api/session-presentation.ts';
import type { CallRecord } from '../../../functions/shared/ports/call-record.ts';
import type { CallRoutes } from '../../../functions/shared/ports/call-routes.ts';
import type { BookedPair } from './soak-bookings.ts';
import type { ExpectedSession } from './soak-plan.ts';

/** What the record of calls has in the end, held against what was told. */
export interface SoakVerdict {
  /** Events, summaries, recordings, decisions and states of numbers that were told and are not in the record. */
  lost: number;
  /** Those that are there or were counted more than once, and sessions that a search finds more than once. */
  doubled: number;
  /** Sessions and numbers whose final state is another than it must be; sessions that are in another booking. */
  wrong: number;
  /** The ids of sessions of each kind, for a person to look at. */
  readonly examples: string[];
}

const PAGE = 100;
const MOST_EXAMPLES = 10;
/** What may have been decided of a caller with a live booking: that the store did not answer is no fault here. */
const decisionsOfALiveBooking: ReadonlySet<string> = new Set(['connect', 'service-unavailable']);

export interface JudgeOptions {
  readonly calls: CallRecord;
  readonly expected: readonly ExpectedSession[];
  /** How many calls were counted against the limit of a booking; undefined for one without a limit. */
  readonly countedCalls: (bookingId: string) => Promise<number | undefined>;
  readonly onProgress?: (done: number) => void;
}

/** Finds every session through its booking, as the API does, and compares it with its story. */
export async function judge(options: JudgeOptions): Promise<SoakVerdict> {
  const { calls, expected, countedCalls, onProgress = () => undefined } = options;
  const verdict: SoakVerdict = { lost: 0, doubled: 0, wrong: 0, examples: [] };
  let done = 0;
  for (const [bookingId, sessions] of Map.groupBy(expected, (session) => session.bookingId)) {
    const found = await sessionsOf(calls, bookingId);
    const connected = [...found.values()].filter(([session]) => session?.decision?.kind === 'connect').length;
    const counted = (await countedCalls(bookingId)) ?? connected;
    verdict.lost += Math.max(connected - counted, 0);
    verdict.doubled += Math.max(counted - connected, 0);
    for (const session of sessions) {
      compare(session, found.get(session.sessionId) ?? [], verdict);
      found.delete(session.sessionId);
    }
    verdict.wrong += found.size;
    note(verdict, [...found.keys()]);
    done += sessions.length;
    onProgress(done);
  }
  return verdict;
}

/** Looks up how many calls were counted on the pairs of a booking. */
export function countedCalls(callRoutes: CallRoutes, pairs: readonly BookedPair[]) {
  const limited = new Map(pairs.filter(({ isLimited }) => isLimited).map((pair) => [pair.bookingId, pair]));
  return async (bookingId: string): Promise<number | undefined> => {
    const pair = limited.get(bookingId);
    if (pair === undefined) return undefined;
    const route = await callRoutes.find(pair.virtualNumber, pair.parties[0], new AbortController().signal);
    return route?.callCount;
  };
}

type Found = ReturnType<typeof presentSession>;

async function sessionsOf(
  calls: Pick<CallRecord, 'sessionsOfBooking' | 'findSession'>,
  bookingId: string,
): Promise<Map<string, Found[]>> {
  const found: Found[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await calls.sessionsOfBooking(bookingId, { limit: PAGE, ...(cursor && { cursor }) });
    // A list leaves out events that change nothing else of a call; the call itself has all of them.
    for (const { sessionId } of page.items) {
      const session = await calls.findSession(sessionId);
      if (session !== undefined) found.push(presentSession(session));
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
  return Map.groupBy(found, ({ sessionId }) => sessionId);
}

function compare(expected: ExpectedSession, found: readonly Found[], verdict: SoakVerdict): void {
  const [session] = found;
  const told = expected.eventIds.length + 1 + expected.recordingIds.length + Number(expected.isDecided);
  if (session === undefined) {
    verdict.lost += told;
    note(verdict, [expected.sessionId]);
    return;
  }
  const has = [
    ...session.events.map(({ eventId }) => eventId),
    ...session.recordings.map(({ recordingId }) => recordingId),
  ];
  const missing = [...expected.eventIds, ...expected.recordingIds].filter((id) => !has.includes(id));
  const isSummarized = session.status === 'COMPLETED' || session.status === 'NO_ANSWER';
  const isDecided = session.decision !== null;
  const lost = missing.length + Number(!isSummarized) + Number(expected.isDecided && !isDecided);
  const doubled = has.length - new Set(has).size + (found.length - 1);
  const isWrong = JSON.stringify(stateOf(session)) !== JSON.stringify(stateExpected(expected));
  verdict.lost += lost;
  verdict.doubled += doubled;
  verdict.wrong += isWrong ? 1 : 0;
  if (lost + doubled > 0 || isWrong) note(verdict, [expected.sessionId]);
}

function stateOf(session: Found): unknown[] {
  return [
    session.bookingId,
    session.outcome,
    session.durationSeconds,
    session.events.map(({ eventId }) => eventId),
    session.recordings.map(({ recordingId, verified }) => [recordingId, verified]),
    session.legs.map(({ source, destination }) => [source, destination]),
    session.decision === null ? null : decisionsOfALiveBooking.has(session.decision.kind),
  ];
}

function stateExpected(expected: ExpectedSession): unknown[] {
  return [
    expected.bookingId,
    expected.outcome,
    expected.durationSeconds,
    expected.eventIds,
    expected.recordingIds.map((id) => [id, true]),
    expected.legs,
    expected.isDecided ? true : null,
  ];
}

function note(verdict: SoakVerdict, sessionIds: readonly string[]): void {
  verdict.examples.push(...sessionIds.slice(0, MOST_EXAMPLES - verdict.examples.length));
}

import { presentSession } from '../../functions/shared/domain/session-presentation.ts';
import type { CallRecord } from '../../functions/shared/ports/call-record.ts';
import type { ExpectedSession } from './soak-plan.ts';

/** What the record of calls has in the end, held against what was told. */
export interface SoakVerdict {
  /** Events, summaries and recordings that were told and are not in the record. */
  lost: number;
  /** Those that are there more than once, and sessions that a search finds more than once. */
  doubled: number;
  /** Sessions whose final state is another than it must be, or that are in another booking. */
  wrong: number;
  /** The ids of sessions of each kind, for a person to look at. */
  readonly examples: string[];
}

const PAGE = 100;
const MOST_EXAMPLES = 10;

/** Finds every session through its booking, as the API does, and compares it with its story. */
export async function judge(
  calls: CallRecord,
  expected: readonly ExpectedSession[],
  onProgress: (done: number) => void = () => undefined,
): Promise<SoakVerdict> {
  const verdict: SoakVerdict = { lost: 0, doubled: 0, wrong: 0, examples: [] };
  let done = 0;
  for (const [bookingId, sessions] of Map.groupBy(expected, (session) => session.bookingId)) {
    const found = await sessionsOf(calls, bookingId);
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

type Found = ReturnType<typeof presentSession>;

async function sessionsOf(calls: CallRecord, bookingId: string): Promise<Map<string, Found[]>> {
  const found: Found[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await calls.sessionsOfBooking(bookingId, { limit: PAGE, ...(cursor && { cursor }) });
    found.push(...page.items.map(presentSession));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return Map.groupBy(found, ({ sessionId }) => sessionId);
}

function compare(expected: ExpectedSession, found: readonly Found[], verdict: SoakVerdict): void {
  const [session] = found;
  const told = expected.eventIds.length + 1 + expected.recordingIds.length;
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
  const lost = missing.length + (isSummarized ? 0 : 1);
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
  ];
}

function note(verdict: SoakVerdict, sessionIds: readonly string[]): void {
  verdict.examples.push(...sessionIds.slice(0, MOST_EXAMPLES - verdict.examples.length));
}

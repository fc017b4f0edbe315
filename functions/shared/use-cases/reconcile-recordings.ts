import type { SessionRecording, SessionView } from '../domain/session.ts';
import type { Logger } from '../observability/logger.ts';
import type { BookingStore } from '../ports/booking-store.ts';
import type { CallRecord, SessionRecorder } from '../ports/call-record.ts';
import type { RecordingStatusSource } from '../ports/eight-by-eight-account.ts';
import type { RecordingFinder } from '../ports/recordings.ts';

export interface ReconcileDependencies {
  readonly calls: Pick<CallRecord, 'searchSessions'>;
  readonly bookings: Pick<BookingStore, 'find'>;
  readonly statuses: RecordingStatusSource;
  readonly recordings: RecordingFinder;
  readonly recorder: SessionRecorder;
  readonly logger: Logger;
  readonly nowMs: () => number;
}

/** What one run came to. */
export interface ReconcileReport {
  /** Sessions whose recording was found and attached now. */
  readonly attached: number;
  /** Sessions that should have a recording and have none in the bucket. */
  readonly missing: number;
}

const MINUTE_MS = 60_000;
/** 8x8 keeps a recording for processing and upload about this long. */
const GRACE_MS = 15 * MINUTE_MS;
/** After that a recording is not looked for again: a late one is still reported by its webhook. */
const LOOK_BACK_MS = 2 * 60 * MINUTE_MS;
/** Calls are listed by when they began; few last longer than this. */
const LONGEST_CALL_MS = 4 * 60 * MINUTE_MS;
const PAGE_SIZE = 100;

/**
 * Looks for the recordings that answered calls should have and that were not seen in the bucket: first under the ids
 * that were reported, then under those that 8x8's status API names.
 *
 * @throws EightByEightError when 8x8 cannot be asked; the next run begins anew.
 */
export async function reconcileRecordings(deps: ReconcileDependencies): Promise<ReconcileReport> {
  const report = { attached: 0, missing: 0 };
  const isRecorded = recordedBookings(deps.bookings);
  for await (const view of answeredSessions(deps)) {
    if (view.recordings.some(({ verified }) => verified)) continue;
    if (view.recordings.length === 0 && !(await isRecorded(view.bookingId))) continue;
    const found = await attach(view, deps);
    report[found ? 'attached' : 'missing'] += 1;
  }
  return report;
}

/** The answered calls that ended long enough ago, and not too long. */
async function* answeredSessions({ calls, nowMs }: ReconcileDependencies): AsyncGenerator<SessionView> {
  const now = nowMs();
  const oldestStartMs = now - LOOK_BACK_MS - LONGEST_CALL_MS;
  let cursor: string | null = null;
  do {
    const page = await calls.searchSessions({
      outcome: 'answered',
      limit: PAGE_SIZE,
      nowMs: now,
      ...(cursor !== null && { cursor }),
    });
    for (const view of page.items) {
      const endedAtMs = view.endedAtMs ?? now;
      if (endedAtMs <= now - GRACE_MS && endedAtMs >= now - LOOK_BACK_MS) yield view;
    }
    const isPast = (page.items.at(-1)?.startedAtMs ?? now) < oldestStartMs;
    cursor = isPast ? null : page.nextCursor;
  } while (cursor !== null);
}

/** Whether a booking asks for recordings; each is read once. */
function recordedBookings(bookings: ReconcileDependencies['bookings']) {
  const known = new Map<string, Promise<boolean>>();
  return async (bookingId: string | undefined): Promise<boolean> => {
    if (bookingId === undefined) return false;
    const asked =
      known.get(bookingId) ?? bookings.find(bookingId).then((found) => found?.recordCalls ?? false);
    known.set(bookingId, asked);
    return asked;
  };
}

type Candidate = Omit<SessionRecording, 'verified' | 'key' | 'sizeBytes'>;

async function attach(view: SessionView, deps: ReconcileDependencies): Promise<boolean> {
  const { sessionId } = view;
  const reported = await attachAny(view, view.recordings, deps);
  if (reported) return true;
  const statuses = await deps.statuses.recordingsOf(sessionId);
  const candidates = statuses.map(({ recordingId, status, durationSeconds, startedAtMs }) => ({
    recordingId,
    status,
    durationSeconds,
    startedAtMs,
    filePath: undefined,
  }));
  if (await attachAny(view, candidates, deps)) return true;
  await keepUnseen(view, candidates, deps);
  const [first] = candidates;
  deps.logger.warn('RECORDING_MISSING', {
    sessionId,
    recordingId: first?.recordingId,
    reason: first?.status ?? '8x8 knows of no recording',
  });
  return false;
}

/** What 8x8 knows of a recording that is not there is shown with the session, and looked for again. */
async function keepUnseen(
  { sessionId, recordings }: SessionView,
  candidates: readonly Candidate[],
  { recorder, nowMs }: ReconcileDependencies,
): Promise<void> {
  const known = new Set(recordings.map(({ recordingId }) => recordingId));
  for (const candidate of candidates.filter(({ recordingId }) => !known.has(recordingId))) {
    const recording = { ...candidate, verified: false, key: undefined, sizeBytes: undefined };
    await recorder.record(sessionId, { kind: 'recording', recording }, { receivedAtMs: nowMs() });
  }
}

async function attachAny(
  view: SessionView,
  candidates: readonly Candidate[],
  { recordings, recorder, logger, nowMs }: ReconcileDependencies,
): Promise<boolean> {
  const { sessionId } = view;
  let attached = false;
  for (const candidate of candidates) {
    const { recordingId, filePath, status, durationSeconds, startedAtMs } = candidate;
    const object = await recordings.find({
      sessionId,
      recordingId,
      filePath,
      // The folder may be named after the day, and the platform does not always tell the time.
      startedAtMs: startedAtMs ?? view.startedAtMs,
    });
    if (object === undefined) continue;
    const { key, sizeBytes } = object;
    const recording = {
      recordingId,
      filePath,
      status,
      durationSeconds,
      startedAtMs,
      verified: true,
      key,
      sizeBytes,
    };
    await recorder.record(sessionId, { kind: 'recording', recording }, { receivedAtMs: nowMs() });
    logger.info('RECORDING_ATTACHED', { sessionId, recordingId });
    attached = true;
  }
  return attached;
}

import { usedLegsOf } from '../../../../functions/shared/domain/booking-totals.ts';
import type { SessionInput, SessionView } from '../../../../functions/shared/domain/session.ts';
import { foldSession } from '../../../../functions/shared/domain/session-fold.ts';
import type {
  CallRecord,
  CallUsage,
  SessionRecorder,
} from '../../../../functions/shared/ports/call-record.ts';

/** How many of the latest calls a search looks at: a day has too many to look at all of them each time. */
const SEARCHED = 20;
/** … and one by outcome, which those ask who come some time after the call. */
const SEARCHED_BY_OUTCOME = 150;

/** The record of calls in memory. */
export function createMemoryCalls(): CallRecord & CallUsage & SessionRecorder {
  const inputs = new Map<string, SessionInput[]>();

  function find(sessionId: string): SessionView | undefined {
    const known = inputs.get(sessionId);
    return known && foldSession(sessionId, known);
  }

  const latest = (count = SEARCHED) =>
    [...inputs.keys()].slice(-count).flatMap((sessionId) => find(sessionId) ?? []);
  const page = (items: SessionView[]) => ({ items, nextCursor: null });

  return {
    async record(sessionId, input) {
      inputs.set(sessionId, [...(inputs.get(sessionId) ?? []), input]);
    },
    findSession: async (sessionId) => find(sessionId),
    sessionsOfBooking: async (bookingId) => page(latest().filter((view) => view.bookingId === bookingId)),
    searchSessions: async ({ outcome }) =>
      page(
        outcome === undefined
          ? latest()
          : latest(SEARCHED_BY_OUTCOME).filter((view) => view.outcome === outcome),
      ),
    usageOfBooking: async (bookingId) =>
      latest()
        .filter((view) => view.bookingId === bookingId)
        .map((view) => ({
          outcome: view.outcome,
          talkSeconds: view.durationSeconds ?? 0,
          legs: usedLegsOf(view),
        })),
    recordingsOf: async (sessionId) => find(sessionId)?.recordings,
    async findRecording(recordingId) {
      const views = latest();
      const view = views.find(({ recordings }) => recordings.some((one) => one.recordingId === recordingId));
      const recording = view?.recordings.find((one) => one.recordingId === recordingId);
      return view && recording && { ...recording, sessionId: view.sessionId };
    },
  };
}

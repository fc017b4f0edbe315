import { logFailures } from '../shared/observability/log-failures.ts';
import type { Logger } from '../shared/observability/logger.ts';
import type { CallCounter, SessionRecorder } from '../shared/ports/call-record.ts';
import { type DecidedCall, readDecisions } from './decision-log.ts';

export interface CallDecisionsDependencies {
  readonly recorder: SessionRecorder;
  readonly counter: CallCounter;
  readonly logger: Logger;
  readonly nowMs: () => number;
}

/** Bookings whose decisions are stored at the same time. */
const PARALLEL_BOOKINGS = 10;

/**
 * Stores why each call went where it went, from the log of the call-action function, so that keeping it costs the
 * caller nothing. A delivery that fails in part is repeated as a whole, which changes nothing that is stored.
 *
 * In the worst case a decision is lost when the call-action function dies between its answer and its log line, or
 * when a delivery lies in the dead-letter queue until its log has been swept. Such a session is still complete but
 * for its decision: it belongs to the booking that held the pair at the time. Its call does not count against the
 * limits of the booking.
 */
export function createCallDecisionsHandler({ recorder, counter, logger, nowMs }: CallDecisionsDependencies) {
  async function store({ sessionId, decision }: DecidedCall): Promise<boolean> {
    const receivedAtMs = nowMs();
    try {
      await counter.count(sessionId, decision, receivedAtMs);
      await recorder.record(sessionId, { kind: 'decision', decision }, { receivedAtMs });
      return true;
    } catch (error) {
      logger.error('DECISION_NOT_STORED', error, { sessionId, eventId: decision.eventId });
      return false;
    }
  }

  async function storeInTurn(calls: readonly DecidedCall[]): Promise<number> {
    let failed = 0;
    for (const call of calls) if (!(await store(call))) failed += 1;
    return failed;
  }

  return logFailures(logger, 'DECISIONS_NOT_STORED', async (event: unknown): Promise<void> => {
    const { decided, unreadable } = readDecisions(event);
    if (unreadable > 0) logger.warn('DECISIONS_UNREADABLE', { count: unreadable });
    // The calls of one booking are counted on the same rows, so they go one after the other.
    const groups = [
      ...Map.groupBy(decided, ({ sessionId, decision }) => decision.bookingId ?? sessionId).values(),
    ];
    let failed = 0;
    for (let from = 0; from < groups.length; from += PARALLEL_BOOKINGS) {
      const failures = await Promise.all(groups.slice(from, from + PARALLEL_BOOKINGS).map(storeInTurn));
      failed += failures.reduce((sum, count) => sum + count, 0);
    }
    if (failed > 0) throw new Error(`${failed} of ${decided.length} decisions could not be stored.`);
  });
}

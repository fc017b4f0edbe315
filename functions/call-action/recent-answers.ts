import type { CallActionAnswerJson } from '../shared/adapters/eight-by-eight/webhooks/callflow-json.ts';
import type { DecidedBefore } from '../shared/domain/call-stage.ts';

/** What was answered to a session. */
export interface RecentAnswer {
  readonly eventId: string | undefined;
  readonly outcome: NonNullable<DecidedBefore>;
  readonly answer: CallActionAnswerJson;
}

/** A platform repeats a request within seconds; calls of an environment in that time are far fewer. */
const MOST_SESSIONS = 1000;
const KEPT_MS = 10 * 60_000;

/**
 * The answers that this execution environment has given lately, by session. Only a help: an environment that has
 * never heard of a session decides by what the request says.
 */
export function createRecentAnswers(nowMs: () => number) {
  const bySession = new Map<string, RecentAnswer & { readonly atMs: number }>();
  return {
    of(sessionId: string): RecentAnswer | undefined {
      const recent = bySession.get(sessionId);
      return recent !== undefined && nowMs() - recent.atMs <= KEPT_MS ? recent : undefined;
    },
    keep(sessionId: string, answer: RecentAnswer): void {
      bySession.set(sessionId, { ...answer, atMs: nowMs() });
      if (bySession.size <= MOST_SESSIONS) return;
      for (const oldest of bySession.keys()) {
        bySession.delete(oldest);
        break;
      }
    },
  };
}

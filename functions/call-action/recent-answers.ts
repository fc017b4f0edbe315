import type { CallActionAnswerJson } from '../shared/adapters/eight-by-eight/webhooks/callflow-json.ts';
import type { DecidedBefore } from '../shared/domain/call-stage.ts';
import { mayBeDialogueReply } from '../shared/domain/dialogue/dialogue-reply.ts';
import type { PhoneNumber } from '../shared/domain/phone-number.ts';
import type { CallActionEvent } from '../shared/domain/webhook-events.ts';

/** What was answered to a request. */
interface RecentAnswer {
  readonly event: Pick<CallActionEvent, 'eventId' | 'source' | 'destination'>;
  readonly outcome: NonNullable<DecidedBefore>;
  readonly answer: CallActionAnswerJson;
  readonly atMs: number;
}

/** A platform repeats a request within seconds; calls of an environment in that time are far fewer. */
const MOST_SESSIONS = 1000;
const KEPT_MS = 10 * 60_000;

/**
 * The answers that this execution environment has given lately, by session. Only a help: an environment that has
 * never heard of a session decides by what the request says.
 *
 * A session id is the platform's word and may name two calls, so an answer is given again only to the caller and on
 * the number that it was made for: whoever else comes under that id is looked up like anybody.
 */
export function createRecentAnswers(nowMs: () => number) {
  const bySession = new Map<string, RecentAnswer>();

  function find({ sessionId }: CallActionEvent): RecentAnswer | undefined {
    const recent = bySession.get(sessionId);
    return recent !== undefined && nowMs() - recent.atMs <= KEPT_MS ? recent : undefined;
  }

  return {
    /** The answer to this very request, or to the new call that it tells of again. */
    repeated(event: CallActionEvent): CallActionAnswerJson | undefined {
      const recent = find(event);
      if (recent === undefined || !isBetweenTheSame(event, recent.event)) return undefined;
      const { eventId, callStatus } = event;
      const isSameEvent = eventId !== undefined && eventId === recent.event.eventId;
      const isNewCall = (callStatus ?? 'CALL_RECEIVED') === 'CALL_RECEIVED' && !mayBeDialogueReply(event);
      return isSameEvent || isNewCall ? recent.answer : undefined;
    },

    /** What was decided for the call of a request. Its second leg names other numbers than the caller's. */
    outcomeOf(event: CallActionEvent): DecidedBefore {
      const recent = find(event);
      if (recent === undefined) return undefined;
      const isSameCall = event.direction === 'OUTBOUND' || isBetweenTheSame(event, recent.event);
      return isSameCall ? recent.outcome : undefined;
    },

    keep(event: CallActionEvent, outcome: RecentAnswer['outcome'], answer: CallActionAnswerJson): void {
      const { sessionId, eventId, source, destination } = event;
      bySession.set(sessionId, { event: { eventId, source, destination }, outcome, answer, atMs: nowMs() });
      if (bySession.size <= MOST_SESSIONS) return;
      for (const oldest of bySession.keys()) {
        bySession.delete(oldest);
        break;
      }
    },
  };
}

function isBetweenTheSame(one: RecentAnswer['event'], other: RecentAnswer['event']): boolean {
  return isSameNumber(one.source, other.source) && isSameNumber(one.destination, other.destination);
}

function isSameNumber(one: PhoneNumber | undefined, other: PhoneNumber | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}

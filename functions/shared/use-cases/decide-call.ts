import { type IncomingCall, type RoutingDecision, routeCall } from '../domain/call-route.ts';
import { decisionTimeMs } from '../domain/call-stage.ts';
import { mayBeDialogueReply } from '../domain/dialogue/dialogue-reply.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import type { CallActionEvent } from '../domain/webhook-events.ts';
import { countMetric, type Logger } from '../observability/logger.ts';
import { metricNames } from '../observability/metric-names.ts';
import type { FoundForCall, IncomingCalls } from '../ports/incoming-calls.ts';
import type { Conversation } from './conversation.ts';
import type { Conversed } from './converse.ts';

/** What a call comes to: where it goes, or what is said in a conversation. */
export type AnswerDecision = RoutingDecision | Conversed;

export interface DecideCallDependencies {
  readonly incomingCalls: IncomingCalls;
  /** Loads what answers strangers and the callers of menus; not asked for a party's call. */
  readonly conversation: () => Promise<Conversation>;
  /** Counts the tries of callers without a booking. */
  readonly scanners: {
    tried(caller: PhoneNumber, dialled: PhoneNumber): { readonly hungUpOn: boolean; readonly began: boolean };
  };
  readonly logger: Logger;
  readonly nowMs: () => number;
}

/**
 * Decides a call: a new one by one read of the store, the next step of a conversation by what was pressed.
 * @returns undefined for a step of a conversation that nobody knows.
 * @throws when the store does not answer before the signal aborts.
 */
export function createCallDecider(deps: DecideCallDependencies) {
  const { incomingCalls, conversation, scanners, logger, nowMs } = deps;

  async function decideNew(event: CallActionEvent, signal: AbortSignal): Promise<AnswerDecision> {
    const { sessionId, source: caller, sourceUnreadable: callerUnreadable } = event;
    const { destination: virtualNumber } = event;
    const found = virtualNumber && (await incomingCalls.find(virtualNumber, caller, signal));
    const atMs = decisionTimeMs(event.occurredAtMs, nowMs());
    const call = { sessionId, caller, callerUnreadable, virtualNumber };
    const decision = routeCall(call, found?.route, nowMs(), atMs);
    if (found === undefined || !isStranger(decision) || !leadsSomewhere(found)) {
      return withoutScanner(call, decision, signal);
    }
    return (await (await conversation()).enter(event, found, signal)) ?? decision;
  }

  /** Whoever tries number after number is not told which of them are in use. */
  function withoutScanner(call: IncomingCall, decision: RoutingDecision, signal: AbortSignal) {
    const { sessionId, caller, virtualNumber } = call;
    const isTry = decision.kind === 'unknown-caller' && caller !== undefined && virtualNumber !== undefined;
    // An answer that comes too late is not given to anybody, and counts for nothing.
    if (!isTry || signal.aborted) return decision;
    const { hungUpOn, began } = scanners.tried(caller, virtualNumber);
    if (began) logger.warn('SCANNER_FOUND', { sessionId }, [countMetric(metricNames.scannerFound)]);
    return hungUpOn ? ({ kind: 'scanner' } as const) : decision;
  }

  return async (event: CallActionEvent, signal: AbortSignal): Promise<AnswerDecision | undefined> =>
    mayBeDialogueReply(event) ? (await conversation()).reply(event, signal) : decideNew(event, signal);
}

/** Whether nobody knows the caller. */
function isStranger({ kind }: RoutingDecision): boolean {
  return kind === 'unknown-caller' || kind === 'anonymous-caller' || kind === 'unreadable-caller';
}

/** Whether the number, or else the deployment, says what to do with strangers. */
function leadsSomewhere({ strangers, defaultStrangers }: FoundForCall): boolean {
  return strangers !== undefined || defaultStrangers !== undefined;
}

/** Whether two people may be talking after it, or somebody is asked something. */
export function goesOn(decision: AnswerDecision): boolean {
  if ('callflow' in decision) return decision.callflow.actions.at(-1)?.action !== 'hangup';
  return decision.kind === 'connect';
}

import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import {
  parseCallAction,
  salvageCallAction,
} from '../shared/adapters/eight-by-eight/webhooks/call-action-event.ts';
import {
  type CallActionAnswerJson,
  type NumberFormat,
  toCallActionAnswer,
} from '../shared/adapters/eight-by-eight/webhooks/callflow-json.ts';
import { type IncomingCall, type RoutingDecision, routeCall } from '../shared/domain/call-route.ts';
import { type CallStage, decisionTimeMs, stageOf } from '../shared/domain/call-stage.ts';
import { hangup, makeCall, vcaCallflow } from '../shared/domain/callflow.ts';
import { mayBeDialogueReply } from '../shared/domain/dialogue/dialogue-reply.ts';
import type { InputIssue } from '../shared/domain/problems.ts';
import type { StrangerRules } from '../shared/domain/stranger-watch.ts';
import { isOfOtherAccount } from '../shared/domain/sub-account.ts';
import type { CallActionEvent } from '../shared/domain/webhook-events.ts';
import { answerWithin, before, type Deadline, type TimedContext } from '../shared/http/answer-within.ts';
import { bodyText } from '../shared/http/body-text.ts';
import { type WebhookAuthOptions, webhookAuth } from '../shared/http/webhook-auth.ts';
import { DECISION_LINE_CODE, encodeDecision } from '../shared/observability/decision-line.ts';
import { countMetric } from '../shared/observability/logger.ts';
import { metricNames } from '../shared/observability/metric-names.ts';
import type { FoundForCall, IncomingCalls } from '../shared/ports/incoming-calls.ts';
import type { WebhookQueues } from '../shared/ports/webhook-queues.ts';
import type { Conversation } from '../shared/use-cases/conversation.ts';
import type { Conversed } from '../shared/use-cases/converse.ts';
import type { CallerMessages } from './caller-messages.ts';
import { createRecentAnswers, type RecentAnswer } from './recent-answers.ts';
import { createScannerWatch } from './scanner-watch.ts';

export interface CallActionDependencies extends Omit<WebhookAuthOptions, 'webhook'> {
  readonly incomingCalls: IncomingCalls;
  /** Loads what answers strangers and the callers of menus; not asked for a party's call. */
  readonly conversation: () => Promise<Conversation>;
  readonly messages: CallerMessages;
  readonly numberFormat: NumberFormat;
  /** The sub-account of this deployment; empty where none is configured, and then any is accepted. */
  readonly ownSubAccount: string;
  /** Whether the deployment takes recordings in; if not, 8x8 is never asked for one. */
  readonly recordCalls: boolean;
  /** How much a caller without a booking may try. */
  readonly strangers: StrangerRules;
  /** Within this time the caller hears something, whatever is broken. */
  readonly deadlineMs: number;
  /** Keeps a body of unknown shape for a person to look at. */
  readonly queues: Pick<WebhookQueues, 'quarantine'>;
  readonly nowMs: () => number;
}

type Answer = APIGatewayProxyStructuredResultV2;
/** Something of ours failed while the caller waited. */
interface Undecided {
  readonly kind: 'service-unavailable';
}

/** What a call is answered: where it goes, what is said in a conversation, or that something of ours failed. */
type Decision = RoutingDecision | Conversed | Undecided;

/** Whether nobody knows the caller. */
function isStranger({ kind }: RoutingDecision): boolean {
  return kind === 'unknown-caller' || kind === 'anonymous-caller' || kind === 'unreadable-caller';
}

/** Whether the number, or else the deployment, says what to do with strangers. */
function leadsSomewhere({ strangers, defaultStrangers }: FoundForCall): boolean {
  return strangers !== undefined || defaultStrangers !== undefined;
}

/** Whether two people may be talking after it, or somebody is asked something. */
function goesOn(decision: Decision): boolean {
  if ('callflow' in decision) return decision.callflow.actions.at(-1)?.action !== 'hangup';
  return decision.kind === 'connect';
}

/** Left for the answer to travel when the look-up has used up its time. */
const ANSWER_MARGIN_MS = 100;

function ok(answer: CallActionAnswerJson): Answer {
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(answer),
  };
}

/** Leaves a call as it is: a callflow without an action. */
const NOTHING_TO_DO: CallActionAnswerJson = { callflow: [] };
/** How long the answer may wait for a body to be put aside: the caller comes first. */
const SET_ASIDE_MS = 150;

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether the request is the one that was answered: sent again, or as one of a new call that was decided. */
function isRepeated(event: CallActionEvent, before: RecentAnswer): boolean {
  const { eventId, callStatus } = event;
  if (eventId !== undefined && eventId === before.eventId) return true;
  return (callStatus ?? 'CALL_RECEIVED') === 'CALL_RECEIVED' && !mayBeDialogueReply(event);
}

/** Waits for the work, but no longer than that. */
async function atMost(milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work, waited]);
  clearTimeout(timer);
}

/**
 * VCA: tells 8x8 whom to connect. An authenticated request is always answered 200 with a callflow, within the
 * deadline and with one read of the store; no failure ends in silence, and none in a `makeCall`.
 */
export function createCallActionHandler(deps: CallActionDependencies) {
  const { messages, numberFormat, logger, nowMs } = deps;
  const recent = createRecentAnswers(nowMs);
  const scanners = createScannerWatch(deps.strangers, nowMs);
  const hangUp = () => toCallActionAnswer(vcaCallflow([hangup()]), numberFormat);
  const unavailable = (): Answer => ok(messages.answerFor('service-unavailable', undefined));

  function fallBack(error: unknown): Answer {
    logger.error('CALL_FALLBACK', error, {}, [countMetric(metricNames.callFallback)]);
    return unavailable();
  }

  async function decide(event: CallActionEvent, signal: AbortSignal): Promise<Decision> {
    const {
      sessionId,
      source: caller,
      sourceUnreadable: callerUnreadable,
      destination: virtualNumber,
    } = event;
    const found = virtualNumber && (await deps.incomingCalls.find(virtualNumber, caller, signal));
    const atMs = decisionTimeMs(event.occurredAtMs, nowMs());
    const call = { sessionId, caller, callerUnreadable, virtualNumber };
    const decision = routeCall(call, found?.route, nowMs(), atMs);
    if (found === undefined || !isStranger(decision) || !leadsSomewhere(found)) {
      return withoutScanner(call, decision);
    }
    const conversation = await deps.conversation();
    return (await conversation.enter(event, found, signal)) ?? decision;
  }

  /** The next answer of a conversation; undefined for a request that belongs to none. */
  async function reply(event: CallActionEvent, signal: AbortSignal): Promise<Decision | undefined> {
    const conversation = await deps.conversation();
    return conversation.reply(event, signal);
  }

  /** Whoever tries number after number is not told which of them are in use. */
  function withoutScanner({ sessionId, caller, virtualNumber }: IncomingCall, decision: RoutingDecision) {
    if (decision.kind !== 'unknown-caller' || caller === undefined || virtualNumber === undefined)
      return decision;
    const { hungUpOn, began } = scanners.tried(caller, virtualNumber);
    if (began) logger.warn('SCANNER_FOUND', { sessionId }, [countMetric(metricNames.scannerFound)]);
    return hungUpOn ? ({ kind: 'scanner' } as const) : decision;
  }

  /** A look-up that failed is a decision too: the caller hears the apology, and the record says why. */
  function couldNotDecide(error: unknown): Undecided {
    logger.error('CALL_FALLBACK', error, {}, [countMetric(metricNames.callFallback)]);
    return { kind: 'service-unavailable' };
  }

  function answerTo(decision: Decision, countryCode: string | undefined) {
    if ('callflow' in decision) return toCallActionAnswer(decision.callflow, numberFormat);
    if (decision.kind === 'scanner') return hangUp();
    if (decision.kind !== 'connect') return messages.answerFor(decision.kind, countryCode);
    const { callerId: source, callee: destination } = decision;
    const call =
      decision.recordCalls && deps.recordCalls
        ? makeCall({ source, destination, callRecording: true })
        : makeCall({ source, destination });
    return toCallActionAnswer(vcaCallflow([call]), numberFormat);
  }

  const answerCall = async (request: APIGatewayProxyEventV2, { deadline }: TimedContext): Promise<Answer> => {
    const startedAtMs = nowMs();
    const text = bodyText(request);
    const body = readJson(text);
    const parsed = parseCallAction(body);
    if (parsed.ok) return ok(await answerEvent(parsed.event, startedAtMs, deadline));
    logger.warn('CALL_ACTION_UNREADABLE', { paths: parsed.issues.map(({ path }) => path) }, [
      countMetric(metricNames.webhookQuarantined),
    ]);
    const settingAside = setAside(text, parsed.issues);
    const event = salvageCallAction(body, `unnamed-${crypto.randomUUID()}`);
    const answer = event === undefined ? unavailable() : ok(await answerEvent(event, startedAtMs, deadline));
    await atMost(SET_ASIDE_MS, settingAside);
    return answer;
  };

  async function answerEvent(
    event: CallActionEvent,
    startedAtMs: number,
    deadline: Deadline,
  ): Promise<CallActionAnswerJson> {
    if (isOfOtherAccount(event.subAccountId, deps.ownSubAccount)) {
      logger.warn('WEBHOOK_OF_OTHER_ACCOUNT', { webhook: 'VCA', sessionId: event.sessionId }, [
        countMetric(metricNames.webhookOfOtherAccount),
      ]);
      return messages.answerFor('number-unknown', event.destinationCountryCode);
    }
    const earlier = recent.of(event.sessionId);
    if (earlier !== undefined && isRepeated(event, earlier)) return earlier.answer;
    const stage = stageOf(event, earlier?.outcome);
    const isReply = mayBeDialogueReply(event);
    if (stage !== 'incoming' && !isReply) return continueCall(event, stage);

    const decided = await before(deadline, ANSWER_MARGIN_MS, (signal) =>
      isReply ? reply(event, signal) : decide(event, signal),
    ).catch(couldNotDecide);
    // Somebody else has answered by then, with the apology: that is what is recorded.
    const decision = deadline.isMissed ? ({ kind: 'service-unavailable' } as const) : decided;
    if (decision === undefined) return endOfNothing(event, stage);
    logDecision(event, decision, startedAtMs);
    const answer = answerTo(decision, event.destinationCountryCode);
    if (decision.kind !== 'service-unavailable') {
      const outcome = goesOn(decision) ? 'connected' : 'refused';
      recent.keep(event.sessionId, { eventId: event.eventId, outcome, answer });
    }
    return answer;
  }

  /** A request with nothing to go on: whoever pressed a key in a menu that is gone is told so, others are left alone. */
  function endOfNothing(event: CallActionEvent, stage: CallStage): CallActionAnswerJson {
    if (event.clientActionId === undefined) return continueCall(event, stage === 'incoming' ? 'over' : stage);
    logger.warn('CONVERSATION_GONE', { sessionId: event.sessionId });
    return messages.answerFor('unknown-caller', event.destinationCountryCode);
  }

  /** A later request of a session that was decided leaves its trace in the log and does no harm to the call. */
  function continueCall(event: CallActionEvent, stage: 'under-way' | 'over'): CallActionAnswerJson {
    const { sessionId, eventId, callStatus, direction } = event;
    logger.info('CALL_CONTINUED', { sessionId, eventId, callStatus, direction, decision: stage }, [
      countMetric(metricNames.callContinued, { name: 'Stage', value: stage }),
    ]);
    if (stage === 'under-way') return NOTHING_TO_DO;
    return hangUp();
  }

  /** Whether or not the queue takes it, the caller is answered. */
  async function setAside(body: string, issues: readonly InputIssue[]): Promise<void> {
    try {
      await deps.queues.quarantine({ webhook: 'VCA', receivedAtMs: nowMs(), body, issues });
    } catch (error) {
      logger.error('QUARANTINE_FAILED', error);
    }
  }

  /** The record of calls takes the decision from this line, so keeping it costs the caller nothing. */
  function logDecision(event: CallActionEvent, decision: Decision, startedAtMs: number) {
    const durationMs = nowMs() - startedAtMs;
    const { sessionId, eventId, callStatus, direction } = event;
    const bookingId = 'bookingId' in decision ? decision.bookingId : undefined;
    logger.info(
      DECISION_LINE_CODE,
      {
        sessionId,
        eventId,
        callStatus,
        direction,
        bookingId,
        decision: decision.kind,
        atMs: startedAtMs,
        durationMs,
        record: encodeDecision({
          sessionId,
          eventId,
          bookingId,
          kind: decision.kind,
          atMs: startedAtMs,
          words: 'words' in decision ? decision.words : undefined,
        }),
      },
      [
        countMetric(metricNames.callDecided, { name: 'Decision', value: decision.kind }),
        { name: metricNames.callActionDuration, value: durationMs, unit: 'Milliseconds' },
      ],
    );
  }

  const chain = middy<APIGatewayProxyEventV2, Answer, Error, TimedContext>()
    .use({
      onError: function fallbackOnError(request) {
        request.response = fallBack(request.error);
      },
    })
    .use(webhookAuth({ ...deps, webhook: 'VCA' }))
    .handler(answerCall);

  return answerWithin(deps.deadlineMs, chain, () =>
    fallBack(new Error(`No answer within ${deps.deadlineMs} ms.`)),
  );
}

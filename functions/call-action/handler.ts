import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import {
  parseCallAction,
  salvageCallAction,
} from '../shared/adapters/eight-by-eight/webhooks/call-action-event.ts';
import type { CallActionAnswerJson } from '../shared/adapters/eight-by-eight/webhooks/callflow-json.ts';
import { type CallStage, stageOf } from '../shared/domain/call-stage.ts';
import { mayBeDialogueReply } from '../shared/domain/dialogue/dialogue-reply.ts';
import { parseJson } from '../shared/domain/parse-json.ts';
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
import type { WebhookQueues } from '../shared/ports/webhook-queues.ts';
import {
  type AnswerDecision,
  createCallDecider,
  type DecideCallDependencies,
  goesOn,
} from '../shared/use-cases/decide-call.ts';
import { type CallAnswerOptions, createCallAnswers, NOTHING_TO_DO, type Undecided } from './call-answers.ts';
import { createRecentAnswers } from './recent-answers.ts';
import { createScannerWatch } from './scanner-watch.ts';

export interface CallActionDependencies
  extends Omit<WebhookAuthOptions, 'webhook'>,
    CallAnswerOptions,
    Pick<DecideCallDependencies, 'incomingCalls' | 'conversation'> {
  /** The sub-account of this deployment; empty where none is configured, and then any is accepted. */
  readonly ownSubAccount: string;
  /** How much a caller without a booking may try. */
  readonly strangers: StrangerRules;
  /** Within this time the caller hears something, whatever is broken. */
  readonly deadlineMs: number;
  /** Keeps a body of unknown shape for a person to look at. */
  readonly queues: Pick<WebhookQueues, 'quarantine'>;
  readonly nowMs: () => number;
}

type Answer = APIGatewayProxyStructuredResultV2;

/** Left for the answer to travel when the look-up has used up its time. */
const ANSWER_MARGIN_MS = 100;
/** How long the answer may wait for a body to be put aside: the caller comes first. */
const SET_ASIDE_MS = 150;
const UNDECIDED: Undecided = { kind: 'service-unavailable' };

function ok(answer: CallActionAnswerJson): Answer {
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(answer),
  };
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
  const { messages, logger, nowMs } = deps;
  const recent = createRecentAnswers(nowMs);
  const answers = createCallAnswers(deps);
  const decide = createCallDecider({ ...deps, scanners: createScannerWatch(deps.strangers, nowMs) });
  const unavailable = (): Answer => ok(answers.to(UNDECIDED, undefined));

  function fallBack(error: unknown): Answer {
    couldNotDecide(error);
    return unavailable();
  }

  /** A look-up that failed is a decision too: the caller hears the apology, and the record says why. */
  function couldNotDecide(error: unknown): Undecided {
    logger.error('CALL_FALLBACK', error, {}, [countMetric(metricNames.callFallback)]);
    return UNDECIDED;
  }

  const answerCall = async (request: APIGatewayProxyEventV2, { deadline }: TimedContext): Promise<Answer> => {
    const startedAtMs = nowMs();
    const text = bodyText(request);
    const body = parseJson(text);
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
    const repeated = recent.repeated(event);
    if (repeated !== undefined) return repeated;
    const stage = stageOf(event, recent.outcomeOf(event));
    if (stage !== 'incoming' && !mayBeDialogueReply(event)) return continueCall(event, stage);

    const work = (signal: AbortSignal) => decide(event, signal);
    const decided = await before(deadline, ANSWER_MARGIN_MS, work).catch(couldNotDecide);
    // Somebody else has answered by then, with the apology: that is what is recorded.
    const decision = deadline.isMissed ? UNDECIDED : decided;
    if (decision === undefined) return endOfNothing(event, stage);
    logDecision(event, decision, startedAtMs);
    const answer = answers.to(decision, event.destinationCountryCode);
    if (decision.kind !== 'service-unavailable') {
      recent.keep(event, goesOn(decision) ? 'connected' : 'refused', answer);
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
    return answers.hangUp();
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
  function logDecision(event: CallActionEvent, decision: AnswerDecision | Undecided, startedAtMs: number) {
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
